// What a channel is asked to do, and what its state is; channel_tick.cc has what time brings.
#include "board/sim/channel.h"

#include <algorithm>
#include <utility>

#include "board/detector_settings.h"
#include "board/names.h"

namespace board::sim {
namespace {

constexpr double kSeizeMs = 40;  // SETUP or INVITE answered; a line card going off hook
constexpr double kDialToneWaitMs = 3'000;
constexpr double kEnBlocDialMs = 40;  // all digits in one message
constexpr double kDigitMs = 100;      // DTMF: 50 ms on, 50 ms off
constexpr double kReleaseMs = 60;
constexpr double kResetMs = 200;
constexpr int32_t kHoldMs = 60'000;   // a person on hold stays so long
constexpr float kDialToneDbm0 = -13;  // per frequency
constexpr int kCauseOutOfOrder = 27;  // Q.850: destination out of order

}  // namespace

Channel::Channel(ChannelId id, uint32_t span, TrunkKind kind, Exchange& exchange)
    : id_(id), span_(span), kind_(kind), exchange_(exchange), line_(kind, exchange.config.seed * 1000 + id) {}

ChannelState Channel::state() const {
  return {id_,
          span_,
          kind_,
          inService() ? state_ : LineState::kOutOfService,
          inService() ? "" : reason_,
          ref_,
          lastEvent_,
          lastEventAt_};
}

void Channel::post(Event&& event) {
  event.channel = id_;
  event.ref = ref_;
  if (!number_.empty() && exchange_.faults.lost(number_, event.type)) return;
  lastEvent_ = name(event.type);
  lastEventAt_ = exchange_.now;
  exchange_.post(std::move(event));
}

void Channel::fail(const char* command, FailureReason reason) {
  post({.type = EventType::kFailed, .text = command, .failure = reason});
}

Status Channel::checkCall(CallRef ref) const {
  if (!inService()) return Status::kChannelOutOfService;
  return ref != 0 && ref == ref_ ? Status::kOk : Status::kIllegalState;
}

Status Channel::checkAnswered(CallRef ref) const {
  const Status status = checkCall(ref);
  if (status != Status::kOk || hanging_) return status;
  return state_ == LineState::kAnswered ? Status::kOk : Status::kIllegalState;
}

Status Channel::seize(CallRef ref) {
  if (ref == 0) return Status::kBadArgument;
  if (!inService()) return Status::kChannelOutOfService;
  if (state_ != LineState::kIdle || resetAt_ != kNotDue) return Status::kChannelBusy;
  ref_ = ref;
  state_ = LineState::kSeized;
  hanging_ = exchange_.faults.hangs(id_);
  glare_ = exchange_.faults.glare(id_);
  if (hanging_) return Status::kOk;
  const ClipPtr noise = exchange_.sounds.noise();
  if (kind_ == TrunkKind::kAnalog && !glare_) {
    const cpd::TonePlan& plan = exchange_.boardPlan();
    const bool silent = exchange_.faults.noDialTone(id_) || plan.dial.steps.empty();
    line_.offHook(silent ? nullptr : exchange_.sounds.cadence(plan.code + " dial", plan.dial, kDialToneDbm0),
                  noise);
    DialParameters dialTone;
    dialTone.plan = plan.code;
    dialTone.mode = cpd::Mode::kNoAmDetection;
    dialTone.cpdTimeoutMs = static_cast<int32_t>(kDialToneWaitMs);
    detector_.start(exchange_.settings(dialTone, false), cpd::StartAt::kDial);
    listening_ = true;
    seizeAt_ = exchange_.now + kDialToneWaitMs;
  } else {
    line_.offHook(nullptr, noise);
    seizeAt_ = exchange_.now + kSeizeMs;
  }
  return Status::kOk;
}

Status Channel::dial(CallRef ref, const std::string& number, const DialParameters& parameters) {
  const Status status = checkCall(ref);
  if (status != Status::kOk) return status;
  if (!canBeHeardWith(parameters, exchange_.config.plans)) return Status::kBadArgument;
  if (hanging_) return Status::kOk;
  if (state_ != LineState::kSeized || seizing()) return Status::kIllegalState;
  state_ = LineState::kDialling;
  number_ = number;
  parameters_ = parameters;
  Called called = exchange_.call(number, kind_);
  callee_ = std::move(called.callee);
  extensionLeg_ = called.extension;
  if (!extensionLeg_) {
    truth_ =
        exchange_.groundTruth.begin({id_, ref_, number_, called.kind, exchange_.now, -1, -1, -1, nullptr});
  }
  line_.dialling();
  const bool analog = kind_ == TrunkKind::kAnalog;
  dialledAt_ = exchange_.now + (analog ? kDigitMs * static_cast<double>(number.size()) : kEnBlocDialMs);
  listening_ = !parameters.noDetection;
  if (listening_) {
    const std::shared_ptr<const cpd::Settings> settings = exchange_.settings(parameters, analog);
    detector_.start(settings, cpd::StartAt::kDial);
    if (!parameters.recordFile.empty()) recorder_.start(*settings, cpd::StartAt::kDial, masked(number));
  }
  return Status::kOk;
}

Status Channel::rearm(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (peer_ != nullptr || transfer_ || parameters_.noDetection) return Status::kIllegalState;
  detector_.rearm();
  recorder_.rearmed();
  listening_ = true;
  verdictGiven_ = false;
  return Status::kOk;
}

Status Channel::transfer(CallRef ref, const std::string& extension, TransferStyle style) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (transfer_ || peer_ != nullptr) return Status::kIllegalState;
  transfer_ = Transfer{style, extension, exchange_.now + kAcceptMs};
  line_.hold(kHoldMs);
  return Status::kOk;
}

