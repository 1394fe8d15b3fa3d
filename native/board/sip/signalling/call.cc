// The beginning and the end of a call; call_requests.cc has what its far end asks.
#include "board/sip/signalling/call.h"

#include <algorithm>
#include <utility>

#include "board/sip/signalling/message.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr const char* kAllow = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, UPDATE\r\n";
constexpr int kUnauthorized = 401, kProxyAuthentication = 407;

std::string toTag(const sip_msg* response) { return text(response->to.tag); }

std::vector<Challenge> challengesOf(const sip_msg* response) {
  std::vector<Challenge> challenges;
  const sip_hdrid id =
      response->scode == kProxyAuthentication ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
  (void)sip_msg_hdr_apply(
      response, true, id,
      [](const sip_hdr* header, const sip_msg* /*message*/, void* into) {
        if (auto challenge = readChallenge(text(header->val)))
          static_cast<std::vector<Challenge>*>(into)->push_back(std::move(*challenge));
        return false;
      },
      &challenges);
  return challenges;
}

std::string randomHex() {
  char text[17];
  (void)re_snprintf(text, sizeof text, "%016llx", rand_u64());
  return text;
}

}  // namespace

Call::Call(CallPlace place, LegId leg, const Invite& invite, std::function<void(Call&)> over)
    : place_(std::move(place)),
      leg_(leg),
      invite_(invite),
      over_(std::move(over)),
      media_(place_.ip, invite.rtpPort, place_.trunk->codecs) {
  tmr_init(&okTimer_);
  const std::string uri = target();
  // The peer is asked by its address, whatever the name in the URI: nothing is looked up for a call.
  const std::string route = "sip:" + place_.peer;
  const char* routes[] = {route.c_str()};
  const std::string from = identity();
  const bool routed = place_.domain != place_.peer;
  sip_dialog* dialog = nullptr;
  if (sip_dialog_alloc(&dialog, uri.c_str(), uri.c_str(), nullptr, from.c_str(), routes, routed ? 1 : 0) == 0)
    base_.reset(dialog);
  if (base_) callId_ = sip_dialog_callid(base_.get());
  remoteTarget_ = uri;
}

Call::~Call() {
  tmr_cancel(&okTimer_);
  // Their handlers must not come back here.
  mem_deref(std::exchange(inviting_, nullptr));
  mem_deref(std::exchange(ending_, nullptr));
  mem_deref(std::exchange(referring_, nullptr));
}

std::string Call::target() const { return "sip:" + escapedUser(invite_.number) + "@" + place_.domain; }

std::string Call::identity() const {
  const std::string& caller = invite_.callerId.empty() ? place_.trunk->callerId : invite_.callerId;
  if (caller.empty()) return "sip:" + ipText(place_.ip);
  return "sip:" + escapedUser(caller) + "@" + place_.domain;
}

int Call::addContact(sip_transp transport, const sa* source, const sa* /*to*/, mbuf* message,
                     void* /*self*/) {
  sip_contact contact;
  sip_contact_set(&contact, "cpdd", source, transport);
  return mbuf_printf(message, "%H", sip_contact_print, &contact);
}

void Call::invite() {
  if (!base_) return tellEnded({.by = Ending::By::kSilence}), finish();
  const std::string sdp = media_.offer();
  const int error = sip_drequestf(&inviting_, place_.stack, true, "INVITE", base_.get(), 0, nullptr,
                                  addContact, inviteAnswered, this,
                                  "%s%s"
                                  "Content-Type: application/sdp\r\n"
                                  "Content-Length: %zu\r\n\r\n%b",
                                  kAllow, authorization_.c_str(), sdp.size(), sdp.data(), sdp.size());
  if (error == 0) return;
  tellEnded({.by = Ending::By::kSilence});
  finish();
}

void Call::inviteAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (error != 0 || response == nullptr) {
    call.tellEnded({.by = Ending::By::kSilence});
    return call.finish();
  }
  if (response->scode < 200) return call.provisional(response);
  if (response->scode < 300) return call.accepted(response);
  call.refused(response);
}

void Call::provisional(const sip_msg* response) {
  const bool alerting = response->scode == 180;
  alerted_ = alerted_ || alerting;
  if (told_) return;
  std::optional<MediaPlan> media;
  if (mbuf_get_left(response->mb) > 0) media = media_.take(bodyOf(response), false);
  place_.events->progressed(leg_, alerting, media);
}

void Call::accepted(const sip_msg* response) {
  sip_dialog* dialog = nullptr;
  if (sip_dialog_fork(&dialog, base_.get(), response) != 0) {
    // Without a Contact it can be neither acknowledged nor ended.
    tellEnded({.by = Ending::By::kUnusable});
    return finish();
  }
  dialog_.reset(dialog);
  sip_addr contact;
  if (const sip_hdr* header = sip_msg_hdr(response, SIP_HDR_CONTACT);
      header != nullptr && sip_addr_decode(&contact, &header->val) == 0)
    remoteTarget_ = text(contact.auri);
  remoteTag_ = toTag(response);
  localTag_ = text(response->from.tag);
  acknowledge(dialog_.get(), response->cseq.num);
  state_ = State::kUp;
  if (told_) return bye();
  const std::optional<MediaPlan> media = media_.take(bodyOf(response), false);
  if (!media) {
    tellEnded({.by = Ending::By::kUnusable});
    return bye();
  }
  place_.events->answered(leg_, *media);
}

