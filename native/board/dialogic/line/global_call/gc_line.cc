// A line of Global Call: opening, service, events, routes. Its calls are in gc_call.cc, their transfer in
// gc_transfer.cc.
#include "board/dialogic/line/global_call/gc_line.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "board/dialogic/line/bus_slot.h"
#include "board/dialogic/line/inventory.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr unsigned kDigitEvents = 1u << (vendor::DE_DIGITS - 1);
constexpr int kAddMask = 2;                   // gc_SetEvtMsk
constexpr int kBChannel = 0, kInService = 0;  // gc_GetLinedevState
constexpr int kReopenEvery = 3;  // resets that failed in a row until the line is closed and opened again

}  // namespace

// Notes a call of Global Call; what it has to say of an error is asked at once, on the same thread.
int GcLine::gc(const char* function, int result, const std::string& argument) {
  if (result != -1) return context_.called(id(), line_, function, result, argument);
  const GcInfo info = context_.gcError();
  return context_.called(
      id(), line_, function, result,
      argument + ": " + vendor::nameOf("EGC", info.value) + " " + info.message + " " + info.ccMessage);
}

void GcLine::openDevices() {
  move(Phase::kOpening);
  networkBlocked_ = true;
  crn_ = consultation_ = 0;
  forgetRoutes();
  restPending_ = false;
  const bool ownVoice = place_.config.method == CpaMethod::kDial;
  if (ownVoice && !voice_.isOpen() && !voice_.open(voiceName(place_.config.voice, place_.index))) {
    return outOfService("open_failed");
  }
  Cell line;
  const std::string name = lineName(place_.config, place_.index);
  if (gc("gc_OpenEx", context_.api.gc_OpenEx(line.at(), name.c_str(), vendor::EV_ASYNC, nullptr), name) ==
      -1) {
    return outOfService("open_failed");
  }
  line_ = line.value();
  context_.byLine[line_] = this;
  setTimer(Timer::kWatch, context_.config.watchdogs.openMs);
}

void GcLine::opened() {
  const Api& api = context_.api;
  clearTimer(Timer::kWatch);
  if (!voice_.isOpen() && api.gc_GetResourceH != nullptr) {
    Cell handle;
    if (gc("gc_GetResourceH", api.gc_GetResourceH(line_, handle.at(), vendor::GC_VOICEDEVICE)) != -1) {
      voice_.adopt(handle.value());
    }
  }
  if (!voice_.isOpen()) return outOfService("no_voice_device");
  context_.byVoice[voice_.handle()] = this;
  context_.called(id(), voice_.handle(), "dx_setevtmsk", api.dx_setevtmsk(voice_.handle(), kDigitEvents));
  if (api.gc_SetEvtMsk != nullptr) {
    gc("gc_SetEvtMsk", api.gc_SetEvtMsk(line_, vendor::GCMSK_PROCEEDING | vendor::GCMSK_ALERTING, kAddMask));
  }
  const long slot = sendSlot();
  if (slot < 0 || !listenOn(context_, id(), voice_.handle(), "dx_listen", api.dx_listen, slot) ||
      !listenToVoice()) {
    note("the voice device is not connected with the line: no tones, no audio");
  }
  if (phase_ != Phase::kOpening) return;
  move(Phase::kBlocked);
  if (networkBlocked_) {
    blocked(true, "waiting_for_network");
    return expectUnblocked();
  }
  move(Phase::kIdle);
  blocked(false, "");
  rested();
}

void GcLine::closeLine() {
  if (line_ < 0) return;
  voice_.close();
  gc("gc_Close", context_.api.gc_Close(line_));
  context_.byLine.erase(line_);
  line_ = -1;
}

void GcLine::closeDevices() {
  if (voice_.io() != VoiceIo::kNone) voice_.stop();
  closeLine();
  phase_ = Phase::kClosed;
}

void GcLine::onLine(const GcEvent& event) {
  switch (event.type) {
    case vendor::GCEV_OPENEX:
      if (phase_ == Phase::kOpening) opened();
      return;
    case vendor::GCEV_OPENEX_FAIL:
      closeLine();
      return outOfService("open_failed");
    case vendor::GCEV_UNBLOCKED:
      networkBlocked_ = false;
      if (phase_ != Phase::kFailed) {
        clearTimer(Timer::kRetry);
        reopenings_ = 0;
      }
      if (phase_ == Phase::kOpening) return;
      if (phase_ == Phase::kBlocked) {
        move(Phase::kIdle);
        blocked(false, "");
        return rested();
      }
      return blocked(false, "");
    case vendor::GCEV_BLOCKED:
      networkBlocked_ = true;
      if (phase_ == Phase::kOpening) return;
      // The call state does not change by itself: it is still to be dropped and released (7.2).
      if (phase_ == Phase::kIdle || phase_ == Phase::kSeized) move(Phase::kBlocked);
      if (crn_ != 0 && phase_ != Phase::kDropping && phase_ != Phase::kReleasing &&
          phase_ != Phase::kResetting)
        hangUp();
      return;
    case vendor::GCEV_RESETLINEDEV:
      if (phase_ != Phase::kResetting) break;
      crn_ = consultation_ = 0;
      consult_ = Consult::kNone;
      return callIsGone();
    case vendor::GCEV_RESTARTFAIL:
      if (phase_ == Phase::kResetting) outOfService("reset_refused");
      return;
    case vendor::GCEV_LISTEN:
      return routeCame();
    case vendor::GCEV_TASKFAIL:
      // A route is all that was asked for beside a call that goes its way.
      if (event.crn == 0 && (phase_ == Phase::kUp || phase_ == Phase::kIdle) && routesFailed()) return;
      return taskFailed(event);
    case vendor::GCEV_ERROR:
    case vendor::GCEV_FATALERROR:
      return taskFailed(event);
    default:
      break;
  }
  if (event.crn != 0 && event.crn == crn_) return onCall(event);
  if (event.crn != 0 && event.crn == consultation_) return onConsultation(event);
  if (event.crn != 0 && consult_ == Consult::kSetup) return onConsultation(event);
  ++context_.counters.lateEvents;
}

