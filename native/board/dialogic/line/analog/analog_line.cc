// An analog line: on and off hook, dialling, loop current, service. analog_cpa.cc has what the board hears of
// a call, analog_transfer.cc the hook flash.
#include "board/dialogic/line/analog/analog_line.h"

#include <cstring>
#include <utility>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/line/analog/dial_string.h"
#include "board/dialogic/line/analog/tones.h"
#include "board/dialogic/line/bus_slot.h"
#include "board/dialogic/line/inventory.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr int kIdlePollsLost = 10;  // idle so often without the event: it does not come
constexpr int kNoCause = -1;

constexpr unsigned maskOf(int64_t event) { return 1u << (event - 1); }
// Loop current off, on and reversed, digits. Tones are told by dx_enbtone.
constexpr unsigned kEvents =
    maskOf(vendor::DE_LCOF) | maskOf(vendor::DE_LCON) | maskOf(vendor::DE_LCREV) | maskOf(vendor::DE_DIGITS);

}  // namespace

void AnalogLine::openDevices() {
  move(Phase::kOpening);
  const std::string name = voiceName(place_.config.voice, place_.index);
  if (!voice_.isOpen() && !voice_.open(name)) return outOfService("open_failed");
  context_.byVoice[voice_.handle()] = this;
  const AnalogSettings& analog = context_.config.analog;
  const cpd::TonePlan* plan = context_.plan(analog.tonePlan.empty() ? context_.config.plan : analog.tonePlan);
  if (!prepareChannel(context_, id(), voice_.handle(), *plan, analog.disconnectTone)) {
    note("PerfectCall analysis is not available: results by cadence only");
  }
  context_.called(id(), voice_.handle(), "dx_setevtmsk", context_.api.dx_setevtmsk(voice_.handle(), kEvents));
  // A process that died may have left it off hook.
  if (!voice_.setHook(false)) return outOfService("hook_failed");
  setTimer(Timer::kWatch, context_.config.watchdogs.hookMs);
}

void AnalogLine::closeDevices() {
  if (!voice_.isOpen()) return;
  if (phase_ != Phase::kIdle && phase_ != Phase::kFailed) {
    context_.called(id(), voice_.handle(), "dx_stopch",
                    context_.api.dx_stopch(voice_.handle(), vendor::EV_ASYNC));
    context_.called(id(), voice_.handle(), "dx_sethook",
                    context_.api.dx_sethook(voice_.handle(), vendor::DX_ONHOOK, vendor::EV_ASYNC), "on");
  }
  voice_.close();
  phase_ = Phase::kClosed;
}

void AnalogLine::beginSeize() {
  if (!move(Phase::kSeizing)) return recover("seize");
  flash_ = Flash::kNone;
  loopCurrentOff_ = false;
  setTimer(Timer::kWatch, context_.config.watchdogs.hookMs);
  if (!voice_.setHook(true)) recover("seize");
}

std::string AnalogLine::dialString(bool analysing) const {
  const AnalogSettings& analog = context_.config.analog;
  std::string digits = analog.toneDialling ? "T" : "P";
  // The wait for dial tone is part of the analysis; without it a pause has to do.
  digits += !analog.waitForDialTone ? "" : analysing ? "L" : ",";
  digits += analog.prefix;
  return digits + (call_.number.starts_with('+') ? call_.number.substr(1) : call_.number);
}

void AnalogLine::beginDial() {
  if (!move(Phase::kDialling)) return recover("dial");
  if (loopCurrentOff_) return dialFailed(FailureReason::kNoLoopCurrent);
  const bool ours = call_.listening() && call_.cpa == Cpa::kOurs;
  const std::string digits = dialString(!ours);
  const Watchdogs& w = context_.config.watchdogs;
  const double dialling = longestDialMs(context_.config.analog, digits) + w.dialMs;
  idlePolls_ = 0;
  bool begun;
  if (ours) {
    begun = voice_.dial(digits);
    setTimer(Timer::kWatch, dialling);
  } else {
    DialParameters parameters = call_.parameters;
    if (!call_.listening()) parameters.mode = cpd::Mode::kNoProgressDetection;
    begun = voice_.analyse(digits, makeCap(context_.config.cap, parameters));
    setTimer(Timer::kWatch, dialling + parameters.ringTimeoutMs + parameters.cpdTimeoutMs + w.dialMs);
    setTimer(Timer::kPoll, kPollMs);
  }
  if (!begun) dialFailed(FailureReason::kHardware);
}

