// Commands, and the life of a call.
#include "board/dialogic/channel.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "board/dialogic/constants.h"
#include "board/dialogic/inventory.h"
#include "board/names.h"

namespace board::dialogic {
namespace {

// What may go into a dial string from a record: digits, * and #. Everything that flashes, pauses or waits
// comes from the configuration.
bool dialable(const std::string& number) {
  const std::string digits = number.starts_with('+') ? number.substr(1) : number;
  return !digits.empty() && digits.size() <= 32 && std::all_of(digits.begin(), digits.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '*' || c == '#';
  });
}

}  // namespace

Channel::Channel(House& house, Place place, Family family)
    : house_(house),
      place_(std::move(place)),
      family_(family),
      voice_(house, place_.id),
      knownDelayMs_(house.config.stream.expectedDelayMs) {
  due_.fill(kNotDue);
}

ChannelState Channel::state() const {
  const bool in = inService();
  return {
      place_.id, place_.span, kind(),      in ? state_ : LineState::kOutOfService, in ? "" : serviceReason(),
      ref_,      lastEvent_,  lastEventAt_};
}

void Channel::later(std::function<void()> task) { house_.defer(std::move(task)); }

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
  if (state_ != LineState::kIdle || phase_ != Phase::kIdle || resetWanted_ || ref_ != 0) {
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
  if (!dialable(number) || parameters.ringTimeoutMs <= 0 || parameters.cpdTimeoutMs <= 0 ||
      !cpd::isHumanLoss(parameters.maxHumanLoss) || !std::isfinite(parameters.scoreOffset) ||
      house_.plan(parameters.plan) == nullptr ||
      (!parameters.callerId.empty() && !dialable(parameters.callerId))) {
    return Status::kBadArgument;
  }
  const Cpa cpa = parameters.cpa == Cpa::kConfigured ? place_.config.cpa : parameters.cpa;
  const std::vector<Cpa> analyses = analysesOf(house_.api, place_.config);
  if (std::find(analyses.begin(), analyses.end(), cpa) == analyses.end()) return Status::kNotSupported;
  if (state_ != LineState::kSeized || phase_ != Phase::kSeized) return Status::kIllegalState;
  state_ = LineState::kDialling;
  call_ = Call{};
  call_.number = number;
  call_.parameters = parameters;
  call_.cpa = cpa;
  call_.listening = !parameters.noDetection;
  later([this, ref] {
    if (ref_ != ref || state_ != LineState::kDialling || phase_ != Phase::kSeized) return;
    call_.dialAt = house_.now();
    CpaEntry entry;
    entry.at = call_.dialAt;
    entry.channel = place_.id;
    entry.ref = ref;
    entry.number = masked(call_.number);
    entry.mode = call_.parameters.mode;
    entry.cpa = call_.cpa;
    call_.cpaId = house_.cpaLog.begin(std::move(entry));
    beginDial();
  });
  return Status::kOk;
}

