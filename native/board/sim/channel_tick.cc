// What happens to a channel as time passes: its line, what the detector makes of it, and the operations under
// way.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "board/digit_match.h"
#include "board/sim/channel.h"

namespace board::sim {
namespace {

constexpr double kCarriedMs = 60'000;  // a handed-over call that nothing else ends
constexpr int kNoCause = -1;

bool isTone(const cpd::Observation& observation, cpd::ToneId tone) {
  return observation.kind == cpd::ObservationKind::kTone && observation.tone == tone;
}

float dbm0(const int16_t* samples, size_t count) {
  double energy = 0;
  for (size_t i = 0; i < count; ++i) energy += static_cast<double>(samples[i]) * samples[i];
  return static_cast<float>(10 * std::log10(energy / static_cast<double>(count) / 0x1p30 + 1e-12) + 6.15);
}

}  // namespace

bool Channel::beginTick(cpd::BankChannel& bank) {
  active_ = false;
  if (exchange_.now >= resetAt_) {
    exchange_.groundTruth.ended(truth_, exchange_.now, hanging_ ? "fault" : "drop");
    hanging_ = false;
    endOperations();
    resetAt_ = kNotDue;
    if (alarms_ > 0) {
      fail("reset", FailureReason::kHardware);
    } else {
      post(EventType::kReset);
    }
    clearCall();
    return false;
  }
  if (hanging_ || state_ == LineState::kIdle) return false;
  if (exchange_.now >= releaseAt_) {
    post(EventType::kReleased);
    clearCall();
    return false;
  }
  if (state_ == LineState::kDropping) return false;

  active_ = true;
  const bool audible = listening_ || peer_ != nullptr;
  LineSignals signals;
  const cpd::FrameKind kind = line_.frame(audible ? received_.data() : nullptr, signals);
  heard(signals);
  if (!listening_) return false;
  recorder_.frame(received_.data(), kind);
  bank = {&detector_, received_.data(), kind, {}};
  return true;
}

void Channel::endTick(std::span<const cpd::Observation> observations) {
  if (!active_) return;
  observe(observations);
  if (const auto score = scores_.next(detector_)) post({.type = EventType::kScore, .score = score});
  tickSeize();
  tickDial();
  tickPlay();
  tickDigits();
  tickTransfer();
}

void Channel::tickSeize() {
  if (!seizing()) return;
  if (kind_ == TrunkKind::kAnalog && !glare_ && dialToneHeard_) seizeAt_ = exchange_.now;
  if (exchange_.now < seizeAt_) return;
  seizeAt_ = kNotDue;
  listening_ = false;
  if (glare_) {
    fail("seize", FailureReason::kGlare);
    return clearCall();
  }
  if (kind_ == TrunkKind::kAnalog && !dialToneHeard_) {
    fail("seize", FailureReason::kNoDialTone);
    return clearCall();
  }
  post(EventType::kSeized);
}

void Channel::tickDial() {
  if (exchange_.now >= dialledAt_) {
    dialledAt_ = kNotDue;
    noAnswerAt_ = exchange_.now + parameters_.ringTimeoutMs;
    line_.dialled(std::move(callee_), exchange_.sounds.noise());
    post(EventType::kDialled);
  }
  if (exchange_.now >= noAnswerAt_) {
    noAnswerAt_ = kNotDue;
    if (state_ != LineState::kAnswered && !verdictGiven_) post(EventType::kNoAnswer);
  }
}

void Channel::tickTransfer() {
  if (!transfer_ || exchange_.now < transfer_->dueAt) return;
  const Extension* extension = exchange_.pbx.find(transfer_->extension);
  const auto refuse = [this](FailureReason reason) {
    transfer_.reset();
    fail("transfer", reason);
  };
  if (!transfer_->accepted) {
    if (extension == nullptr || extension->behaviour == ExtensionBehaviour::kRefuse) {
      return refuse(FailureReason::kTransferRefused);
    }
    if (extension->behaviour == ExtensionBehaviour::kBusy) return refuse(FailureReason::kTransferBusy);
    if (transfer_->style == TransferStyle::kBlind) return handOver(*extension);
    transfer_->accepted = true;
    transfer_->dueAt +=
        extension->behaviour == ExtensionBehaviour::kAnswer ? extension->answerMs : kExtensionRingMs;
    if (exchange_.now < transfer_->dueAt) return;
  }
  if (extension->behaviour == ExtensionBehaviour::kNoAnswer) return refuse(FailureReason::kTransferNoAnswer);
  if (transfer_->style == TransferStyle::kConsult) return handOver(*extension);
  transfer_.reset();
  listening_ = false;
  line_.talk();
  post(EventType::kTransferred);
}

// The switch has the call now; the board's channel is free. A blind transfer comes here when the switch took
// it, before the extension answers.
void Channel::handOver(const Extension& extension) {
  const Callee& callee = line_.callee();
  const bool answers = extension.behaviour == ExtensionBehaviour::kAnswer;
  const double wait = transfer_->style == TransferStyle::kBlind && answers ? extension.answerMs : 0;
  const double stays = callee.person && answers ? callee.talkMs : kCarriedMs;
  exchange_.pbx.carry(truth_, exchange_.now + wait + stays);
  truth_ = 0;
  transfer_.reset();
  endOperations();
  post(EventType::kTransferred);
  post(EventType::kReleased);
  clearCall();
}

void Channel::tickPlay() {
  if (!playing_ || (!playing_->stopped && exchange_.now < playing_->endsAt)) return;
  const bool completed = !playing_->stopped;
  noteHeard();
  playing_.reset();
  post({.type = EventType::kPlayed, .completed = completed});
}

void Channel::tickDigits() {
  if (!collecting_) return;
  const auto collected = collectedDigits(keys_, collecting_->limits, exchange_.now >= collecting_->endsAt);
  if (!collected) return;
  keys_.erase(0, collected->used);
  collecting_.reset();
  post({.type = EventType::kDigits, .text = collected->digits, .digitsReason = collected->reason});
}

void Channel::heard(const LineSignals& signals) {
  if (signals.proceeding) post(EventType::kProceeding);
  if (signals.alerting && state_ == LineState::kDialling) {
    state_ = LineState::kRinging;
    post(EventType::kRinging);
  }
  if (signals.pickedUp) {
    pickedUp_ = true;
    exchange_.groundTruth.answered(truth_, exchange_.now);
    if (line_.callee().greetingEndMs >= 0) {
      exchange_.groundTruth.greetingEnds(truth_, exchange_.now + line_.callee().greetingEndMs);
    }
    if (line_.callee().recordsFromMs >= 0) {
      exchange_.groundTruth.recordsFrom(truth_, exchange_.now + line_.callee().recordsFromMs);
    }
  }
  // The switch reports its own extensions on analog lines too.
  if (signals.answered || (signals.pickedUp && extensionLeg_)) {
    if (listening_) {
      detector_.answered();
      recorder_.answered();
    }
    answered(false);
  }
  if (signals.digit != 0) keys_ += signals.digit;
  if (signals.hungUp) exchange_.groundTruth.ended(truth_, exchange_.now, pickedUp_ ? "far_end" : "network");
  if (signals.released) disconnected(signals.cause, "far_end");
}

void Channel::observe(std::span<const cpd::Observation> observations) {
  if (observations.empty()) return;
  recorder_.observed(observations);
  for (const cpd::Observation& observation : observations) observe(observation);
}

void Channel::observe(const cpd::Observation& observation) {
  if (state_ == LineState::kSeized) {
    dialToneHeard_ = dialToneHeard_ || isTone(observation, cpd::ToneId::kDialtone);
    return;
  }
  switch (observation.kind) {
    case cpd::ObservationKind::kAnswered:
      return answered(true);
    case cpd::ObservationKind::kVerdict:
      // The port promises one verdict a call, whatever is heard.
      if (verdictGiven_) return;
      verdictGiven_ = true;
      if (recorder_.isRecording()) recorder_.concluded(detector_.evidence());
      return post({.type = EventType::kVerdict, .evidence = copyEvidence(detector_.evidence())});
    default:
      if (state_ == LineState::kDialling && isTone(observation, cpd::ToneId::kRingback)) {
        state_ = LineState::kRinging;
        post({.type = EventType::kRinging, .byAudio = true});
      }
      post({.type = EventType::kObservation,
            .observation = observation,
            .prints = printsWith(observation, detector_),
            .recording = std::string(detector_.evidence().recording)});
  }
}

void Channel::answered(bool byAudio) {
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  state_ = LineState::kAnswered;
  noAnswerAt_ = kNotDue;
  post({.type = EventType::kAnswered, .byAudio = byAudio});
}

// The far end or the network released, or a fault cut the call. What was heard until now decides, unless
// the network itself said why the call did not come about.
void Channel::disconnected(int cause, const char* endedBy) {
  exchange_.groundTruth.ended(truth_, exchange_.now, endedBy);
  const bool decide = state_ == LineState::kAnswered || (state_ != LineState::kSeized && cause == kNoCause);
  if (listening_ && decide) {
    recorder_.finished();
    observe(detector_.finish());
  }
  Channel* peer = peer_;
  peer_ = nullptr;
  endOperations();
  state_ = LineState::kDropping;
  post({.type = EventType::kDisconnected, .cause = cause});
  if (peer != nullptr) {
    peer->peer_ = nullptr;
    peer->post(EventType::kParted);
  }
}

float Channel::sentDbm0() const {
  if (peer_ != nullptr) return dbm0(peer_->received_.data(), peer_->received_.size());
  if (playing_) {
    const auto at = static_cast<size_t>((exchange_.now - playing_->startedAt) * cpd::kSampleRateHz / 1000);
    const std::vector<int16_t>& samples = playing_->clip->samples;
    if (at < samples.size()) {
      return dbm0(samples.data() + at, std::min<size_t>(cpd::kFrameSamples, samples.size() - at));
    }
  }
  return -100;
}

}  // namespace board::sim
