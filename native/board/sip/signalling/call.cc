// The beginning and the end of a call; call_requests.cc has what its far end asks.
#include "board/sip/signalling/call.h"

#include <string_view>
#include <utility>

#include "board/sip/signalling/message.h"
#include "board/sip/words/hand_over_headers.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr const char* kAllow = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, UPDATE, INFO\r\n";
constexpr int kSessionTooBrief = 422, kLeastSessionS = 90, kLongestSessionS = 86'400;

constexpr uint64_t kLateMs = 32'000;  // a transaction of the far end's is over by then (RFC 3261, timer B)

std::string toTag(const sip_msg* response) { return text(response->to.tag); }

}  // namespace

Call::Call(CallPlace place, LegId leg, const Invite& invite, std::function<void(Call&)> over)
    : place_(std::move(place)),
      leg_(leg),
      invite_(invite),
      over_(std::move(over)),
      media_(place_.ip, invite.rtpPort, place_.peer->trunk->codecs, place_.peer->trunk->srtp == "required"),
      authenticator_(*place_.peer->trunk),
      askAuthenticator_(*place_.peer->trunk),
      sessionS_(place_.peer->trunk->sessionExpiresS),
      leastSessionS_(kLeastSessionS) {
  tmr_init(&okTimer_);
  tmr_init(&lateTimer_);
  const std::string uri = target();
  // The peer is asked by its address, whatever the name in the URI: nothing is looked up for a call.
  const std::string route = place_.peer->route(invite.address);
  const char* routes[] = {route.c_str()};
  const std::string from = identity();
  sip_dialog* dialog = nullptr;
  if (sip_dialog_alloc(&dialog, uri.c_str(), uri.c_str(), nullptr, from.c_str(), routes,
                       route.empty() ? 0 : 1) == 0)
    base_.reset(dialog);
  if (base_) callId_ = sip_dialog_callid(base_.get());
}

Call::~Call() {
  tmr_cancel(&okTimer_);
  tmr_cancel(&lateTimer_);
  // Their handlers must not come back here.
  mem_deref(std::exchange(inviting_, nullptr));
  mem_deref(std::exchange(ending_, nullptr));
  mem_deref(std::exchange(referring_, nullptr));
  mem_deref(std::exchange(refreshing_, nullptr));
  mem_deref(std::exchange(asking_, nullptr));
}

std::string Call::target() const { return "sip:" + escapedUser(invite_.number) + "@" + place_.peer->domain; }

std::string Call::identity() const {
  const std::string& caller = invite_.callerId.empty() ? place_.peer->trunk->callerId : invite_.callerId;
  const std::string& username = place_.peer->trunk->username;
  if (caller.empty() && !username.empty()) return "sip:" + escapedUser(username) + "@" + place_.peer->domain;
  if (caller.empty()) return "sip:" + hostPort(place_.ip.text(), 0);
  return "sip:" + escapedUser(caller) + "@" + place_.peer->domain;
}

int Call::addContact(sip_transp transport, const sa* source, const sa* /*to*/, mbuf* message,
                     void* /*self*/) {
  sip_contact contact;
  sip_contact_set(&contact, kContactUser, source, transport);
  return mbuf_printf(message, "%H", sip_contact_print, &contact);
}

std::string Call::sessionHeaders() const {
  if (sessionS_ <= 0) return "";
  return "Session-Expires: " + std::to_string(sessionS_) + "\r\nMin-SE: " + std::to_string(leastSessionS_) +
         "\r\n";
}

// What we can do, and what is asked for in every INVITE of this trunk.
std::string Call::options() const {
  std::string lines = std::string(kAllow) + "Supported: 100rel" + (sessionS_ > 0 ? ", timer" : "") + "\r\n";
  lines += sessionHeaders();
  const Trunk& trunk = *place_.peer->trunk;
  for (const std::string& line : trunk.headers) lines += line + "\r\n";
  if (invite_.handsOver.empty()) return lines;
  const CallData call{.number = invite_.handsOver, .channel = invite_.channel, .attempt = invite_.attemptId};
  for (const std::string& line : handOverHeaders(trunk.agentHeaders, trunk.userToUser, call))
    lines += line + "\r\n";
  return lines;
}

void Call::invite() {
  if (!base_) return tellEnded({.by = Ending::By::kUnreachable}), finish();
  sent_ = responded_ = false;
  const std::string sdp = media_.offer(), lines = options();
  const int error = sip_drequestf(
      &inviting_, speaking(), true, "INVITE", base_.get(), 0, nullptr, addContact, inviteAnswered, this,
      "%s%s"
      "Content-Type: application/sdp\r\n"
      "Content-Length: %zu\r\n\r\n%b",
      lines.c_str(), authenticator_.header().c_str(), sdp.size(), sdp.data(), sdp.size());
  if (error == 0) return;
  tellEnded({.by = Ending::By::kUnreachable});
  finish();
}