// Asks what no event tells: that the last digit is out, and that the analysis is over though its event got
// lost.
void AnalogLine::onPoll() {
  if (voice_.io() != VoiceIo::kAnalyse) return;
  const int state = context_.api.ATDX_STATE(voice_.handle());
  if (phase_ == Phase::kDialling && state == vendor::CS_CALL) {
    move(Phase::kProgress);
    dialled();
  }
  idlePolls_ = state == vendor::CS_IDLE ? idlePolls_ + 1 : 0;
  if (idlePolls_ >= kIdlePollsLost) {
    if (voice_.foundOver() == VoiceIo::kAnalyse) voiceEnded(VoiceIo::kAnalyse, 0);
    if (voice_.io() == VoiceIo::kNone) voiceRests();
    return;
  }
  setTimer(Timer::kPoll, kPollMs);
}

// An operation that the board gave up: nothing it should have done can be relied on.
void AnalogLine::voiceFailed(VoiceIo io) {
  clearTimer(Timer::kPoll);
  if (io == VoiceIo::kHook) return recover("hook");
  clearTimer(Timer::kWatch);
  if (phase_ == Phase::kDialling || phase_ == Phase::kProgress) return dialFailed(FailureReason::kDialFailed);
  if (phase_ != Phase::kMoving) return;
  flash_ = Flash::kNone;
  move(Phase::kUp);
  transferFailed(FailureReason::kHardware);
}

void AnalogLine::voiceTold(const VoiceNews& news) {
  switch (news.what) {
    case VoiceNews::What::kEnded:
      return voiceEnded(news.io, news.event);
    case VoiceNews::What::kStatus:
      return voiceStatus(news.event, news.data);
    case VoiceNews::What::kRests:
      return voiceRests();
  }
}

void AnalogLine::voiceEnded(VoiceIo io, int event) {
  if (io != VoiceIo::kNone && event == vendor::TDX_ERROR) return voiceFailed(io);
  switch (io) {
    case VoiceIo::kHook:
      return hookEnded();
    case VoiceIo::kDial:
      if (phase_ == Phase::kDialling) {
        clearTimer(Timer::kWatch);
        move(Phase::kProgress);
        dialled();
        listenToStream();
      } else if (phase_ == Phase::kMoving) {
        clearTimer(Timer::kWatch);
        const bool back = flash_ == Flash::kBack;
        flash_ = Flash::kNone;
        if (!back) return transferred(true);
        move(Phase::kUp);
        transferFailed(flashReason_);
      }
      return;
    case VoiceIo::kAnalyse:
      clearTimer(Timer::kPoll);
      if (phase_ == Phase::kDialling || phase_ == Phase::kProgress || phase_ == Phase::kMoving) analysed();
      return;
    default:
      if (phase_ != Phase::kResetting) return;
      if (event == vendor::TDX_RESET && !voice_.setHook(false)) outOfService("hook_failed");
      if (event == vendor::TDX_RESETERR) outOfService("reset_refused");
  }
}

void AnalogLine::hookEnded() {
  clearTimer(Timer::kWatch);
  switch (phase_) {
    case Phase::kSeizing:
      return seized();
    case Phase::kReleasing:
    case Phase::kResetting:
      move(Phase::kGuard);
      return setTimer(Timer::kGuard, context_.config.analog.guardMs);
    case Phase::kOpening:
      move(Phase::kIdle);
      blocked(false, "");
      return rested();
    default:
      note("hook event in no phase for it");
  }
}

void AnalogLine::due(Timer timer) {
  switch (timer) {
    case Timer::kWatch:
      return onWatch();
    case Timer::kGuard:
      return onGuard();
    case Timer::kRetry:
      return onRetry();
    case Timer::kPoll:
      return onPoll();
    case Timer::kLoopDrop:
      return onLoopDrop();
    default:
      return;
  }
}

void AnalogLine::onGuard() {
  if (phase_ != Phase::kGuard) return;
  move(Phase::kIdle);
  rested();
}

