// Moving a call on an analog line: the hook flash.
#include <string>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/line/analog/analog_line.h"
#include "board/dialogic/line/analog/dial_string.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {

void AnalogLine::beginTransfer() {
  if (transfer_->method != TransferMethod::kHookFlash) return transferFailed(FailureReason::kNotSupported);
  move(Phase::kMoving);
  flash_ = Flash::kWaiting;
  if (voice_.io() == VoiceIo::kNone) return flash();
  stopVoice();
}

void AnalogLine::flash() {
  if (!transfer_) return;
  const std::string digits = "&," + transfer_->extension;
  const Watchdogs& w = context_.config.watchdogs;
  const AnalogSettings& analog = context_.config.analog;
  setTimer(Timer::kWatch,
           w.transferMs + w.dialMs + longestDialMs(analog, digits) + analog.flashMs.value_or(0));
  bool begun;
  if (transfer_->style == TransferStyle::kBlind) {
    flash_ = Flash::kBlind;
    begun = voice_.dial(digits);
  } else {
    flash_ = Flash::kConsult;
    DialParameters parameters;
    parameters.mode = cpd::Mode::kNoAmDetection;
    parameters.ringTimeoutMs = context_.config.watchdogs.transferMs;
    begun = voice_.analyse(digits, makeCap(context_.config.cap, parameters));
    idlePolls_ = 0;
    setTimer(Timer::kPoll, kPollMs);
  }
  if (begun) return;
  clearTimer(Timer::kWatch);
  move(Phase::kUp);
  transferFailed(FailureReason::kHardware);
}

// The extension's side of a screened transfer. Going on hook connects the two; a second flash brings the call
// back.
void AnalogLine::consulted(const CpaNumbers& numbers) {
  const Meaning* meaning = meaningOf("CR", numbers.term);
  const Told told = meaning == nullptr ? Told::kFailed : meaning->told;
  note("consultation: " + vendor::nameOf("CR", numbers.term));
  if (told == Told::kConnect) {
    flash_ = Flash::kNone;
    return transferred(true);
  }
  flashReason_ = FailureReason::kTransferRefused;
  if (told == Told::kVerdict && meaning->verdict == cpd::Verdict::kBusy)
    flashReason_ = FailureReason::kTransferBusy;
  if (told == Told::kNoAnswer || told == Told::kNoRingback) flashReason_ = FailureReason::kTransferNoAnswer;
  flash_ = Flash::kBack;
  if (voice_.dial("&")) return;
  move(Phase::kUp);
  transferFailed(FailureReason::kHardware);
}

}  // namespace board::dialogic
