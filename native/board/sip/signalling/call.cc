// The beginning and the end of a call; call_requests.cc has what its far end asks.
#include "board/sip/signalling/call.h"

#include <algorithm>
#include <utility>

#include "board/sip/signalling/message.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr const char* kAllow = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, UPDATE, INFO\r\n";
constexpr int kSessionTooBrief = 422, kLeastSessionS = 90, kLongestSessionS = 86'400;

std::string toTag(const sip_msg* response) { return text(response->to.tag); }

}  // namespace

Ref<sip_dialog> openedBy(const sip_msg* response, sip_dialog* base, const std::string& transport) {
  auto* const contact = const_cast<sip_hdr*>(sip_msg_hdr(response, SIP_HDR_CONTACT));
  sip_addr address;
  if (contact == nullptr || sip_addr_decode(&address, &contact->val) != 0) return nullptr;
  const pl before = contact->val;
  const uri& to = address.uri;
  const std::string user = to.user.l > 0 ? text(to.user) + "@" : "";
  const std::string there =
      "<sip:" + user + hostPort(text(to.host), to.port) + ";transport=" + transport + ">";
  if (transport != "udp") contact->val = {there.data(), there.size()};
  sip_dialog* dialog = nullptr;
  const int error = sip_dialog_fork(&dialog, base, response);
  contact->val = before;
  return Ref<sip_dialog>(error == 0 ? dialog : nullptr);
}

Call::Call(CallPlace place, LegId leg, const Invite& invite, std::function<void(Call&)> over)
    : place_(std::move(place)),
      leg_(leg),
      invite_(invite),
      over_(std::move(over)),
      media_(place_.ip, invite.rtpPort, place_.peer->trunk->codecs, place_.peer->trunk->srtp == "required"),
      authenticator_(*place_.peer->trunk),
      sessionS_(place_.peer->trunk->sessionExpiresS) {
  tmr_init(&okTimer_);
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
  remoteTarget_ = uri;
}

Call::~Call() {
  tmr_cancel(&okTimer_);
  // Their handlers must not come back here.
  mem_deref(std::exchange(inviting_, nullptr));
  mem_deref(std::exchange(ending_, nullptr));
  mem_deref(std::exchange(referring_, nullptr));
  mem_deref(std::exchange(refreshing_, nullptr));
}

std::string Call::target() const { return "sip:" + escapedUser(invite_.number) + "@" + place_.peer->domain; }

std::string Call::identity() const {
  const std::string& caller = invite_.callerId.empty() ? place_.peer->trunk->callerId : invite_.callerId;
  const std::string& username = place_.peer->trunk->username;
  if (caller.empty() && !username.empty()) return "sip:" + escapedUser(username) + "@" + place_.peer->domain;
  if (caller.empty()) return "sip:" + ipText(place_.ip);
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
  return "Session-Expires: " + std::to_string(sessionS_) + "\r\nMin-SE: " + std::to_string(kLeastSessionS) +
         "\r\n";
}

void Call::invite() {
  if (!base_) return tellEnded({.by = Ending::By::kSilence}), finish();
  const std::string sdp = media_.offer();
  const int error =
      sip_drequestf(&inviting_, place_.peer->stack, true, "INVITE", base_.get(), 0, nullptr, addContact,
                    inviteAnswered, this,
                    "%s%s"
                    "Content-Type: application/sdp\r\n"
                    "Content-Length: %zu\r\n\r\n%b",
                    kAllow, authenticator_.header().c_str(), sdp.size(), sdp.data(), sdp.size());
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
  acknowledgeProvisional(response);
  if (told_) return;
  std::optional<MediaPlan> media;
  if (mbuf_get_left(response->mb) > 0) media = media_.take(bodyOf(response), false);
  place_.events->progressed(leg_, alerting, media);
}

void Call::accepted(const sip_msg* response) {
  const auto early = early_.find(toTag(response));
  if (early != early_.end() && sip_dialog_update(early->second->dialog.get(), response) == 0)
    dialog_ = std::move(early->second->dialog);
  else
    dialog_ = openedBy(response, base_.get(), place_.peer->trunk->transport);
  early_.clear();
  if (!dialog_) {
    tellEnded({.by = Ending::By::kUnusable});
    return finish();
  }
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
  tellSession(response, true);
}

void Call::refused(const sip_msg* response) {
  if (Authenticator::isChallenge(response) && !told_ && authenticator_.answers(response, "INVITE", target()))
    return invite();
  if (const int least = numberIn(response, SIP_HDR_MIN_SE);
      response->scode == kSessionTooBrief && !told_ && sessionS_ > 0 && least > sessionS_) {
    sessionS_ = std::min(least, kLongestSessionS);
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

void Call::acknowledge(sip_dialog* dialog, uint32_t sequence) {
  (void)sip_drequestf(nullptr, place_.peer->stack, false, "ACK", dialog, sequence, nullptr, addContact,
                      nullptr, nullptr, "%sContent-Length: 0\r\n\r\n", authenticator_.header().c_str());
}

void Call::takeLateAnswer(const sip_msg* response) {
  const bool repeated = dialog_ && toTag(response) == remoteTag_;
  if (repeated) return acknowledge(dialog_.get(), response->cseq.num);
  if (!base_) return;
  const Ref<sip_dialog> fork = openedBy(response, base_.get(), place_.peer->trunk->transport);
  if (!fork) return;
  acknowledge(fork.get(), response->cseq.num);
  (void)sip_drequestf(nullptr, place_.peer->stack, true, "BYE", fork.get(), 0, nullptr, addContact, nullptr,
                      nullptr, "Content-Length: 0\r\n\r\n");
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
  const int error =
      sip_drequestf(&ending_, place_.peer->stack, true, "BYE", dialog_.get(), 0, nullptr, addContact,
                    byeAnswered, this, "%sContent-Length: 0\r\n\r\n", authenticator_.header().c_str());
  if (error != 0) finish();
}

void Call::byeAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  if (error == 0 && response != nullptr && response->scode < 200) return;
  const bool challenged = response != nullptr && Authenticator::isChallenge(response);
  if (challenged && !std::exchange(call.byeAuthenticated_, true)) {
    call.authenticator_.startRequest();
    if (call.authenticator_.answers(response, "BYE", call.remoteTarget_)) return call.bye();
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
                        : sip_drequestf(&referring_, place_.peer->stack, true, "REFER", dialog_.get(), 0,
                                        nullptr, addContact, referAnswered, this,
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
    if (call.authenticator_.answers(response, "REFER", call.remoteTarget_)) return call.sendRefer();
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