void AnalogLine::voiceStatus(int event, int data) {
  switch (event) {
    case vendor::DE_LCOF:
      loopCurrentOff_ = true;
      if (phase_ == Phase::kUp || phase_ == Phase::kProgress || phase_ == Phase::kDialling ||
          phase_ == Phase::kSeized) {
        setTimer(Timer::kLoopDrop, context_.config.analog.loopDropMs);
      }
      return;
    case vendor::DE_LCON:
    case vendor::DE_LCREV:
      loopCurrentOff_ = false;
      clearTimer(Timer::kLoopDrop);
      if (context_.config.analog.answerByLoopCurrent && phase_ == Phase::kProgress) {
        move(Phase::kUp);
        answered(false);
      }
      return;
    case vendor::DE_TONEON:
      if (data == kRingbackTid && (phase_ == Phase::kProgress || phase_ == Phase::kDialling)) ringing(true);
      if (data == kDisconnectTid && phase_ == Phase::kUp) {
        disconnected(kNoCause);
        hangUp();
      }
      return;
    default:
      return;
  }
}

void AnalogLine::onLoopDrop() {
  if (phase_ == Phase::kSeized) return;  // told when somebody dials
  if (state_ == LineState::kAnswered) {
    disconnected(kNoCause);
  } else if (state_ == LineState::kDialling || state_ == LineState::kRinging) {
    dialFailed(FailureReason::kNoLoopCurrent);
  }
  hangUp();
}

void AnalogLine::hangUp() {
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kFailed:
      return rested();
    case Phase::kSeized:
    case Phase::kDialling:
    case Phase::kProgress:
    case Phase::kUp:
    case Phase::kMoving:
      if (voice_.io() == VoiceIo::kNone) return onHook();
      move(Phase::kStopping);
      voice_.stop();
      setTimer(Timer::kWatch,
               context_.config.watchdogs.stopMs + longestDialMs(context_.config.analog, dialString(false)));
      return;
    default:
      return;  // on its way: an event is awaited, and a watchdog runs
  }
}

void AnalogLine::voiceRests() {
  if (phase_ == Phase::kStopping) return onHook();
  if (phase_ == Phase::kMoving && flash_ == Flash::kWaiting) flash();
}

void AnalogLine::onHook() {
  if (!move(Phase::kReleasing)) return recover("drop");
  clearTimer(Timer::kPoll);
  clearTimer(Timer::kLoopDrop);
  setTimer(Timer::kWatch, context_.config.watchdogs.hookMs);
  if (!voice_.setHook(false)) recover("drop");
}

void AnalogLine::onWatch() {
  if (phase_ == Phase::kResetting || phase_ == Phase::kOpening) return outOfService("no_event_from_board");
  if (const VoiceIo over = voice_.foundOver(); over != VoiceIo::kNone) {
    voiceEnded(over, 0);
    if (voice_.io() == VoiceIo::kNone) voiceRests();
    return;
  }
  recover("event");
}

void AnalogLine::beginReset() {
  ++context_.counters.resets;
  move(Phase::kResetting);
  for (const Timer timer : {Timer::kVoice, Timer::kPoll, Timer::kGuard, Timer::kLoopDrop}) clearTimer(timer);
  voice_.abandon();
  flash_ = Flash::kNone;
  setTimer(Timer::kWatch, context_.config.watchdogs.resetMs);
  const int handle = voice_.handle();
  if (context_.api.dx_resetch != nullptr) {
    if (context_.called(id(), handle, "dx_resetch", context_.api.dx_resetch(handle, vendor::EV_ASYNC)) != -1)
      return;
  }
  context_.called(id(), handle, "dx_stopch", context_.api.dx_stopch(handle, vendor::EV_ASYNC));
  if (!voice_.setHook(false)) outOfService("hook_failed");
}

void AnalogLine::onRetry() {
  if (phase_ != Phase::kFailed) return;
  if (voice_.isOpen()) return beginReset();
  openDevices();
}

long AnalogLine::sendSlot() {
  if (context_.api.ag_getxmitslot == nullptr) return -1;
  return slotOf(context_, id(), voice_.handle(), "ag_getxmitslot", context_.api.ag_getxmitslot);
}

Route AnalogLine::listenTo(long slot) {
  if (context_.api.ag_listen == nullptr) return Route::kRefused;
  const bool taken = listenOn(context_, id(), voice_.handle(), "ag_listen", context_.api.ag_listen, slot);
  return taken ? Route::kThere : Route::kRefused;
}

}  // namespace board::dialogic