void Call::refused(const sip_msg* response) {
  const bool challenged = response->scode == kUnauthorized || response->scode == kProxyAuthentication;
  if (challenged && !told_ && authenticates(response, "INVITE", target())) return invite();
  const std::string reason = text(response->reason);
  tellEnded({.by = Ending::By::kResponse,
             .status = response->scode,
             .alerted = alerted_,
             .reasonCause = reasonCauseOf(response),
             .limitText = speaksOfLimit(reason) || speaksOfLimit(headerText(response, SIP_HDR_WARNING)),
             .providerFault = sip_msg_xhdr(response, "X-Twilio-Error") != nullptr});
  finish();
}

// True: the same request is to be sent again, with `authorization_`. Once for each nonce, so that wrong credentials end.
bool Call::authenticates(const sip_msg* response, const char* method, const std::string& uri) {
  authorization_.clear();
  const std::vector<Challenge> challenges = challengesOf(response);
  if (place_.trunk->username.empty() || challenges.empty()) return false;
  const bool stale = std::ranges::any_of(challenges, &Challenge::stale);
  if (!lastNonce_.empty() && !stale) return false;
  if (lastNonce_ == challenges.front().nonce) return false;
  lastNonce_ = challenges.front().nonce;
  const std::optional<std::string> value = digestAnswer(challenges, {.username = place_.trunk->username,
                                                                     .password = place_.trunk->password,
                                                                     .method = method,
                                                                     .uri = uri,
                                                                     .clientNonce = randomHex()});
  if (!value) return false;
  authorization_ = (response->scode == kProxyAuthentication ? "Proxy-Authorization: " : "Authorization: ") +
                   *value + "\r\n";
  return true;
}

void Call::acknowledge(sip_dialog* dialog, uint32_t sequence) {
  (void)sip_drequestf(nullptr, place_.stack, false, "ACK", dialog, sequence, nullptr, addContact, nullptr,
                      nullptr, "%sContent-Length: 0\r\n\r\n", authorization_.c_str());
}

void Call::takeLateAnswer(const sip_msg* response) {
  const bool repeated = dialog_ && toTag(response) == remoteTag_;
  if (repeated) return acknowledge(dialog_.get(), response->cseq.num);
  sip_dialog* fork = nullptr;
  if (!base_ || sip_dialog_fork(&fork, base_.get(), response) != 0) return;
  const Ref<sip_dialog> held(fork);
  acknowledge(fork, response->cseq.num);
  (void)sip_drequestf(nullptr, place_.stack, true, "BYE", fork, 0, nullptr, addContact, nullptr, nullptr,
                      "Content-Length: 0\r\n\r\n");
}

void Call::end() {
  told_ = true;
  if (state_ == State::kCalling) {
    // libre sends the CANCEL when a provisional response allows it; an answer that crosses it comes to accepted().
    sip_request_cancel(inviting_);
    if (inviting_ == nullptr) finish();
  } else if (state_ == State::kUp) {
    bye();
  }
}

void Call::bye() {
  state_ = State::kEnding;
  const int error = sip_drequestf(&ending_, place_.stack, true, "BYE", dialog_.get(), 0, nullptr, addContact,
                                  byeAnswered, this, "%sContent-Length: 0\r\n\r\n", authorization_.c_str());
  if (error != 0) finish();
}

void Call::byeAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (error == 0 && response != nullptr && response->scode < 200) return;
  const bool challenged =
      response != nullptr && (response->scode == kUnauthorized || response->scode == kProxyAuthentication);
  if (challenged && !std::exchange(call.byeAuthenticated_, true)) {
    call.lastNonce_.clear();
    if (call.authenticates(response, "BYE", call.remoteTarget_)) return call.bye();
  }
  call.finish();
}

void Call::refer(const std::string& extension, const std::string& domain, const Call* replaces) {
  referTo_ = "sip:" + escapedUser(extension) + "@" + domain;
  if (replaces != nullptr) {
    const std::string header =
        replaces->callId_ + ";to-tag=" + replaces->remoteTag_ + ";from-tag=" + replaces->localTag_;
    // As a header of the URI every character that has a meaning there is escaped.
    referTo_ += "?Replaces=";
    for (const char c : header)
      referTo_ += c == ';' ? "%3B" : c == '=' ? "%3D" : escapedUser(std::string(1, c));
  }
  referAuthenticated_ = false;
  sendRefer();
}

void Call::sendRefer() {
  const std::string by = identity();
  const int error = state_ != State::kUp
                        ? -1
                        : sip_drequestf(&referring_, place_.stack, true, "REFER", dialog_.get(), 0, nullptr,
                                        addContact, referAnswered, this,
                                        "%sRefer-To: <%s>\r\nReferred-By: <%s>\r\nContent-Length: 0\r\n\r\n",
                                        authorization_.c_str(), referTo_.c_str(), by.c_str());
  if (error != 0 && !told_) place_.events->referRefused(leg_, 500);
}

void Call::referAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (call.told_) return;
  if (error != 0 || response == nullptr) return call.place_.events->referRefused(call.leg_, 408);
  if (response->scode < 200) return;
  if (response->scode < 300) return call.place_.events->referTold(call.leg_, 100);
  const bool challenged = response->scode == kUnauthorized || response->scode == kProxyAuthentication;
  if (challenged && !std::exchange(call.referAuthenticated_, true)) {
    call.lastNonce_.clear();
    if (call.authenticates(response, "REFER", call.remoteTarget_)) return call.sendRefer();
  }
  call.place_.events->referRefused(call.leg_, response->scode);
}

void Call::tellEnded(const Ending& ending) {
  if (std::exchange(told_, true)) return;
  place_.events->ended(leg_, ending);
}

void Call::finish() {
  if (std::exchange(state_, State::kOver) == State::kOver) return;
  over_(*this);
}

}  // namespace board::sip