Status Channel::join(CallRef ref, Channel& other) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (&other == this) return Status::kBadArgument;
  if (!other.inService() || other.state_ != LineState::kAnswered || other.hanging_)
    return Status::kIllegalState;
  if (peer_ != nullptr || other.peer_ != nullptr || transfer_ || other.transfer_)
    return Status::kIllegalState;
  peer_ = &other;
  other.peer_ = this;
  for (Channel* side : {this, &other}) {
    side->listening_ = false;
    side->line_.talk();
    side->post({.type = EventType::kJoined, .other = side->peer_->id_});
  }
  return Status::kOk;
}

Status Channel::part(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (peer_ == nullptr) return Status::kIllegalState;
  post(EventType::kParted);
  unjoin();
  return Status::kOk;
}

Status Channel::play(CallRef ref, const std::string& file, ClipPtr announcement) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (playing_) return Status::kIllegalState;
  const int32_t lengthMs = announcement->lengthMs();
  line_.listen(lengthMs, exchange_.sounds);
  playing_ = Playing{std::move(announcement), file, exchange_.now, exchange_.now + lengthMs};
  return Status::kOk;
}

Status Channel::stopPlay(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (!playing_) return Status::kIllegalState;
  playing_->stopped = true;
  return Status::kOk;
}

Status Channel::collectDigits(CallRef ref, const DigitLimits& limits) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk || hanging_) return status;
  if (limits.count <= 0 || limits.timeoutMs <= 0) return Status::kBadArgument;
  if (collecting_) return Status::kIllegalState;
  collecting_ = Collecting{limits, exchange_.now + limits.timeoutMs};
  return Status::kOk;
}

Status Channel::drop(CallRef ref) {
  if (ref == 0 || ref != ref_) return Status::kIllegalState;
  if (hanging_ || releaseAt_ != kNotDue) return Status::kOk;
  exchange_.groundTruth.ended(truth_, exchange_.now, "drop");
  endOperations();
  state_ = LineState::kDropping;
  releaseAt_ = exchange_.now + kReleaseMs;
  return Status::kOk;
}

Status Channel::reset() {
  if (hanging_ && !exchange_.faults.resetCures(id_)) return Status::kOk;
  resetAt_ = exchange_.now + kResetMs;
  return Status::kOk;
}

Status Channel::tellScores(bool on) {
  scores_.turn(on);
  return Status::kOk;
}

Status Channel::setInService(bool inServiceWanted) {
  if (inServiceWanted != administrative_) return Status::kOk;
  if (!inServiceWanted && ref_ != 0) return Status::kChannelBusy;
  const bool before = inService();
  administrative_ = !inServiceWanted;
  if (before) reason_ = "administrative";
  if (before && !inService()) post({.type = EventType::kOutOfService, .text = reason_});
  if (!before && inService()) post(EventType::kInService);
  return Status::kOk;
}

void Channel::alarm(AlarmKind kind, bool on) {
  const bool before = inService();
  alarms_ += on ? 1 : -1;
  if (on) {
    reason_ = std::string("alarm_") + name(kind);
    if (ref_ != 0 && state_ != LineState::kDropping && !hanging_) disconnected(kCauseOutOfOrder, "fault");
    if (before) post({.type = EventType::kOutOfService, .text = reason_});
  } else if (inService()) {
    // A call that the alarm cut and nobody dropped is over: the line starts anew.
    if (state_ == LineState::kDropping && releaseAt_ == kNotDue) clearCall();
    post(EventType::kInService);
  } else {
    reason_ = administrative_ && alarms_ == 0 ? "administrative" : reason_;
  }
}

// Ends what goes on beside the call itself.
void Channel::endOperations() {
  if (playing_) {
    noteHeard();
    playing_.reset();
    post({.type = EventType::kPlayed, .completed = false});
  }
  if (collecting_) {
    collecting_.reset();
    post({.type = EventType::kDigits, .text = std::exchange(keys_, {}), .digitsReason = "timeout"});
  }
  unjoin();
  transfer_.reset();
  listening_ = false;
  seizeAt_ = dialledAt_ = noAnswerAt_ = kNotDue;
}

void Channel::noteHeard() {
  exchange_.groundTruth.heard(truth_, playing_->file, playing_->startedAt,
                              std::min(exchange_.now, playing_->endsAt));
}

void Channel::unjoin() {
  if (peer_ == nullptr) return;
  Channel* peer = std::exchange(peer_, nullptr);
  peer->peer_ = nullptr;
  peer->post(EventType::kParted);
}

void Channel::saveRecording() {
  if (!recorder_.isRecording()) return;
  recorder_.concluded(detector_.evidence());
  exchange_.recordings.write(parameters_.recordFile, recorder_.take());
}

void Channel::clearCall() {
  saveRecording();
  line_.onHook();
  state_ = LineState::kIdle;
  ref_ = 0;
  number_.clear();
  parameters_ = DialParameters();
  truth_ = 0;
  extensionLeg_ = listening_ = dialToneHeard_ = glare_ = pickedUp_ = verdictGiven_ = false;
  seizeAt_ = dialledAt_ = noAnswerAt_ = releaseAt_ = kNotDue;
  keys_.clear();
}

}  // namespace board::sim
