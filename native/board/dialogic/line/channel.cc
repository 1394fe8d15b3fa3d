// Commands, and the life of a call.
#include "board/dialogic/line/channel.h"

#include <algorithm>
#include <utility>

#include "board/detector_settings.h"
#include "board/dialogic/line/inventory.h"
#include "board/dialogic/vendor/constants.h"
#include "board/names.h"

namespace board::dialogic {
Channel::Channel(BoardContext& context, Place place, Family family, BusPort bus, SwitchPort toSwitch)
    : context_(context),
      place_(std::move(place)),
      family_(family),
      voice_(context, place_.id),
      knownDelayMs_(context.config.stream.expectedDelayMs),
      bus_(std::move(bus)),
      switch_(std::move(toSwitch)) {
  due_.fill(kNotDue);
}

ChannelState Channel::state() const {
  const bool in = inService();
  return {place_.id,
          place_.span,
          kind(),
          in ? state_ : LineState::kOutOfService,
          in ? "" : service_.reason(),
          ref_,
          lastEvent_,
          lastEventAt_};
}

void Channel::later(std::function<void()> task) { context_.defer(std::move(task)); }

Status Channel::checkCall(CallRef ref) const {
  if (!inService()) return Status::kChannelOutOfService;
  return ref != 0 && ref == ref_ ? Status::kOk : Status::kIllegalState;
}

Status Channel::checkAnswered(CallRef ref) const {
  const Status status = checkCall(ref);
  if (status != Status::kOk) return status;
  return state_ == LineState::kAnswered ? Status::kOk : Status::kIllegalState;
}

Status Channel::seize(CallRef ref) {
  if (ref == 0) return Status::kBadArgument;
  if (!inService()) return Status::kChannelOutOfService;
  // The phase too: a line may still be on its way to rest from a call that is over for its owner.
  if (state_ != LineState::kIdle || phase_ != Phase::kIdle || ending_.reset() || ref_ != 0) {
    return Status::kChannelBusy;
  }
  clearCall();
  ref_ = ref;
  state_ = LineState::kSeized;
  later([this, ref] {
    if (ref_ == ref && state_ == LineState::kSeized) beginSeize();
  });
  return Status::kOk;
}

Status Channel::dial(CallRef ref, const std::string& number, const DialParameters& parameters) {
  const Status status = checkCall(ref);
  if (status != Status::kOk) return status;
  if (!canBeHeardWith(parameters, context_.config.plans)) return Status::kBadArgument;
  const Cpa cpa = parameters.cpa == Cpa::kConfigured ? place_.config.cpa : parameters.cpa;
  const std::vector<Cpa> analyses = analysesOf(context_.api, place_.config);
  if (std::find(analyses.begin(), analyses.end(), cpa) == analyses.end()) return Status::kNotSupported;
  if (state_ != LineState::kSeized || phase_ != Phase::kSeized) return Status::kIllegalState;
  state_ = LineState::kDialling;
  call_ = LineCall{};
  call_.number = number;
  call_.parameters = parameters;
  call_.cpa = cpa;
  if (!parameters.noDetection) call_.decision = Decision::kWanted;
  later([this, ref] {
    if (ref_ != ref || state_ != LineState::kDialling || phase_ != Phase::kSeized) return;
    call_.dialAt = context_.now();
    CpaEntry entry;
    entry.at = call_.dialAt;
    entry.channel = place_.id;
    entry.ref = ref;
    entry.number = masked(call_.number);
    entry.mode = call_.parameters.mode;
    entry.cpa = call_.cpa;
    call_.cpaId = context_.cpaLog.begin(std::move(entry));
    beginDial();
  });
  return Status::kOk;
}

// Only our detector can decide anew: the board's analysis ends with its verdict.
Status Channel::rearm(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (connection_.peer() != nullptr || transfer_ || call_.parameters.noDetection)
    return Status::kIllegalState;
  if (call_.cpa == Cpa::kBoard) return Status::kNotSupported;
  later([this, ref] {
    if (ref_ != ref || state_ != LineState::kAnswered || !answerFed_) return;
    detector_.rearm();
    recorder_.rearmed();
    call_.cpa = Cpa::kOurs;
    call_.ours.reset();
    call_.decision = Decision::kWanted;
    streamWanted_ = true;
    if (voice_.io() == VoiceIo::kNone) voice_.record();
    setTimer(Timer::kDeadline, call_.parameters.cpdTimeoutMs);
  });
  return Status::kOk;
}

TransferMethod Channel::methodOf(TransferStyle style) const {
  if (style == TransferStyle::kBridge) return TransferMethod::kBridge;
  const std::optional<TransferMethod>& configured =
      style == TransferStyle::kBlind ? place_.config.blind : place_.config.consult;
  if (configured) return *configured;
  switch (kind()) {
    case TrunkKind::kAnalog:
      return TransferMethod::kHookFlash;
    case TrunkKind::kSip:
      return TransferMethod::kRefer;
    case TrunkKind::kIsdn:
      return TransferMethod::kBridge;
  }
  return TransferMethod::kNone;
}

Status Channel::transfer(CallRef ref, const std::string& extension, TransferStyle style) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (transfer_ || connection_.other() != nullptr) return Status::kIllegalState;
  const TransferMethod method = methodOf(style);
  if (method == TransferMethod::kNone) return Status::kNotSupported;
  transfer_ = Transfer{style, method, extension};
  later([this, ref] {
    if (ref_ != ref || !transfer_ || state_ != LineState::kAnswered) return;
    if (phase_ != Phase::kUp) return transferFailed(FailureReason::kHardware);
    if (transfer_->method == TransferMethod::kBridge || transfer_->method == TransferMethod::kTwoChannel) {
      beginBridge();
    } else {
      beginTransfer();
    }
  });
  return Status::kOk;
}

