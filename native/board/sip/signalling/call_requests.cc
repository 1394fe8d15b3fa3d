// What the far end of a call asks in its dialog.
#include <algorithm>

#include "board/sip/signalling/call.h"
#include "board/sip/signalling/message.h"
#include "board/sip/signalling/transport/libre_address.h"
#include "board/sip/words/info_key.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr uint32_t kFirstRepeatMs = 500, kLongestRepeatMs = 4'000;  // RFC 3261 T1, T2
constexpr int kMostRepeats = 10;                                    // 32 s, about

}  // namespace

sip_dialog* Call::dialogOf(const sip_msg* request) const {
  if (far_.dialog && sip_dialog_cmp(far_.dialog.get(), request)) return far_.dialog.get();
  for (const auto& [tag, early] : early_)
    if (sip_dialog_cmp(early->far.dialog.get(), request)) return early->far.dialog.get();
  return nullptr;
}

void Call::take(const sip_msg* request) {
  if (isMethod(request, "ACK")) return takeAck(request);
  if (!sip_dialog_rseq_valid(dialogOf(request), request)) {
    (void)sip_treply(nullptr, place_.peer->stack, request, 500, "Server Internal Error");
    return;
  }
  if (isMethod(request, "BYE")) return takeBye(request);
  if (isMethod(request, "INVITE")) return takeOffer(request, true);
  if (isMethod(request, "UPDATE")) return takeOffer(request, false);
  if (isMethod(request, "NOTIFY")) return takeNotify(request);
  if (isMethod(request, "INFO")) takeInfo(request);
  if (isMethod(request, "OPTIONS") || isMethod(request, "INFO")) {
    (void)sip_treply(nullptr, place_.peer->stack, request, 200, "OK");
    return;
  }
  (void)sip_treply(nullptr, place_.peer->stack, request, 405, "Method Not Allowed");
}

void Call::takeBye(const sip_msg* request) {
  (void)sip_treply(nullptr, place_.peer->stack, request, 200, "OK");
  tellEnded({.by = Ending::By::kBye, .reasonCause = reasonCauseOf(request)});
  finish();
}

void Call::takeOffer(const sip_msg* request, bool isInvite) {
  // Before the answer it is an UPDATE: the far end changes its early media.
  const bool early = state_ == State::kCalling && !isInvite;
  if (state_ != State::kUp && !early) {
    (void)sip_treply(nullptr, place_.peer->stack, request, 481, "Call/Transaction Does Not Exist");
    return;
  }
  const std::string offer = bodyOf(request);
  if (offer.empty()) {
    // An INVITE without an offer gets ours; an UPDATE without one only says that its sender is there.
    offeredInOk_ = isInvite;
    answerOffer(request, isInvite, isInvite ? media_.offer() : std::string());
    return tellSession(request, false);
  }
  const std::optional<MediaPlan> media = media_.take(offer, true);
  if (!media) {
    (void)sip_treply(nullptr, place_.peer->stack, request, 488, "Not Acceptable Here");
    return;
  }
  offeredInOk_ = false;
  answerOffer(request, isInvite, media_.answer());
  if (!told_) place_.events->mediaChanged(leg_, *media);
  tellSession(request, false);
}

void Call::answerOffer(const sip_msg* request, bool isInvite, const std::string& sdp) {
  sip_contact contact;
  const MediaAddress told =
      place_.peer->announcedFor(invite_.address, {ipOf(request->dst), sa_port(&request->dst)});
  const sa at = libreAddress(told.ip, told.port);
  sip_contact_set(&contact, kContactUser, &at, request->tp);
  // A refresh is granted as it is asked for.
  std::string session;
  if (const std::string asked = headerText(request, SIP_HDR_SESSION_EXPIRES); !asked.empty())
    session = "Supported: timer\r\nSession-Expires: " + asked +
              (asked.find("refresher=") == std::string::npos ? ";refresher=uac" : "") + "\r\n";
  mbuf* sent = nullptr;
  const int error =
      sip_treplyf(nullptr, &sent, place_.peer->stack, request, true, 200, "OK",
                  "%H%sContent-Length: %zu\r\n\r\n%b", sip_contact_print, &contact,
                  sdp.empty() ? "" : "Content-Type: application/sdp\r\n", sdp.size(), sdp.data(), sdp.size());
  Ref<mbuf> held(sent);
  if (error != 0 || !isInvite) return;
  ok_ = std::move(held);
  okTo_.reset(static_cast<sip_msg*>(mem_ref(const_cast<sip_msg*>(request))));
  okRepeats_ = 0;
  tmr_start(&okTimer_, kFirstRepeatMs, repeatOk, this);
}

void Call::repeatOk(void* self) {
  Call& call = *static_cast<Call*>(self);
  if (++call.okRepeats_ > kMostRepeats) return;
  call.ok_->pos = 0;
  (void)sip_send(call.place_.peer->stack, call.okTo_->sock, call.okTo_->tp, &call.okTo_->src, call.ok_.get());
  const uint32_t next = std::min(kFirstRepeatMs << call.okRepeats_, kLongestRepeatMs);
  tmr_start(&call.okTimer_, next, repeatOk, self);
}

void Call::takeAck(const sip_msg* request) {
  tmr_cancel(&okTimer_);
  if (!offeredInOk_) return;
  offeredInOk_ = false;
  const std::optional<MediaPlan> media = media_.take(bodyOf(request), false);
  if (media && !told_) place_.events->mediaChanged(leg_, *media);
}

void Call::takeInfo(const sip_msg* request) {
  const std::optional<char> key = keyOfInfo(headerText(request, SIP_HDR_CONTENT_TYPE), bodyOf(request));
  if (key && !told_) place_.events->keyPressed(leg_, *key);
}

void Call::takeNotify(const sip_msg* request) {
  (void)sip_treply(nullptr, place_.peer->stack, request, 200, "OK");
  const std::string event = headerText(request, SIP_HDR_EVENT);
  if (told_ || !event.starts_with("refer")) return;
  if (const std::optional<int> status = sipfragStatus(bodyOf(request)))
    place_.events->referTold(leg_, *status);
}

}  // namespace board::sip
