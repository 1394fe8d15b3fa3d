// What keeps a call's dialogs alive: provisional responses acknowledged (RFC 3262), sessions refreshed (RFC 4028), the
// far end asked whether it is there.
#include <utility>

#include "board/sip/signalling/call.h"
#include "board/sip/signalling/message.h"

namespace board::sip {
namespace {

constexpr size_t kMostEarly = 8;
constexpr int kNoSuchCall = 481, kTimeout = 408;

bool listsTag(const sip_msg* response, sip_hdrid id, const char* tag) {
  return sip_msg_hdr_has_value(response, id, tag);
}

}  // namespace

Call::Early::Early(Call& c, FarDialog f) : call(c), far(std::move(f)), authenticator(*c.place_.peer->trunk) {}

Call::Early* Call::earlyOf(const sip_msg* response) {
  const std::string tag = text(response->to.tag);
  const auto found = early_.find(tag);
  if (found != early_.end()) return found->second.get();
  if (tag.empty() || early_.size() >= kMostEarly) return nullptr;
  FarDialog far = openedBy(response, base_.get(), way());
  if (!far.dialog) return nullptr;
  return (early_[tag] = std::make_unique<Early>(*this, std::move(far))).get();
}

// Each once and in order; what comes again is acknowledged by libre, which repeats the PRACK until it is answered.
void Call::acknowledgeProvisional(const sip_msg* response) {
  const int sequence = numberIn(response, SIP_HDR_RSEQ);
  if (response->scode == 100 || sequence <= 0 || !listsTag(response, SIP_HDR_REQUIRE, "100rel")) return;
  Early* const early = earlyOf(response);
  if (early == nullptr) return;
  const auto number = static_cast<uint32_t>(sequence);
  if (early->sequence != 0 && number != early->sequence + 1) return;
  early->sequence = number;
  early->acknowledged = std::to_string(number) + " " + std::to_string(response->cseq.num) + " INVITE";
  early->authenticator.startRequest();
  sendPrack(*early);
}

void Call::sendPrack(Early& early) {
  mem_deref(std::exchange(early.request, nullptr));
  (void)sip_drequestf(&early.request, early.call.speaking(), true, "PRACK", early.far.dialog.get(), 0,
                      nullptr, addContact, prackAnswered, &early, "RAck: %s\r\n%sContent-Length: 0\r\n\r\n",
                      early.acknowledged.c_str(), early.authenticator.header().c_str());
}

void Call::prackAnswered(int error, const sip_msg* response, void* self) {
  Early& early = *static_cast<Early*>(self);
  if (error != 0 || response == nullptr || !Authenticator::isChallenge(response)) return;
  if (early.authenticator.answers(response, "PRACK", early.far.target)) sendPrack(early);
}

void Call::refresh() {
  if (state_ != State::kUp || refreshing_ != nullptr) return;
  authenticator_.startRequest();
  sendRefresh();
}

void Call::sendRefresh() {
  const std::string sdp = media_.offer(), session = sessionHeaders();
  (void)sip_drequestf(&refreshing_, speaking(), true, "INVITE", far_.dialog.get(), 0, nullptr, addContact,
                      refreshAnswered, this,
                      "Supported: timer\r\n%s%sContent-Type: application/sdp\r\n"
                      "Content-Length: %zu\r\n\r\n%b",
                      session.c_str(), authenticator_.header().c_str(), sdp.size(), sdp.data(), sdp.size());
}

void Call::refreshAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  // Whatever else went wrong, the next refresh or the session's end finds out.
  if (error != 0 || response == nullptr || response->scode < 200) return;
  if (response->scode < 300) {
    (void)call.acknowledge(call.far_.dialog.get(), response->cseq.num);
    const std::optional<MediaPlan> media = call.media_.take(bodyOf(response), false);
    if (media && !call.told_) call.place_.events->mediaChanged(call.leg_, *media);
    return call.tellSession(response, true);
  }
  if (Authenticator::isChallenge(response)) {
    if (call.authenticator_.answers(response, "INVITE", call.far_.target)) call.sendRefresh();
    return;
  }
  if (response->scode != kNoSuchCall && response->scode != kTimeout) return;
  call.tellEnded({.by = Ending::By::kBye});
  call.finish();
}

void Call::ask() {
  if (state_ != State::kUp || asking_ != nullptr) return;
  askAuthenticator_.startRequest();
  sendAsk();
}

void Call::sendAsk() {
  const int error = sip_drequestf(
      &asking_, speaking(), true, "OPTIONS", far_.dialog.get(), 0, nullptr, addContact, askAnswered, this,
      "%sAccept: application/sdp\r\nContent-Length: 0\r\n\r\n", askAuthenticator_.header().c_str());
  if (error != 0 && !told_) place_.events->asked(leg_, false);
}

void Call::askAnswered(int error, const sip_msg* response, void* self) {
  Call& call = *static_cast<Call*>(self);
  const bool answered = error == 0 && response != nullptr;
  if (answered && response->scode < 200) return;
  if (answered && Authenticator::isChallenge(response) &&
      call.askAuthenticator_.answers(response, "OPTIONS", call.far_.target))
    return call.sendAsk();
  const bool lives = answered && !saysCallIsOver(response->scode);
  if (!call.told_) call.place_.events->asked(call.leg_, lives);
}

// `weAsked`: the message answers a request of ours, in which uac is us; else it is the far end's request.
void Call::tellSession(const sip_msg* message, bool weAsked) {
  if (told_ || state_ != State::kUp) return;
  const int seconds = numberIn(message, SIP_HDR_SESSION_EXPIRES);
  if (seconds <= 0) {
    if (weAsked) place_.events->sessionLasts(leg_, 0, false);
    return;
  }
  const bool uas = headerText(message, SIP_HDR_SESSION_EXPIRES).find("refresher=uas") != std::string::npos;
  place_.events->sessionLasts(leg_, seconds, weAsked != uas);
}

}  // namespace board::sip