Status Channel::drop(CallRef ref) {
  if (ref == 0 || ref != ref_) return Status::kIllegalState;
  if (ending_.drop()) return Status::kOk;
  ending_.wantDrop();
  state_ = LineState::kDropping;
  later([this, ref] {
    if (ref_ != ref || !ending_.drop()) return;
    endOperations();
    hangUp();
  });
  return Status::kOk;
}

Status Channel::reset() {
  if (ending_.reset()) return Status::kOk;
  ending_.wantReset();
  later([this] {
    if (!ending_.reset()) return;
    endOperations();
    if (service_.failed() || phase_ == Phase::kClosed || phase_ == Phase::kOpening || service_.blocked()) {
      // A reset does not end an alarm; the call, if there is one, is over all the same.
      ending_.resetOver();
      fail("reset", FailureReason::kHardware);
      if (ref_ == 0) return;
      ending_.wantDrop();
      return hangUp();
    }
    if (phase_ != Phase::kResetting) beginReset();
  });
  return Status::kOk;
}

Status Channel::tellScores(bool on) {
  later([this, on] { scores_.turn(on); });
  return Status::kOk;
}

Status Channel::setInService(bool wanted) {
  if (wanted != service_.withdrawn()) return Status::kOk;
  if (!wanted && ref_ != 0) return Status::kChannelBusy;
  const bool before = inService();
  service_.withdraw(!wanted);
  later([this, before, wanted] {
    if (service_.withdrawn() == wanted) return;  // changed its mind meanwhile
    tellIfServiceChanged(before);
  });
  return Status::kOk;
}

bool Channel::move(Phase to) {
  if (phase_ == to) return true;
  const bool allowed = mayMove(family_, phase_, to);
  context_.trace.add(context_.now(), place_.id, voice_.handle(), Trace::Kind::kMove,
                     std::string(allowed ? "" : "illegal: ") + name(phase_) + " -> " + name(to));
  if (!allowed) ++context_.counters.illegalMoves;
  phase_ = to;
  return allowed;
}

void Channel::note(std::string text) {
  context_.trace.add(context_.now(), place_.id, voice_.handle(), Trace::Kind::kNote, std::move(text));
}

void Channel::post(Event&& event) {
  event.channel = place_.id;
  event.ref = ref_;
  lastEvent_ = name(event.type);
  lastEventAt_ = context_.now();
  if (place_.bridge) {
    event.at = lastEventAt_;
    if (connection_.owner() != nullptr) connection_.owner()->bridgeTold(event);
    return;
  }
  context_.post(std::move(event));
}

void Channel::fail(const char* command, FailureReason reason) {
  post({.type = EventType::kFailed, .text = command, .failure = reason});
}

void Channel::seized() {
  if (!move(Phase::kSeized)) return recover("seize");
  if (ending_.drop()) return hangUp();
  post(EventType::kSeized);
}

void Channel::dialled() {
  if (state_ != LineState::kDialling || running(Timer::kNoAnswer) || call_.toldEnd != ToldEnd::kNothing)
    return;
  post(EventType::kDialled);
  setTimer(Timer::kNoAnswer, call_.parameters.ringTimeoutMs);
}

