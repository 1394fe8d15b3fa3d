// What signalling says of a channel's legs, and what the detector hears on the first of them.
#include <algorithm>

#include "board/sip/line/channel.h"

namespace board::sip {
namespace {

constexpr int kNoCause = -1;
constexpr double kLeastRefreshMs = 2'000;

bool isTone(const cpd::Observation& observation, cpd::ToneId tone) {
  return observation.kind == cpd::ObservationKind::kTone && observation.tone == tone;
}

}  // namespace

void Channel::progressed(LegId leg, bool alerting, const std::optional<MediaPlan>& media) {
  Leg& of = leg == agent_.id ? agent_ : main_;
  of.responded = true;
  of.heardOf = of.heardOf || alerting || media;
  if (of.heardOf) host_.trunks[of.trunk].callTaken(of.address);
  if (media) of.stream.plan(*media, host_.now);
  if (leg != main_.id || state_ == LineState::kAnswered) return;
  if (alerting && state_ == LineState::kDialling) {
    state_ = LineState::kRinging;
    post(EventType::kRinging);
  } else if (!alerting && !proceeding_) {
    proceeding_ = true;
    post(EventType::kProceeding);
  }
}

void Channel::answered(LegId leg, const MediaPlan& media) {
  Leg& of = leg == agent_.id ? agent_ : main_;
  of.responded = of.up = of.heardOf = true;
  host_.trunks[of.trunk].callTaken(of.address);
  of.stream.plan(media, host_.now);
  if (leg == agent_.id) return agentAnswered();
  if (state_ != LineState::kDialling && state_ != LineState::kRinging) return;
  if (listening_) {
    detector_.answered();
    recorder_.answered();
  }
  state_ = LineState::kAnswered;
  noAnswerAt_ = kNotDue;
  post({.type = EventType::kAnswered, .byAudio = false});
}

void Channel::mediaChanged(LegId leg, const MediaPlan& media) {
  (leg == agent_.id ? agent_ : main_).stream.plan(media, host_.now);
}

// Whoever can send telephone events would tell each key twice.
void Channel::keyPressed(LegId leg, char key) {
  if (leg == main_.id && !main_.stream.hearsEvents()) audioKeys_.toldByInfo(key, keys_);
}

void Channel::sessionLasts(LegId leg, int seconds, bool weRefresh) {
  Leg& of = leg == agent_.id ? agent_ : main_;
  of.refreshAt = of.endsAt = kNotDue;
  if (seconds <= 0) return;
  const double whole = seconds * 1'000.0;
  of.endsAt = host_.now + whole;
  if (weRefresh) of.refreshAt = host_.now + std::max(whole / 2, kLeastRefreshMs);
}

void Channel::ended(LegId leg, const Ending& ending) {
  host_.forget(leg);
  if (leg == agent_.id) return agentEnded(ending);
  if (state_ == LineState::kDialling && callElsewhere(main_, number_, ending)) return;
  main_.id = 0;
  // Who was handed over is gone, and with it the leg: the exchange has the call.
  if (transfer_ && transfer_->taken && ending.by == Ending::By::kBye) return handOver();
  disconnected(causeOf(ending));
}

// The far end or the network released, or the trunk failed. What was heard until now decides, unless the network itself
// said why the call did not come about.
void Channel::disconnected(int cause) {
  const bool decide = state_ == LineState::kAnswered || (state_ != LineState::kSeized && cause == kNoCause);
  if (listening_ && decide) {
    recorder_.finished();
    heard(detector_.finish());
  }
  Channel* peer = peer_;
  peer_ = nullptr;
  if (peer != nullptr) peer->peer_ = nullptr;
  endOperations();
  hangUp(main_);
  state_ = LineState::kDropping;
  post({.type = EventType::kDisconnected, .cause = cause});
  if (peer != nullptr) {
    peer->main_.toSend.clear();
    peer->post(EventType::kParted);
  }
}

void Channel::heard(std::span<const cpd::Observation> observations) {
  if (const auto score = scores_.next(detector_)) post({.type = EventType::kScore, .score = score});
  if (observations.empty()) return;
  recorder_.observed(observations);
  for (const cpd::Observation& observation : observations) observe(observation);
}

// The detector's evidence, and how well it could hear.
EvidenceCopy Channel::evidenceWithQuality() const {
  EvidenceCopy evidence = cpd::copyEvidence(detector_.evidence());
  const VoiceQuality quality = main_.stream.quality();
  const auto add = [&](const char* name, double value) {
    evidence.scores.push_back({name, static_cast<float>(value)});
  };
  add("rtpPackets", static_cast<double>(quality.packets));
  add("rtpLostPercent", quality.lostPercent());
  add("rtpLatePackets", static_cast<double>(quality.late));
  add("rtpJitterMs", quality.jitterMs);
  add("rtpMos", quality.mos());
  return evidence;
}

void Channel::observe(const cpd::Observation& observation) {
  if (observation.kind == cpd::ObservationKind::kVerdict) {
    // The port promises one verdict a call, whatever is heard.
    if (verdictGiven_) return;
    verdictGiven_ = true;
    if (recorder_.isRecording()) recorder_.concluded(detector_.evidence());
    return post({.type = EventType::kVerdict, .evidence = evidenceWithQuality()});
  }
  if (state_ == LineState::kDialling && isTone(observation, cpd::ToneId::kRingback)) {
    state_ = LineState::kRinging;
    post({.type = EventType::kRinging, .byAudio = true});
  }
  post({.type = EventType::kObservation,
        .observation = observation,
        .prints = printsWith(observation, detector_),
        .recording = std::string(detector_.evidence().recording)});
}

}  // namespace board::sip
