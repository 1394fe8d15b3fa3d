#include "sipexchange/far_end.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "media/g711.h"

namespace sipexchange {
namespace {

constexpr double kOkRepeatMs = 500;
constexpr int kSessionS = 8;
constexpr const char* kMediaKey = "thirty bytes of key and salt!!";
// What is louder than this is heard as sound: about -45 dBm0.
constexpr int kLoud = 150;
constexpr int kOnsetMs = 60, kPauseMs = 400;
constexpr int32_t kListensMs = 10'000;
constexpr double kLateMediaMs = 1'000, kAgentSilentAfterMs = 3'000;
constexpr int kConversationMs = 8'000;
constexpr size_t kRtpHeader = 12;
constexpr std::string_view kKeys = "0123456789*#ABCD";

// The final response of a network that releases a call for a reason (RFC 3398 section 7.2.4.1, as gateways do it).
std::pair<int, const char*> responseOf(int cause) {
  switch (cause) {
    case 1:
      return {404, "Not Found"};
    case 17:
      return {486, "Busy Here"};
    case 21:
      return {603, "Decline"};
    case 22:
      return {410, "Gone"};
    case 28:
      return {484, "Address Incomplete"};
    case 34:
    case 41:
    case 42:
      return {503, "Service Unavailable"};
    default:
      return {480, "Temporarily Unavailable"};
  }
}

}  // namespace

std::string Place::via(const std::string& branch) const {
  const std::string name = transport == "udp" ? "UDP" : transport == "tcp" ? "TCP" : "TLS";
  return "Via: SIP/2.0/" + name + " " + inBrackets(ip) + ":" + std::to_string(port) +
         ";rport;branch=z9hG4bK" + branch;
}

FarEnd::FarEnd(const Message& invite, board::sim::Exchange& world, const Habits& habits, const Place& place,
               Send send)
    : invite_(invite),
      world_(world),
      habits_(habits),
      place_(place),
      send_(std::move(send)),
      callId_(invite.header("Call-ID")),
      tag_("x" + std::to_string(std::hash<std::string>()(callId_) % 1'000'000)),
      called_(world.call(userOf(invite.uri), board::TrunkKind::kSip)),
      line_(board::TrunkKind::kSip, std::hash<std::string>()(invite.uri)),
      rtp_(place.ip, 0),
      network_(static_cast<std::minstd_rand::result_type>(std::hash<std::string>()(invite.uri))) {
  readSdp(invite.body);
  answer(100, "Trying", false);
  if (habits_.redirects) {
    send_(responseTo(invite_, 302, "Moved Temporarily", tag_,
                     {"Contact: <sip:900123456@" + inBrackets(place_.ip) + ":9>"}));
    ended_ = true;
    return;
  }
  line_.dialled(called_.callee, world.sounds.noise());
}

std::string FarEnd::sdp(const char* direction) const {
  const std::string type = alaw_ ? "8" : "0";
  const std::string at =
      (place_.ip.find(':') == std::string::npos ? "IN IP4 " : "IN IP6 ") + place_.ip + "\r\n";
  std::string text = "v=0\r\no=- 1 1 " + at + "s=-\r\nc=" + at + "t=0 0\r\nm=audio " +
                     std::to_string(rtp_.port()) + (sends_ ? " RTP/SAVP " : " RTP/AVP ") + type;
  if (eventType_ >= 0) text += " " + std::to_string(eventType_);
  text += "\r\n";
  if (eventType_ >= 0) text += "a=rtpmap:" + std::to_string(eventType_) + " telephone-event/8000\r\n";
  if (sends_) text += cryptoLine(kMediaKey);
  return text + "a=" + direction + "\r\n";
}

void FarEnd::readSdp(const std::string& sdp) {
  const size_t address = sdp.find("c=IN IP");
  const size_t audio = sdp.find("m=audio ");
  if (address == std::string::npos || audio == std::string::npos) return;
  const std::string ip = sdp.substr(address + 9, sdp.find("\r\n", address) - address - 9);
  const std::string line = sdp.substr(audio + 8, sdp.find("\r\n", audio) - audio - 8);
  media_ = addressOf(ip, static_cast<uint16_t>(std::atoi(line.c_str())));
  if (const std::string key = cryptoKey(sdp); !key.empty() && !habits_.plainMedia && !sends_) {
    sends_.emplace(kMediaKey);
    receives_.emplace(key);
  }
  alaw_ = line.find("AVP 8") != std::string::npos;
  const size_t events = sdp.find(" telephone-event/8000");
  if (events != std::string::npos && !habits_.noEvents)
    eventType_ = std::atoi(sdp.c_str() + sdp.rfind(':', events) + 1);
}

void FarEnd::answer(int status, const std::string& reason, bool withSdp) {
  std::vector<std::string> headers;
  if (status > 100) headers.push_back(place_.contact("exchange"));
  if (withSdp) headers.emplace_back("Content-Type: application/sdp");
  if (status == 200 && offers("timer") && (habits_.sessions || habits_.refreshes))
    headers.push_back("Session-Expires: " + std::to_string(kSessionS) +
                      (habits_.sessions ? ";refresher=uac" : ";refresher=uas"));
  send_(responseTo(invite_, status, reason, tag_, headers, withSdp ? sdp() : std::string()));
}

void FarEnd::progress(int status, const std::string& reason, bool withSdp) {
  if (!habits_.reliable || !offers("100rel")) return answer(status, reason, withSdp);
  ++unacknowledged_;
  std::vector<std::string> headers = {place_.contact("exchange"), "Require: 100rel",
                                      "RSeq: " + std::to_string(700 + reliableSent_++)};
  if (withSdp) headers.emplace_back("Content-Type: application/sdp");
  const std::string text =
      responseTo(invite_, status, reason, tag_, headers, withSdp ? sdp() : std::string());
  // Twice, as when the PRACK is late: it is to be acknowledged once.
  send_(text);
  send_(text);
}

bool FarEnd::offers(const std::string& option) const {
  return invite_.header("Supported").find(option) != std::string::npos;
}

void FarEnd::sendOk() {
  answer(200, "OK", true);
  if (habits_.repeatsOk) answer(200, "OK", true);
  if (habits_.forks && !answered_) {
    send_(responseTo(invite_, 200, "OK", "fork", {place_.contact("fork"), "Content-Type: application/sdp"},
                     sdp()));
  }
}

void FarEnd::sendInDialog(const std::string& method, const std::string& headers, const std::string& body) {
  const std::string target = uriOf(invite_.header("Contact"));
  const std::string number = std::to_string(++ownSequence_);
  send_(method + " " + target + " SIP/2.0\r\n" + place_.via(tag_ + number) +
        "\r\nMax-Forwards: 70\r\nFrom: " + invite_.header("To") + ";tag=" + tag_ +
        "\r\nTo: " + invite_.header("From") + "\r\nCall-ID: " + callId_ + "\r\nCSeq: " + number + " " +
        method + "\r\n" + place_.contact("exchange") + "\r\n" + headers +
        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void FarEnd::sendBye(int cause) {
  ended_ = over_ = true;
  sendInDialog("BYE", cause > 0 ? "Reason: Q.850;cause=" + std::to_string(cause) + "\r\n" : "", "");
}

void FarEnd::take(const Message& message) {
  if (!message.isRequest()) {
    // The answer to a re-INVITE of ours is acknowledged; the others need nothing.
    if (message.status >= 200 && message.header("CSeq").ends_with("INVITE")) {
      const std::string number = std::to_string(std::atoi(message.header("CSeq").c_str()));
      send_("ACK " + uriOf(invite_.header("Contact")) + " SIP/2.0\r\n" + place_.via("ack" + tag_ + number) +
            "\r\nFrom: " + message.header("From") + "\r\nTo: " + message.header("To") +
            "\r\nCall-ID: " + callId_ + "\r\nCSeq: " + number + " ACK\r\nContent-Length: 0\r\n\r\n");
    }
    return;
  }
  if (message.method == "ACK") {
    acknowledged_ = true;
    over_ = over_ || (ended_ && !answered_);
  } else if (message.method == "INVITE") {
    if (message.header("CSeq") != invite_.header("CSeq")) {
      // A re-INVITE.
      refreshedAt_ = world_.now;
      readSdp(message.body);
      send_(responseTo(
          message, 200, "OK", tag_,
          {place_.contact("exchange"), "Session-Expires: " + std::to_string(kSessionS) + ";refresher=uac",
           "Content-Type: application/sdp"},
          sdp()));
      return;
    }
    // Again: the answer to it was lost, or is not there yet.
    if (answered_)
      answer(200, "OK", true);
    else
      answer(100, "Trying", false);
  } else if (message.method == "PRACK") {
    const std::string expected =
        std::to_string(700 + reliableSent_ - unacknowledged_) + " " + invite_.header("CSeq");
    const bool good = unacknowledged_ > 0 && message.header("RAck") == expected;
    if (good) --unacknowledged_;
    send_(responseTo(message, good ? 200 : 481, good ? "OK" : "No Such Response", tag_));
  } else if (message.method == "CANCEL") {
    takeCancel(message);
  } else if (message.method == "BYE") {
    send_(responseTo(message, 200, "OK", tag_));
    // A fork's far end goes alone.
    if (parameter(message.header("To"), "tag") == tag_) ended_ = over_ = true;
  } else if (message.method == "REFER") {
    takeRefer(message);
  } else if (message.method == "OPTIONS" && habits_.forgetsCalls) {
    send_(responseTo(message, 481, "No Such Call", tag_));
  } else {
    send_(responseTo(message, 200, "OK", tag_));
  }
}

void FarEnd::takeCancel(const Message& cancel) {
  send_(responseTo(cancel, 200, "OK", tag_));
  if (answered_ || ended_) return;
  if (habits_.crossesCancel) {
    answered_ = true;
    return sendOk();
  }
  ended_ = true;
  answer(487, "Request Terminated", false);
}

void FarEnd::takeRefer(const Message& refer) {
  const std::string target = uriOf(refer.header("Refer-To"));
  const board::sim::Extension* extension = world_.pbx.find(userOf(target));
  if (habits_.refusesRefer) return send_(responseTo(refer, 501, "Not Implemented", tag_));
  if (extension == nullptr || extension->behaviour == board::sim::ExtensionBehaviour::kRefuse)
    return send_(responseTo(refer, 603, "Decline", tag_));
  send_(responseTo(refer, 202, "Accepted", tag_));
  if (habits_.silentAfterRefer) return;
  notify("100 Trying", false);
  const size_t replaces = target.find("Replaces=");
  double after = extension->answerMs;
  switch (extension->behaviour) {
    case board::sim::ExtensionBehaviour::kBusy:
      after = board::sim::kAcceptMs;
      referSays_ = "486 Busy Here";
      break;
    case board::sim::ExtensionBehaviour::kNoAnswer:
      after = board::sim::kExtensionRingMs;
      referSays_ = "480 Temporarily Unavailable";
      break;
    default:
      referSays_ = "200 OK";
  }
  if (replaces != std::string::npos) {
    replaces_ = target.substr(replaces + 9, target.find("%3B", replaces) - replaces - 9);
    after = 0;
  }
  referAt_ = world_.now + after;
}

std::string FarEnd::takeReplaces() { return std::exchange(replaces_, {}); }

void FarEnd::notify(const std::string& status, bool last) {
  sendInDialog("NOTIFY",
               std::string("Event: refer\r\nSubscription-State: ") +
                   (last ? "terminated;reason=noresource" : "active") +
                   "\r\nContent-Type: message/sipfrag\r\n",
               "SIP/2.0 " + status + "\r\n");
}

void FarEnd::replaced() {
  if (!ended_) sendBye(-1);
}

void FarEnd::step(double now) {
  if (over_) return;
  hear();
  if (ended_ || unacknowledged_ > 0) return;
  std::array<int16_t, cpd::kFrameSamples> samples{};
  board::sim::LineSignals signals;
  const cpd::FrameKind kind = line_.frame(samples.data(), signals);
  if (signals.proceeding && !called_.callee.refused && !habits_.lateMedia) {
    early_ = true;
    progress(183, "Session Progress", true);
  }
  if (signals.alerting) progress(180, "Ringing", false);
  if (signals.answered && !answered_) {
    sendOk();
    answered_ = true;
    answeredAt_ = now;
    okAt_ = now;
    if (called_.extension) line_.talk();
  }
  if (signals.digit != 0) pressed(signals.digit);
  if (speaks()) sound(kind, samples.data());
  carry();
  stepRefer(now);
  stepHabits(now);
  if (!signals.released) return;
  if (answered_) return sendBye(signals.cause);
  const auto [status, reason] = responseOf(signals.cause);
  ended_ = true;
  answer(status, reason, false);
}

void FarEnd::stepRefer(double now) {
  if (referAt_ < 0 || now < referAt_) return;
  referAt_ = -1;
  line_.talk();
  notify(referSays_, true);
}

void FarEnd::stepHabits(double now) {
  if (answered_ && !acknowledged_ && now - okAt_ >= kOkRepeatMs) {
    okAt_ = now;
    answer(200, "OK", true);
  }
  stepSession(now);
  if (!habits_.holdsWhenUp || answeredAt_ < 0) return;
  const bool holds = held_ == 0 && now - answeredAt_ >= 1'000;
  const bool resumes = held_ == 1 && now - answeredAt_ >= 2'000;
  if (!holds && !resumes) return;
  ++held_;
  sendInDialog("INVITE", "Content-Type: application/sdp\r\n", sdp(holds ? "inactive" : "sendrecv"));
}

void FarEnd::stepSession(double now) {
  if (ended_ || answeredAt_ < 0) return;
  const double since = now - std::max(answeredAt_, refreshedAt_);
  if (habits_.sessions && since >= 1'000.0 * kSessionS) return sendBye(41);
  if (!habits_.refreshes || refreshes_ == 2 || since < 500.0 * kSessionS) return;
  ++refreshes_;
  refreshedAt_ = now;
  sendInDialog("UPDATE", "Session-Expires: " + std::to_string(kSessionS) + ";refresher=uac\r\n", "");
}

// Whoever is there hears that something is said to it after a pause, and listens.
void FarEnd::hear() {
  Address from;
  while (auto packet = rtp_.receive(from)) {
    if (receives_) packet = receives_->unprotect(*packet);
    int loud = 0;
    for (size_t i = kRtpHeader; i < packet->size(); ++i) {
      const auto code = static_cast<uint8_t>((*packet)[i]);
      const int16_t sample = alaw_ ? media::decodeAlaw(code) : media::decodeUlaw(code);
      loud += sample > kLoud || sample < -kLoud ? 1 : 0;
    }
    if (loud * 8 < cpd::kFrameSamples) {
      quietMs_ += cpd::kFrameMs;
      if (quietMs_ >= kPauseMs) hearsMs_ = 0;
      continue;
    }
    quietMs_ = 0;
    hearsMs_ += cpd::kFrameMs;
    heardMs_ += cpd::kFrameMs;
    if (hearsMs_ == kOnsetMs && line_.up()) line_.listen(kListensMs, world_.sounds);
    // So much is more than an announcement: somebody talks with them.
    if (heardMs_ == kConversationMs) line_.talk();
  }
}

bool FarEnd::speaks() const {
  if (!answered_) return early_;
  const double up = world_.now - answeredAt_;
  if (habits_.lateMedia && up < kLateMediaMs) return false;
  return !habits_.silentAgents || !called_.extension || up < kAgentSilentAfterMs;
}

void FarEnd::sound(cpd::FrameKind kind, const int16_t* samples) {
  std::string payload;
  for (int i = 0; i < cpd::kFrameSamples; ++i)
    payload += static_cast<char>(alaw_ ? media::encodeAlaw(samples[i]) : media::encodeUlaw(samples[i]));
  // While it holds the call nothing is sent.
  if (kind != cpd::FrameKind::kLost && held_ != 1)
    sendRtp(alaw_ ? 8 : 0, payload, false);
  else if (held_ != 1)
    ++sequence_;
  timestamp_ += cpd::kFrameSamples;
}

// The key as an event, its end three times.
void FarEnd::pressed(char key) {
  const size_t event = kKeys.find(key);
  if (eventType_ < 0 || event == std::string_view::npos) return;
  for (int i = 0; i < 4; ++i) {
    const bool end = i > 0;
    const char payload[] = {static_cast<char>(event), static_cast<char>(end ? 0x8a : 0x0a), 2,
                            end ? '\x80' : '\0'};
    sendRtp(static_cast<uint8_t>(eventType_), std::string(payload, sizeof payload), !end);
  }
}

void FarEnd::sendRtp(uint8_t type, const std::string& payload, bool marker) {
  if (!media_) return;
  const uint16_t sequence = sequence_++;
  std::string packet = {static_cast<char>(0x80), static_cast<char>((marker ? 0x80 : 0) | type),
                        static_cast<char>(sequence >> 8), static_cast<char>(sequence)};
  for (const uint32_t value : {timestamp_, uint32_t{0x1234}})
    for (int shift = 24; shift >= 0; shift -= 8) packet += static_cast<char>(value >> shift);
  packet += payload;
  const auto drawn = [this](double below) { return std::uniform_real_distribution<>(0, below)(network_); };
  const bool lost = habits_.lossPercent > 0 && drawn(100) < habits_.lossPercent;
  const double later = habits_.jitterMs > 0 ? drawn(habits_.jitterMs) : 0;
  if (!lost) onTheirWay_.emplace(world_.now + later, sends_ ? sends_->protect(packet) : packet);
}

void FarEnd::carry() {
  const auto due = onTheirWay_.upper_bound(world_.now);
  for (auto each = onTheirWay_.begin(); each != due; ++each) rtp_.send(each->second, *media_);
  onTheirWay_.erase(onTheirWay_.begin(), due);
}

}  // namespace sipexchange
