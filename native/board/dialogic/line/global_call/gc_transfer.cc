// Moving a call on a line of Global Call: blind, set-up and complete, SIP REFER.
#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/line/global_call/gc_line.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr int kSecondMs = 1'000;
// A switch answers a request within a second or two; no source gives the time. The two parties hear each
// other meanwhile.
constexpr int kSwitchMs = 5'000;
constexpr int kFacilityMessage = 0x08;  // gc_SndMsg; one vendor header (2007)
constexpr int kReferenceBits = 0xFFFF;

}  // namespace

void GcLine::beginTransfer() {
  const Api& api = context_.api;
  const std::string number = transfer_->extension + place_.config.destinationSuffix;
  const long limit = context_.config.watchdogs.transferMs / kSecondMs;
  int result = -1;
  const char* function = "gc_BlindTransfer";
  move(Phase::kMoving);
  consult_ = Consult::kNone;
  switch (transfer_->method) {
    case TransferMethod::kBlind:
      if (api.gc_BlindTransfer == nullptr) break;
      result = api.gc_BlindTransfer(crn_, number.c_str(), nullptr, limit, vendor::EV_ASYNC);
      break;
    case TransferMethod::kRefer:
      function = "gc_InvokeXfer";
      if (api.gc_InvokeXfer == nullptr) break;
      result = api.gc_InvokeXfer(crn_, 0, number.c_str(), nullptr, limit, vendor::EV_ASYNC);
      break;
    case TransferMethod::kSetup: {
      function = "gc_SetupTransfer";
      if (api.gc_SetupTransfer == nullptr || api.gc_CompleteTransfer == nullptr) break;
      Cell consultation;
      result = api.gc_SetupTransfer(crn_, consultation.at(), vendor::EV_ASYNC);
      consultation_ = result == -1 ? 0 : consultation.value();
      consult_ = Consult::kSetup;
      break;
    }
    default:
      break;
  }
  if (gc(function, result, masked(number)) == -1) {
    consult_ = Consult::kNone;
    move(Phase::kUp);
    return transferFailed(FailureReason::kNotSupported);
  }
  setTimer(Timer::kWatch, context_.config.watchdogs.transferMs);
}

int GcLine::networkReference() {
  const Api& api = context_.api;
  if (crn_ == 0 || api.gc_GetNetCRV == nullptr) return -1;
  Cell reference;
  return gc("gc_GetNetCRV", api.gc_GetNetCRV(crn_, reference.at())) == -1 ? -1 : reference.value();
}

bool GcLine::askSwitch(int reference) {
  const Api& api = context_.api;
  if (api.gc_SndMsg == nullptr || reference == -1) {
    note("the switch cannot be asked to transfer: the bridge stays");
    return false;
  }
  blocks_.facility = transferFacility(1, static_cast<uint16_t>(reference & kReferenceBits));
  void* block[8] = {nullptr, &blocks_.facility};  // its own part is reserved; then the information elements
  if (gc("gc_SndMsg", api.gc_SndMsg(line_, crn_, kFacilityMessage, block),
         "FACILITY, reference " + std::to_string(reference)) == -1) {
    return false;
  }
  switchAsked_ = true;
  setTimer(Timer::kWatch, kSwitchMs);
  return true;
}

// What the switch says when it was asked to take over a bridge. False: it was not, or this is no answer.
bool GcLine::switchEvent(const GcEvent& event) {
  if (!switchAsked_) return false;
  switch (event.type) {
    case vendor::GCEV_FACILITY_ACK:
    case vendor::GCEV_FACILITY:
      return true;  // the calls are cleared when it is done
    case vendor::GCEV_DISCONNECTED:
      switchAsked_ = false;
      clearTimer(Timer::kWatch);
      transferred(true);
      return true;
    case vendor::GCEV_FACILITY_REJ:
    case vendor::GCEV_TASKFAIL:
      note("the switch will not transfer: the bridge stays");
      switchAsked_ = false;
      clearTimer(Timer::kWatch);
      switchRefused();
      return true;
    default:
      return false;
  }
}

FailureReason GcLine::transferReason(const GcEvent& event) const {
  const Meaning* meaning = meaningOf("GCRV", event.result);
  int cause = event.ccValue == kNotAsked ? -1 : causeOf(event.ccValue);
  if (cause == -1 && meaning != nullptr) cause = meaning->cause;
  if (meaning != nullptr && meaning->verdict == cpd::Verdict::kBusy) cause = 17;
  switch (cause) {
    case 17:  // user busy
      return FailureReason::kTransferBusy;
    case 18:  // no user responding
    case 19:  // alerted, no answer
    case 20:  // subscriber absent
    case 102:
      return FailureReason::kTransferNoAnswer;
    default:
      return FailureReason::kTransferRefused;
  }
}