// Only our detector can decide anew: the board's analysis ends with its verdict.
Status Channel::rearm(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (peer_ != nullptr || transfer_ || call_.parameters.noDetection) return Status::kIllegalState;
  if (call_.cpa == Cpa::kBoard) return Status::kNotSupported;
  later([this, ref] {
    if (ref_ != ref || state_ != LineState::kAnswered || !answerFed_) return;
    detector_.rearm();
    recorder_.rearmed();
    call_.cpa = Cpa::kOurs;
    call_.ours.reset();
    call_.verdictGiven = false;
    tapWanted_ = true;
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
  if (!dialable(extension)) return Status::kBadArgument;
  if (transfer_ || peer_ != nullptr) return Status::kIllegalState;
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

Status Channel::join(CallRef ref, Channel& other) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (&other == this) return Status::kBadArgument;
  if (!other.inService() || other.state_ != LineState::kAnswered) return Status::kIllegalState;
  if (peer_ != nullptr || other.peer_ != nullptr || transfer_ || other.transfer_)
    return Status::kIllegalState;
  peer_ = &other;
  other.peer_ = this;
  later([this, ref, &other, otherRef = other.ref_] { routeJoin(ref, other, otherRef); });
  return Status::kOk;
}

Status Channel::part(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (peer_ == nullptr) return Status::kIllegalState;
  later([this, ref] {
    if (ref_ == ref && peer_ != nullptr) {
      post(EventType::kParted);
      unjoin();
    }
  });
  return Status::kOk;
}

Status Channel::drop(CallRef ref) {
  if (ref == 0 || ref != ref_) return Status::kIllegalState;
  if (dropWanted_) return Status::kOk;
  dropWanted_ = true;
  state_ = LineState::kDropping;
  later([this, ref] {
    if (ref_ != ref || !dropWanted_) return;
    endOperations();
    hangUp();
  });
  return Status::kOk;
}

Status Channel::reset() {
  if (resetWanted_) return Status::kOk;
  resetWanted_ = true;
  later([this] {
    if (!resetWanted_) return;
    endOperations();
    if (failed_ || phase_ == Phase::kClosed || phase_ == Phase::kOpening || blocked_) {
      // A reset does not end an alarm; the call, if there is one, is over all the same.
      resetWanted_ = false;
      fail("reset", FailureReason::kHardware);
      dropWanted_ = ref_ != 0;
      if (dropWanted_) hangUp();
      return;
    }
    if (phase_ != Phase::kResetting) beginReset();
  });
  return Status::kOk;
}

Status Channel::setInService(bool wanted) {
  if (wanted != administrative_) return Status::kOk;
  if (!wanted && ref_ != 0) return Status::kChannelBusy;
  const bool before = inService();
  administrative_ = !wanted;
  later([this, before, wanted] {
    if (administrative_ == wanted) return;  // changed its mind meanwhile
    tellIfServiceChanged(before);
  });
  return Status::kOk;
}

bool Channel::move(Phase to) {
  if (phase_ == to) return true;
  const bool allowed = mayMove(family_, phase_, to);
  house_.trace.add(house_.now(), place_.id, voice_.handle(), Trace::Kind::kMove,
                   std::string(allowed ? "" : "illegal: ") + name(phase_) + " -> " + name(to));
  if (!allowed) ++house_.counters.illegalMoves;
  phase_ = to;
  return allowed;
}

void Channel::note(std::string text) {
  house_.trace.add(house_.now(), place_.id, voice_.handle(), Trace::Kind::kNote, std::move(text));
}

void Channel::post(Event&& event) {
  event.channel = place_.id;
  event.ref = ref_;
  lastEvent_ = name(event.type);
  lastEventAt_ = house_.now();
  if (place_.bridge) {
    event.at = lastEventAt_;
    if (owner_ != nullptr) owner_->bridgeTold(event);
    return;
  }
  house_.post(std::move(event));
}

void Channel::fail(const char* command, FailureReason reason) {
  post({.type = EventType::kFailed, .text = command, .failure = reason});
}

void Channel::seized() {
  if (!move(Phase::kSeized)) return recover("seize");
  if (dropWanted_) return hangUp();
  post(EventType::kSeized);
}

void Channel::dialled() {
  if (state_ != LineState::kDialling || running(Timer::kNoAnswer) || call_.noAnswerTold) return;
  post(EventType::kDialled);
  setTimer(Timer::kNoAnswer, call_.parameters.ringTimeoutMs);
}

void Channel::ringing(bool byAudio) {
  if (state_ != LineState::kDialling || call_.ringingTold) return;
  call_.ringingTold = true;
  state_ = LineState::kRinging;
  post({.type = EventType::kRinging, .byAudio = byAudio});
}

void Channel::answered(bool byAudio) {
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  state_ = LineState::kAnswered;
  clearTimer(Timer::kNoAnswer);
  call_.answeredAt = house_.now();
  if (CpaEntry* entry = cpaEntry()) entry->answeredAt = call_.answeredAt;
  post({.type = EventType::kAnswered, .byAudio = byAudio});
  if (call_.listening && !call_.verdictGiven) setTimer(Timer::kDeadline, call_.parameters.cpdTimeoutMs);
}

// The far end or the network released. What was heard until now decides, unless the network itself said why
// the call did not come about.
void Channel::disconnected(int cause) {
  if (call_.disconnectedTold || dropWanted_ || state_ == LineState::kIdle) return;
  call_.disconnectedTold = true;
  hear();
  if (call_.listening && !call_.verdictGiven && call_.answeredAt >= 0) deadline();
  const bool joined = peer_ != nullptr;
  Channel* peer = peer_;
  if (joined) {
    unroute();
    peer->unroute();
    peer_ = peer->peer_ = nullptr;
  }
  endOperations();
  state_ = LineState::kDropping;
  post({.type = EventType::kDisconnected, .cause = cause});
  if (joined) peer->post(EventType::kParted);
}

void Channel::nobodyAnswers() {
  if (call_.noAnswerTold || state_ == LineState::kAnswered || call_.verdictGiven) return;
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  call_.noAnswerTold = true;
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
  dropWanted_ = true;
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
  if (failed_) backInService();
  if (resetWanted_) {
    resetWanted_ = false;
    if (blocked_) {
      fail("reset", FailureReason::kHardware);
    } else {
      post(EventType::kReset);
    }
    return clearCall();
  }
  if (dropWanted_) {
    post(EventType::kReleased);
    return clearCall();
  }
}

void Channel::recover(const char* what) {
  ++house_.counters.watchdogs;
  note(std::string("watchdog: ") + what + " in " + name(phase_));
  if (!dropWanted_ && !resetWanted_ && ref_ != 0) {
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
  house_.recordings.write(call_.parameters.recordFile, recorder_.take());
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
  call_ = Call{};
  transfer_.reset();
  dropWanted_ = false;
  tapWanted_ = answerFed_ = false;
  keys_.clear();
}

}  // namespace board::dialogic