void Channel::ringing(bool byAudio) {
  if (state_ != LineState::kDialling) return;
  state_ = LineState::kRinging;
  post({.type = EventType::kRinging, .byAudio = byAudio});
}

void Channel::answered(bool byAudio) {
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  state_ = LineState::kAnswered;
  clearTimer(Timer::kNoAnswer);
  call_.answeredAt = context_.now();
  if (CpaEntry* entry = cpaEntry()) entry->answeredAt = call_.answeredAt;
  post({.type = EventType::kAnswered, .byAudio = byAudio});
  if (call_.decision == Decision::kWanted) setTimer(Timer::kDeadline, call_.parameters.cpdTimeoutMs);
}

// The far end or the network released. What was heard until now decides, unless the network itself said why
// the call did not come about.
void Channel::disconnected(int cause) {
  if (call_.toldEnd == ToldEnd::kDisconnected || ending_.drop() || state_ == LineState::kIdle) return;
  call_.toldEnd = ToldEnd::kDisconnected;
  hear();
  if (call_.decision == Decision::kWanted && call_.answeredAt >= 0) deadline();
  Channel* const peer = leavePeer();
  endOperations();
  state_ = LineState::kDropping;
  post({.type = EventType::kDisconnected, .cause = cause});
  if (peer != nullptr) peer->post(EventType::kParted);
}

void Channel::nobodyAnswers() {
  if (call_.toldEnd != ToldEnd::kNothing || call_.decision == Decision::kGiven) return;
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  call_.toldEnd = ToldEnd::kNoAnswer;
  clearTimer(Timer::kNoAnswer);
  post(EventType::kNoAnswer);
}

void Channel::dialFailed(FailureReason reason) {
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  clearTimer(Timer::kNoAnswer);
  fail("dial", reason);
}

void Channel::transferred(bool channelIsFree) {
  if (!transfer_) return;
  transfer_.reset();
  post(EventType::kTransferred);
  if (!channelIsFree) return;
  endOperations();
  ending_.wantDrop();
  state_ = LineState::kDropping;
  hangUp();
}

void Channel::transferFailed(FailureReason reason) {
  if (!transfer_) return;
  transfer_.reset();
  fail("transfer", reason);
}

void Channel::rested() {
  for (const Timer timer : {Timer::kWatch, Timer::kPoll, Timer::kLoopDrop}) clearTimer(timer);
  if (service_.failed()) backInService();
  if (ending_.reset()) {
    ending_.resetOver();
    if (service_.blocked()) {
      fail("reset", FailureReason::kHardware);
    } else {
      post(EventType::kReset);
    }
    return clearCall();
  }
  if (ending_.drop()) {
    post(EventType::kReleased);
    return clearCall();
  }
}

void Channel::recover(const char* what) {
  ++context_.counters.watchdogs;
  note(std::string("watchdog: ") + what + " in " + name(phase_));
  if (!ending_.drop() && !ending_.reset() && ref_ != 0) {
    if (state_ == LineState::kSeized) {
      fail("seize", FailureReason::kHardware);
      clearCall();
    } else if (state_ == LineState::kDialling || state_ == LineState::kRinging) {
      dialFailed(FailureReason::kHardware);
      state_ = LineState::kDropping;
    } else {
      constexpr int kTemporaryFailure = 41;
      disconnected(kTemporaryFailure);
    }
  }
  beginReset();
}

void Channel::saveRecording() {
  if (!recorder_.isRecording()) return;
  recorder_.concluded(detector_.evidence());
  context_.recordings.write(call_.parameters.recordFile, recorder_.take());
}

void Channel::clearCall() {
  saveRecording();
  for (const Timer timer : {Timer::kNoAnswer, Timer::kDeadline, Timer::kDigits, Timer::kLoopDrop})
    clearTimer(timer);
  if (CpaEntry* entry = cpaEntry(); entry != nullptr && entry->streamDelayMs >= 0) {
    // Frames of 20 ms are what the detector can decide in.
    knownDelayMs_ = (entry->streamDelayMs + cpd::kFrameMs - 1) / cpd::kFrameMs * cpd::kFrameMs;
  }
  ref_ = 0;
  state_ = LineState::kIdle;
  call_ = LineCall{};
  transfer_.reset();
  ending_.callOver();
  streamWanted_ = answerFed_ = false;
  keys_.clear();
}

}  // namespace board::dialogic