void GcLine::taskFailed(const GcEvent& event) {
  note("task failed: " + vendor::nameOf("GCRV", event.result) + " " + event.message);
  if (switchEvent(event)) return;
  if (event.crn != 0 && event.crn == consultation_) return onConsultation(event);
  switch (phase_) {
    case Phase::kDialling:
    case Phase::kProgress:
      // The call exists at the library all the same: its owner drops it, and it is released.
      return dialFailed(FailureReason::kDialFailed);
    case Phase::kMoving:
      return transferEvent(event);
    case Phase::kDropping:
    case Phase::kReleasing:
      return recover("task");
    case Phase::kResetting:
      return outOfService("reset_refused");
    case Phase::kOpening:
      closeLine();
      return outOfService("open_failed");
    default:
      return;
  }
}

void GcLine::due(Timer timer) {
  switch (timer) {
    case Timer::kWatch:
      return onWatch();
    case Timer::kRetry:
      return onRetry();
    case Timer::kPoll:
      return onPoll();
    case Timer::kNoAnswer:
      return beforeNoAnswer();
    case Timer::kDeadline:
      return beforeDeadline();
    default:
      return;
  }
}

void GcLine::onWatch() {
  if (std::exchange(switchAsked_, false)) {
    note("no answer from the switch: the bridge stays");
    return switchRefused();
  }
  switch (phase_) {
    case Phase::kOpening:
      closeLine();
      return outOfService("no_event_from_board");
    case Phase::kResetting:
      return outOfService("no_event_from_board");
    case Phase::kDropping: {
      const int state = callState();
      if (state != vendor::GCST_IDLE && state != vendor::GCST_NULL) break;
      ++context_.counters.lostEvents;
      note("no event for gc_DropCall, but the call is idle");
      return releaseCall();
    }
    case Phase::kMoving:
      return consult_ == Consult::kNone ? (move(Phase::kUp), transferFailed(FailureReason::kTransferNoAnswer))
                                        : consultationFailed(FailureReason::kTransferNoAnswer);
    default:
      break;
  }
  recover("event");
}

void GcLine::beginReset() {
  ++context_.counters.resets;
  move(Phase::kResetting);
  clearTimer(Timer::kPoll);
  restPending_ = false;
  consult_ = Consult::kNone;
  switchAsked_ = false;
  setTimer(Timer::kWatch, context_.config.watchdogs.resetMs);
  stopVoice();
  if (gc("gc_ResetLineDev", context_.api.gc_ResetLineDev(line_, vendor::EV_ASYNC)) == -1)
    outOfService("reset_refused");
}

// The network lets calls through again, or never kept them back, but the event for this line does not come:
// the line is opened anew. That is discouraged (7.4), so the pauses grow.
void GcLine::expectUnblocked() {
  const Watchdogs& w = context_.config.watchdogs;
  const double pause = static_cast<double>(w.openMs) * static_cast<double>(1u << std::min(reopenings_, 16));
  setTimer(Timer::kRetry, std::min(pause, std::max<double>(w.openMs, w.retryLongestMs)));
}

void GcLine::spanClear() {
  if (phase_ == Phase::kBlocked && networkBlocked_) expectUnblocked();
}

bool GcLine::outAtNetwork() {
  if (line_ < 0 || context_.api.gc_GetLinedevState == nullptr) return false;
  Cell state;
  const int told = context_.api.gc_GetLinedevState(line_, kBChannel, state.at());
  return gc("gc_GetLinedevState", told) != -1 && state.value() != kInService;
}

void GcLine::onRetry() {
  if (phase_ == Phase::kBlocked && networkBlocked_) {
    ++context_.counters.lostEvents;
    ++reopenings_;
    note("no event that the line is unblocked: it is opened again");
    closeLine();
    return openDevices();
  }
  if (phase_ != Phase::kFailed) return;
  if (line_ >= 0 && retries_ % kReopenEvery != 0) return beginReset();
  closeLine();
  openDevices();
}

long GcLine::sendSlot() {
  return slotOf(context_, id(), line_, "gc_GetXmitSlot", context_.api.gc_GetXmitSlot);
}

Route GcLine::listenTo(long slot) {
  BusSlot to(slot);
  if (gc("gc_Listen", context_.api.gc_Listen(line_, to.info(), vendor::EV_ASYNC), std::to_string(slot)) == -1)
    return Route::kRefused;
  return Route::kAwaited;
}

}  // namespace board::dialogic