void Call::inviteAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (error != 0 || response == nullptr) {
    call.tellEnded({.by = call.sent_ ? Ending::By::kSilence : Ending::By::kUnreachable});
    return call.finish();
  }
  call.responded_ = true;
  if (response->scode < 200) return call.provisional(response);
  if (response->scode < 300) return call.accepted(response);
  call.refused(response);
}

void Call::provisional(const sip_msg* response) {
  const bool alerting = response->scode == 180;
  alerted_ = alerted_ || alerting;
  acknowledgeProvisional(response);
  if (told_) return;
  std::optional<MediaPlan> media;
  if (mbuf_get_left(response->mb) > 0) media = media_.take(bodyOf(response), false);
  place_.events->progressed(leg_, alerting, media);
}

void Call::accepted(const sip_msg* response) {
  const auto early = early_.find(toTag(response));
  if (early != early_.end()) {
    far_ = std::move(early->second->far);
    update(far_, response, way());
  } else {
    far_ = openedBy(response, base_.get(), way());
  }
  early_.clear();
  if (!far_.dialog) {
    tellEnded({.by = Ending::By::kUnusable});
    return finish();
  }
  remoteTag_ = toTag(response);
  localTag_ = text(response->from.tag);
  const bool acknowledged = acknowledge(far_.dialog.get(), response->cseq.num);
  state_ = State::kUp;
  if (told_) return bye();
  if (!acknowledged) {
    // The far end would hang up on whoever answered, in half a minute.
    tellEnded({.by = Ending::By::kUnusable});
    return bye();
  }
  const std::optional<MediaPlan> media = media_.take(bodyOf(response), false);
  if (!media) {
    tellEnded({.by = Ending::By::kUnusable});
    return bye();
  }
  place_.events->answered(leg_, *media);
  tellSession(response, true);
}

void Call::refused(const sip_msg* response) {
  if (Authenticator::isChallenge(response) && !told_ && authenticator_.answers(response, "INVITE", target()))
    return invite();
  if (const int least = numberIn(response, SIP_HDR_MIN_SE); response->scode == kSessionTooBrief && !told_ &&
                                                            sessionS_ > 0 && least > sessionS_ &&
                                                            least <= kLongestSessionS) {
    sessionS_ = leastSessionS_ = least;
    authenticator_.startRequest();
    return invite();
  }
  const std::string reason = text(response->reason);
  tellEnded({.by = Ending::By::kResponse,
             .status = response->scode,
             .alerted = alerted_,
             .reasonCause = reasonCauseOf(response),
             .limitText = speaksOfLimit(reason) || speaksOfLimit(headerText(response, SIP_HDR_WARNING)),
             .retryAfterS = numberIn(response, SIP_HDR_RETRY_AFTER),
             .providerFault = sip_msg_xhdr(response, "X-Twilio-Error") != nullptr});
  finish();
}

bool Call::acknowledge(sip_dialog* dialog, uint32_t sequence) {
  return sip_drequestf(nullptr, speaking(), false, "ACK", dialog, sequence, nullptr, addContact, nullptr,
                       nullptr, "%sContent-Length: 0\r\n\r\n", authenticator_.header().c_str()) == 0;
}

void Call::takeLate(const sip_msg* response) {
  if (response->scode >= 200 && response->scode < 300) return takeLateAnswer(response);
  if (tmr_isrunning(&lateTimer_)) sendLate(response->scode < 200 ? "CANCEL" : "ACK", response);
}

// In the INVITE's own transaction, of which libre knows nothing any more.
void Call::sendLate(const char* method, const sip_msg* response) {
  const std::string route = place_.peer->route(invite_.address);
  const bool cancels = std::string_view(method) == "CANCEL";
  const std::string to = cancels ? "<" + target() + ">" : text(response->to.val);
  const std::string message =
      std::string(method) + " " + target() + " SIP/2.0\r\nVia: SIP/2.0/" + sip_transp_name(response->tp) +
      " " + text(response->via.sentby) + ";branch=" + text(response->via.branch) +
      ";rport\r\nMax-Forwards: 70\r\n" + (route.empty() ? "" : "Route: <" + route + ">\r\n") + "To: " + to +
      "\r\nFrom: " + text(response->from.val) + "\r\nCall-ID: " + callId_ +
      "\r\nCSeq: " + std::to_string(response->cseq.num) + " " + method + "\r\nContent-Length: 0\r\n\r\n";
  const Ref<mbuf> buffer(mbuf_alloc(message.size()));
  if (!buffer ||
      mbuf_write_mem(buffer.get(), reinterpret_cast<const uint8_t*>(message.data()), message.size()) != 0)
    return;
  buffer->pos = 0;
  (void)sip_send(place_.peer->stack, nullptr, response->tp, &response->src, buffer.get());
}