void GcLine::transferEvent(const GcEvent& event) {
  switch (event.type) {
    case vendor::GCEV_BLINDTRANSFER:
    case vendor::GCEV_INVOKE_XFER:
      clearTimer(Timer::kWatch);
      return transferred(true);
    case vendor::GCEV_INVOKE_XFER_ACCEPTED:
      // The far end has the request; a blind transfer waits for no more.
      if (transfer_ && transfer_->style == TransferStyle::kBlind) {
        clearTimer(Timer::kWatch);
        transferred(true);
      }
      return;
    case vendor::GCEV_SETUPTRANSFER:
      return onConsultation(event);
    case vendor::GCEV_COMPLETETRANSFER:
      clearTimer(Timer::kWatch);
      return transferred(true);
    case vendor::GCEV_INVOKE_XFER_REJ:
    case vendor::GCEV_INVOKE_XFER_FAIL:
    case vendor::GCEV_XFER_FAIL:
    case vendor::GCEV_TRANSFERREJ:
    case vendor::GCEV_TASKFAIL:
      if (consult_ != Consult::kNone) return consultationFailed(transferReason(event));
      clearTimer(Timer::kWatch);
      move(Phase::kUp);
      return transferFailed(transferReason(event));
    default:
      return;
  }
}

// The second call of a transfer that was set up.
void GcLine::onConsultation(const GcEvent& event) {
  switch (event.type) {
    case vendor::GCEV_SETUPTRANSFER: {
      if (consult_ != Consult::kSetup || !transfer_) return;
      if (event.crn != crn_ && event.crn != 0) consultation_ = event.crn;
      consult_ = Consult::kCalling;
      int crn = consultation_;
      if (!placeCall(crn, transfer_->extension, false))
        return consultationFailed(FailureReason::kTransferRefused);
      if (crn != 0) consultation_ = crn;
      return;
    }
    case vendor::GCEV_CONNECTED:
      if (consult_ != Consult::kCalling) return;
      consult_ = Consult::kCompleting;
      if (gc("gc_CompleteTransfer",
             context_.api.gc_CompleteTransfer(crn_, consultation_, vendor::EV_ASYNC)) == -1) {
        consultationFailed(FailureReason::kTransferRefused);
      }
      return;
    case vendor::GCEV_COMPLETETRANSFER:
      clearTimer(Timer::kWatch);
      transferred(true);
      return;
    case vendor::GCEV_DISCONNECTED:
      if (consult_ == Consult::kEnding) return;
      if (phase_ != Phase::kMoving) return endConsultation();
      return consultationFailed(transferReason(event));
    case vendor::GCEV_TASKFAIL:
      if (phase_ == Phase::kMoving && consult_ != Consult::kEnding) {
        return consultationFailed(FailureReason::kTransferRefused);
      }
      return recover("consultation");
    case vendor::GCEV_DROPCALL:
      gc("gc_ReleaseCallEx", context_.api.gc_ReleaseCallEx(consultation_, vendor::EV_ASYNC));
      return;
    case vendor::GCEV_RELEASECALL:
      consultation_ = 0;
      if (phase_ == Phase::kMoving) {
        // The customer's call is on hold; nobody says whether the library retrieves it by itself.
        const bool held =
            callState() == vendor::GCST_ONHOLD || callState() == vendor::GCST_ONHOLDPENDINGTRANSFER;
        if (held && context_.api.gc_RetrieveCall != nullptr) {
          gc("gc_RetrieveCall", context_.api.gc_RetrieveCall(crn_, vendor::EV_ASYNC));
        }
        clearTimer(Timer::kWatch);
        consult_ = Consult::kNone;
        move(Phase::kUp);
        return transferFailed(consultReason_);
      }
      consult_ = Consult::kNone;
      if (restPending_) restIfSilent();
      return;
    default:
      return;
  }
}

void GcLine::consultationFailed(FailureReason reason) {
  consultReason_ = reason;
  if (consultation_ == 0 || consult_ == Consult::kEnding) {
    // It is gone, or will not go: the customer's call is kept either way.
    consultation_ = 0;
    consult_ = Consult::kNone;
    clearTimer(Timer::kWatch);
    move(Phase::kUp);
    return transferFailed(reason);
  }
  endConsultation();
  setTimer(Timer::kWatch, context_.config.watchdogs.dropMs);
}

void GcLine::endConsultation() {
  consult_ = Consult::kEnding;
  if (gc("gc_DropCall",
         context_.api.gc_DropCall(consultation_, vendor::GC_NORMAL_CLEARING, vendor::EV_ASYNC)) == -1) {
    consultation_ = 0;
    consult_ = Consult::kNone;
  }
}

}  // namespace board::dialogic
