// What a channel hears: our detector on the stream, and the verdicts of both sides.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "board/dialogic/line/channel.h"

namespace board::dialogic {
namespace {

constexpr int32_t kLeastTimeoutMs = 200;  // what a late stream leaves of the time for a verdict
constexpr float kLevelNotMeasured = -100;

bool isTone(const cpd::Observation& observation, cpd::ToneId tone) {
  return observation.kind == cpd::ObservationKind::kTone && observation.tone == tone;
}

// Names of the other side's verdict among the scores of an evidence, so that the two travel side by side.
const char* scoreName(bool board, cpd::Verdict verdict) {
  static const auto all = [] {
    std::array<std::array<std::string, cpd::kVerdicts>, 2> names;
    for (int v = 0; v < cpd::kVerdicts; ++v) {
      const std::string verdictName = name(static_cast<cpd::Verdict>(v));
      names[0][v] = "ours:" + verdictName;
      names[1][v] = "board:" + verdictName;
    }
    return names;
  }();
  return all[board ? 1 : 0][static_cast<size_t>(verdict)].c_str();
}

}  // namespace

void Channel::listenToStream() {
  if (!call_.listening() || call_.cpa == Cpa::kBoard) return;
  // The audio comes late by what this channel's stream has shown: the detector's limit is so much shorter.
  const int32_t timeout = std::max(kLeastTimeoutMs, call_.parameters.cpdTimeoutMs - knownDelayMs_);
  const auto settings = context_.settings(call_.parameters, timeout, family_ == Family::kAnalog);
  detector_.start(settings, cpd::StartAt::kDial);
  if (!call_.parameters.recordFile.empty()) {
    recorder_.start(*settings, cpd::StartAt::kDial, masked(call_.number));
  }
  streamStart_ = context_.now();
  frameWaits_ = false;
  answerFed_ = false;
  if (voice_.record()) {
    streamWanted_ = true;
  } else {
    note("no audio stream: our detector hears nothing on this call");
  }
}

bool Channel::beginHear(cpd::BankChannel& frame) {
  if (voice_.io() != VoiceIo::kRecord) {
    frameWaits_ = false;
    return false;
  }
  if (!frameWaits_) frameWaits_ = voice_.stream().take(frame_, context_.now());
  if (!frameWaits_) return false;
  frame.detector = &detector_;
  // What was dropped is no silence, and its time goes on.
  if (frame_.lost > 0) {
    --frame_.lost;
    frame.kind = cpd::FrameKind::kLost;
    recorder_.frame(nullptr, frame.kind);
    return true;
  }
  // The answer is put where it was in the sound, not where it is when the sound comes.
  if (!answerFed_ && call_.answeredAt >= 0 && streamStart_ + frame_.mediaMs >= call_.answeredAt) {
    answerFed_ = true;
    detector_.answered();
    recorder_.answered();
  }
  frameWaits_ = false;
  frame.samples = frame_.samples.data();
  recorder_.frame(frame.samples, frame.kind);
  return true;
}

void Channel::endHear(std::span<const cpd::Observation> heard) {
  observe(heard);
  if (const auto score = scores_.next(detector_)) post({.type = EventType::kScore, .score = score});
  CpaEntry* entry = cpaEntry();
  if (entry != nullptr && streamWanted_) {
    entry->streamDelayMs = std::max(entry->streamDelayMs, voice_.stream().delayMs());
  }
}

void Channel::hear() {
  for (cpd::BankChannel frame; beginHear(frame); frame = {}) {
    cpd::hearTogether({&frame, 1});
    endHear(frame.heard);
  }
}

void Channel::observe(std::span<const cpd::Observation> observations) {
  recorder_.observed(observations);
  for (const cpd::Observation& observation : observations) observe(observation);
}

void Channel::observe(const cpd::Observation& observation) {
  if (!call_.listening()) return;
  switch (observation.kind) {
    case cpd::ObservationKind::kAnswered:
      if (family_ == Family::kAnalog) {
        answerFed_ = true;
        if (phase_ == Phase::kProgress) move(Phase::kUp);
        answered(true);
      }
      return;
    case cpd::ObservationKind::kVerdict: {
      if (call_.ours) return;
      if (recorder_.isRecording()) recorder_.concluded(detector_.evidence());
      call_.ours = copyEvidence(detector_.evidence());
      if (CpaEntry* entry = cpaEntry()) {
        entry->oursAt = context_.now();
        entry->ours = call_.ours->verdict;
        entry->oursRule = call_.ours->rule;
      }
      return weigh();
    }
    default:
      if (isTone(observation, cpd::ToneId::kRingback)) ringing(true);
      post({.type = EventType::kObservation,
            .observation = observation,
            .prints = printsWith(observation, detector_),
            .recording = std::string(detector_.evidence().recording)});
  }
}

EvidenceCopy Channel::boardEvidence(std::string rule, cpd::Verdict verdict, cpd::SitCategory sit,
                                    float confidence) const {
  EvidenceCopy evidence;
  evidence.rule = std::move(rule);
  evidence.verdict = verdict;
  evidence.sit = sit;
  evidence.confidence = confidence;
  const auto now = static_cast<int32_t>(sinceDial(context_.now()));
  evidence.decidedMs = now;
  if (call_.answeredAt >= 0) evidence.answerMs = static_cast<int32_t>(sinceDial(call_.answeredAt));
  if (verdict == cpd::Verdict::kLive || verdict == cpd::Verdict::kMachine) {
    // The analysis says that there was voice since the answer, not more.
    const int32_t from = evidence.answerMs == cpd::kNever ? now : evidence.answerMs;
    evidence.segments.push_back({cpd::SegmentKind::kSpeech, from, now, {0, 0, 0}, kLevelNotMeasured});
  }
  return evidence;
}

void Channel::boardDecides(EvidenceCopy evidence) {
  if (!call_.listening() || call_.board || call_.cpa == Cpa::kOurs) return;
  call_.board = std::move(evidence);
  if (CpaEntry* entry = cpaEntry()) {
    entry->boardAt = context_.now();
    entry->board = call_.board->verdict;
    entry->boardRule = call_.board->rule;
  }
  weigh();
}

// Who is asked decides; of two, the one that leads. The other is in the evidence if it was there by then, and
// in the CPA dump when it comes.
void Channel::weigh() {
  if (call_.cpa == Cpa::kBoth && call_.board && call_.ours) {
    context_.cpaLog.compared(call_.board->verdict, call_.ours->verdict);
  }
  const bool board = call_.cpa == Cpa::kBoth ? place_.config.lead != Cpa::kOurs : call_.cpa == Cpa::kBoard;
  const std::optional<EvidenceCopy>& lead = board ? call_.board : call_.ours;
  if (lead) give(*lead);
}

void Channel::give(const EvidenceCopy& evidence) {
  if (call_.decision == Decision::kGiven) return;
  call_.decision = Decision::kGiven;
  clearTimer(Timer::kDeadline);
  EvidenceCopy copy = evidence;
  if (call_.cpa == Cpa::kBoth) {
    if (call_.board) copy.scores.push_back({scoreName(true, call_.board->verdict), call_.board->confidence});
    if (call_.ours) copy.scores.push_back({scoreName(false, call_.ours->verdict), call_.ours->confidence});
  }
  post({.type = EventType::kVerdict, .evidence = std::move(copy)});
}

// Time is up: who has decided counts, whoever it is; if nobody has, nothing is known, and that is a person.
void Channel::deadline() {
  if (call_.decision != Decision::kWanted) return;
  hear();
  due(Timer::kDeadline);
  if (call_.decision == Decision::kGiven) return;
  if (!call_.ours && streamWanted_) {
    recorder_.finished();
    observe(detector_.finish());
  }
  if (call_.decision == Decision::kGiven) return;
  if (call_.board) return give(*call_.board);
  if (call_.ours) return give(*call_.ours);
  constexpr float kNothingKnown = 0.5f;
  give(boardEvidence("deadline", cpd::Verdict::kUnknown, cpd::SitCategory::kNone, kNothingKnown));
}

}  // namespace board::dialogic