void Call::takeLateAnswer(const sip_msg* response) {
  const bool repeated = far_.dialog && toTag(response) == remoteTag_;
  if (repeated) return (void)acknowledge(far_.dialog.get(), response->cseq.num);
  if (!base_) return;
  const FarDialog other = openedBy(response, base_.get(), way());
  if (!other.dialog) return;
  (void)acknowledge(other.dialog.get(), response->cseq.num);
  (void)sip_drequestf(nullptr, speaking(), true, "BYE", other.dialog.get(), 0, nullptr, addContact, nullptr,
                      nullptr, "Content-Length: 0\r\n\r\n");
}

void Call::end() {
  told_ = true;
  if (state_ == State::kCalling) {
    if (inviting_ == nullptr) return finish();
    // An answer that crosses the CANCEL comes to accepted().
    if (responded_) return sip_request_cancel(inviting_);
    stopInviting();
  } else if (state_ == State::kUp) {
    bye();
  }
}

void Call::giveUp() {
  if (state_ != State::kCalling || responded_ || inviting_ == nullptr) return;
  tellEnded({.by = sent_ ? Ending::By::kSilence : Ending::By::kUnreachable});
  stopInviting();
}

// What was sent may have arrived: for some time what it causes is cancelled, or acknowledged and ended.
void Call::stopInviting() {
  LibreRequest* const request = inviting_;
  mem_deref(request);  // forgets the handler alone: the transaction goes on
  mem_deref(request);
  if (!sent_) return finish();
  state_ = State::kEnding;
  tmr_start(
      &lateTimer_, kLateMs, [](void* self) { static_cast<Call*>(self)->finish(); }, this);
}

void Call::bye() {
  state_ = State::kEnding;
  const int error =
      sip_drequestf(&ending_, speaking(), true, "BYE", far_.dialog.get(), 0, nullptr, addContact, byeAnswered,
                    this, "%sContent-Length: 0\r\n\r\n", authenticator_.header().c_str());
  if (error != 0) finish();
}

void Call::byeAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (error == 0 && response != nullptr && response->scode < 200) return;
  const bool challenged = response != nullptr && Authenticator::isChallenge(response);
  if (challenged && !std::exchange(call.byeAuthenticated_, true)) {
    call.authenticator_.startRequest();
    if (call.authenticator_.answers(response, "BYE", call.far_.target)) return call.bye();
  }
  call.finish();
}

void Call::refer(const std::string& extension, const Peer& at, const Call* replaces) {
  referTo_ = "sip:" + escapedUser(extension) + "@" + at.domain;
  if (replaces != nullptr) {
    const std::string header =
        replaces->callId_ + ";to-tag=" + replaces->remoteTag_ + ";from-tag=" + replaces->localTag_;
    // As a header of the URI every character that has a meaning there is escaped.
    referTo_ += "?Replaces=";
    for (const char c : header)
      referTo_ += c == ';' ? "%3B" : c == '=' ? "%3D" : escapedUser(std::string(1, c));
  }
  const CallData call{.number = invite_.number, .channel = invite_.channel, .attempt = invite_.attemptId};
  referTo_ +=
      asUriHeaders(handOverHeaders(at.trunk->agentHeaders, at.trunk->userToUser, call), replaces != nullptr);
  referAuthenticated_ = false;
  sendRefer();
}

void Call::sendRefer() {
  const std::string by = identity();
  const int error = state_ != State::kUp
                        ? -1
                        : sip_drequestf(&referring_, speaking(), true, "REFER", far_.dialog.get(), 0, nullptr,
                                        addContact, referAnswered, this,
                                        "%sRefer-To: <%s>\r\nReferred-By: <%s>\r\nContent-Length: 0\r\n\r\n",
                                        authenticator_.header().c_str(), referTo_.c_str(), by.c_str());
  if (error != 0 && !told_) place_.events->referRefused(leg_, 500);
}

void Call::referAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (call.told_) return;
  if (error != 0 || response == nullptr) return call.place_.events->referRefused(call.leg_, 408);
  if (response->scode < 200) return;
  if (response->scode < 300) return call.place_.events->referTold(call.leg_, 100);
  if (Authenticator::isChallenge(response) && !std::exchange(call.referAuthenticated_, true)) {
    call.authenticator_.startRequest();
    if (call.authenticator_.answers(response, "REFER", call.far_.target)) return call.sendRefer();
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
