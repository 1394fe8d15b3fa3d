// What a channel hears and plays: our detector on the stream, the verdicts of both sides, announcements,
// digits, joining.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "board/dialogic/bus_slot.h"
#include "board/dialogic/channel.h"
#include "board/dialogic/constants.h"
#include "board/digit_match.h"

namespace board::dialogic {
namespace {

constexpr int32_t kLeastTimeoutMs = 200;  // what a late stream leaves of the time for a verdict
constexpr float kLevelNotMeasured = -100;

bool isTone(const cpd::Observation& observation, const char* tone) {
  return observation.kind == cpd::ObservationKind::kTone && observation.tone != nullptr &&
         std::strcmp(observation.tone, tone) == 0;
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

void Channel::stopVoice() {
  if (voice_.io() == VoiceIo::kNone) return;
  voice_.stop();
  setTimer(Timer::kVoice, house_.config.watchdogs.stopMs);
}

void Channel::listenToStream() {
  if (!call_.listening || call_.cpa == Cpa::kBoard) return;
  // The audio comes late by what this channel's stream has shown: the detector's limit is so much shorter.
  const int32_t timeout = std::max(kLeastTimeoutMs, call_.parameters.cpdTimeoutMs - knownDelayMs_);
  const auto settings = house_.settings(call_.parameters, timeout, family_ == Family::kAnalog);
  detector_.start(settings, cpd::StartAt::kDial);
  if (!call_.parameters.recordFile.empty()) {
    recorder_.start(*settings, cpd::StartAt::kDial, masked(call_.number));
  }
  streamStart_ = house_.now();
  answerFed_ = false;
  if (voice_.record()) {
    tapWanted_ = true;
  } else {
    note("no audio stream: our detector hears nothing on this call");
  }
}

void Channel::hear() {
  Tap::Frame frame;
  while (voice_.io() == VoiceIo::kRecord && voice_.tap().take(frame, house_.now())) {
    // What was dropped is no silence, and its time goes on.
    for (int32_t lost = 0; lost < frame.lost; ++lost) {
      recorder_.frame(nullptr, cpd::FrameKind::kLost);
      observe(detector_.process(nullptr, cpd::FrameKind::kLost));
    }
    // The answer is put where it was in the sound, not where it is when the sound comes.
    if (!answerFed_ && call_.answeredAt >= 0 && streamStart_ + frame.mediaMs >= call_.answeredAt) {
      answerFed_ = true;
      detector_.answered();
      recorder_.answered();
    }
    recorder_.frame(frame.samples.data(), cpd::FrameKind::kAudio);
    observe(detector_.process(frame.samples.data()));
  }
  if (CpaEntry* entry = cpaEntry(); entry != nullptr && tapWanted_) {
    entry->streamDelayMs = std::max(entry->streamDelayMs, voice_.tap().delayMs());
  }
}

void Channel::observe(std::span<const cpd::Observation> observations) {
  recorder_.observed(observations);
  for (const cpd::Observation& observation : observations) observe(observation);
}

void Channel::observe(const cpd::Observation& observation) {
  if (!call_.listening) return;
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
        entry->oursAt = house_.now();
        entry->ours = call_.ours->verdict;
        entry->oursRule = call_.ours->rule;
      }
      return weigh();
    }
    default:
      if (isTone(observation, "ringback")) ringing(true);
      post({.type = EventType::kObservation, .observation = observation});
  }
}

EvidenceCopy Channel::boardEvidence(std::string rule, cpd::Verdict verdict, cpd::SitCategory sit,
                                    float confidence) const {
  EvidenceCopy evidence;
  evidence.rule = std::move(rule);
  evidence.verdict = verdict;
  evidence.sit = sit;
  evidence.confidence = confidence;
  const auto now = static_cast<int32_t>(sinceDial(house_.now()));
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
  if (!call_.listening || call_.board || call_.cpa == Cpa::kOurs) return;
  call_.board = std::move(evidence);
  if (CpaEntry* entry = cpaEntry()) {
    entry->boardAt = house_.now();
    entry->board = call_.board->verdict;
    entry->boardRule = call_.board->rule;
  }
  weigh();
}

// Who is asked decides; of two, the one that leads. The other is in the evidence if it was there by then, and
// in the CPA dump when it comes.
void Channel::weigh() {
  if (call_.cpa == Cpa::kBoth && call_.board && call_.ours) {
    house_.cpaLog.compared(call_.board->verdict, call_.ours->verdict);
  }
  const bool board = call_.cpa == Cpa::kBoth ? place_.config.lead != Cpa::kOurs : call_.cpa == Cpa::kBoard;
  const std::optional<EvidenceCopy>& lead = board ? call_.board : call_.ours;
  if (lead) give(*lead);
}

void Channel::give(const EvidenceCopy& evidence) {
  if (call_.verdictGiven) return;
  call_.verdictGiven = true;
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
  if (call_.verdictGiven || !call_.listening) return;
  hear();
  beforeDeadline();
  if (call_.verdictGiven) return;
  if (!call_.ours && tapWanted_) {
    recorder_.finished();
    observe(detector_.finish());
  }
  if (call_.verdictGiven) return;
  if (call_.board) return give(*call_.board);
  if (call_.ours) return give(*call_.ours);
  constexpr float kNothingKnown = 0.5f;
  give(boardEvidence("deadline", cpd::Verdict::kUnknown, cpd::SitCategory::kNone, kNothingKnown));
}

Status Channel::play(CallRef ref, std::vector<int16_t> samples) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (playWanted_ || playing_ || transfer_) return Status::kIllegalState;
  playWanted_ = true;
  playStopped_ = false;
  announcement_ = std::move(samples);
  later([this, ref] {
    if (ref_ != ref || !playWanted_ || playing_) return;
    if (voice_.io() == VoiceIo::kNone) {
      startPlay();
    } else {
      stopVoice();  // the stream; it goes on after the announcement
    }
  });
  return Status::kOk;
}

Status Channel::stopPlay(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if ((!playWanted_ && !playing_) || playStopped_) return Status::kIllegalState;
  playStopped_ = true;
  later([this, ref] {
    if (ref_ == ref && playing_) stopVoice();
  });
  return Status::kOk;
}

void Channel::startPlay() {
  playWanted_ = false;
  if (playStopped_) {
    playStopped_ = false;
    post({.type = EventType::kPlayed, .completed = false});
    return;
  }
  if (!voice_.play(announcement_)) {
    fail("play", FailureReason::kHardware);
    return;
  }
  playing_ = true;
  const auto lengthMs = static_cast<double>(announcement_.size()) * 1000 / cpd::kSampleRateHz;
  setTimer(Timer::kVoice, lengthMs + house_.config.watchdogs.playMs);
}

Status Channel::collectDigits(CallRef ref, const DigitLimits& limits) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (limits.count <= 0 || limits.timeoutMs <= 0) return Status::kBadArgument;
  if (collecting_) return Status::kIllegalState;
  collecting_ = limits;
  setTimer(Timer::kDigits, limits.timeoutMs);
  later([this, ref] {
    if (ref_ == ref && running(Timer::kDigits)) tickDigits();
  });
  return Status::kOk;
}

// Called with each digit, and when the time is up: the timer does not run then.
void Channel::tickDigits() {
  if (!collecting_) return;
  const auto collected = collectedDigits(keys_, *collecting_, !running(Timer::kDigits));
  if (!collected) return;
  keys_.erase(0, collected->used);
  collecting_.reset();
  clearTimer(Timer::kDigits);
  post({.type = EventType::kDigits, .text = collected->digits, .digitsReason = collected->reason});
}

void Channel::onVoice(int event, const void* data, int length) {
  if (event == vendor::TDX_CST) {
    vendor::DxCst status{};
    if (data == nullptr || length < static_cast<int>(sizeof status)) return;
    std::memcpy(&status, data, sizeof status);
    if (status.cst_event == vendor::DE_DIGITS) {
      keys_ += static_cast<char>(status.cst_data & 0x7F);  // the type of the digit is in the high byte
      tickDigits();
    } else {
      voiceStatus(status.cst_event, status.cst_data);
    }
    return;
  }
  // What a stream brought before it ended is heard first.
  if (event == vendor::TDX_RECORD) hear();
  const VoiceIo over = voice_.ended(event);
  if (over != VoiceIo::kNone) {
    voiceIsFree(over, event);
  } else {
    voiceEnded(VoiceIo::kNone, event);
  }
}

void Channel::voiceIsFree(VoiceIo ended, int event) {
  clearTimer(Timer::kVoice);
  if (ended == VoiceIo::kPlay) {
    if (std::exchange(playing_, false)) {
      const bool whole = !std::exchange(playStopped_, false) && event != vendor::TDX_ERROR;
      post({.type = EventType::kPlayed, .completed = whole});
    }
  } else if (ended != VoiceIo::kRecord) {
    voiceEnded(ended, event);
  }
  if (voice_.io() != VoiceIo::kNone) return;
  if (playWanted_ && state_ == LineState::kAnswered) {
    startPlay();
  } else if (tapWanted_ && peer_ == nullptr && !transfer_ && state_ == LineState::kAnswered) {
    voice_.record();
  }
  if (voice_.io() == VoiceIo::kNone) voiceRests();
}

// Ends what goes on beside the call itself.
void Channel::endOperations() {
  tapWanted_ = false;
  if (playWanted_ || playing_) {
    playWanted_ = playing_ = playStopped_ = false;
    post({.type = EventType::kPlayed, .completed = false});
  }
  if (collecting_) {
    collecting_.reset();
    clearTimer(Timer::kDigits);
    post({.type = EventType::kDigits, .text = std::exchange(keys_, {}), .digitsReason = "timeout"});
  }
  unjoin();
  leaveBridge();
  transfer_.reset();
  for (const Timer timer : {Timer::kNoAnswer, Timer::kDeadline}) clearTimer(timer);
  if (voice_.io() == VoiceIo::kPlay || voice_.io() == VoiceIo::kRecord) stopVoice();
}

bool Channel::connectWith(Channel& other) {
  const long mine = sendSlot(), theirs = other.sendSlot();
  if (mine >= 0 && theirs >= 0 && listenTo(theirs) && other.listenTo(mine)) {
    for (Channel* side : {this, &other}) {
      side->routed_ = true;
      side->tapWanted_ = false;
      side->clearTimer(Timer::kDeadline);
      if (side->voice_.io() == VoiceIo::kRecord) side->stopVoice();
    }
    return true;
  }
  unroute();
  other.unroute();
  return false;
}

void Channel::routeJoin(CallRef ref, Channel& other, CallRef otherRef) {
  if (ref_ != ref || other.ref_ != otherRef || peer_ != &other || routed_) return;
  if (!connectWith(other)) {
    peer_ = other.peer_ = nullptr;
    return fail("join", FailureReason::kHardware);
  }
  tellJoined();
}

// Both sides must hear each other first.
void Channel::tellJoined() {
  if (peer_ == nullptr || joinTold_ || routing() || peer_->routing()) return;
  for (Channel* side : {this, peer_}) {
    side->joinTold_ = true;
    side->post({.type = EventType::kJoined, .other = side->peer_->id()});
  }
}

void Channel::routed(bool ok) {
  if (peer_ == nullptr || joinTold_) return;
  if (ok) return tellJoined();
  Channel* peer = peer_;
  peer_ = peer->peer_ = nullptr;
  unroute();
  peer->unroute();
  fail("join", FailureReason::kHardware);
}

bool Channel::listenToVoice() {
  const long slot = slotOf(house_, id(), voice_.handle(), "dx_getxmitslot", house_.api.dx_getxmitslot);
  return slot >= 0 && listenTo(slot);
}

void Channel::unroute() {
  routed_ = joinTold_ = false;
  listenToVoice();
}

void Channel::unjoin() {
  if (peer_ == nullptr) return;
  Channel* peer = std::exchange(peer_, nullptr);
  peer->peer_ = nullptr;
  const bool told = joinTold_;
  unroute();
  peer->unroute();
  if (told) peer->post(EventType::kParted);
}

}  // namespace board::dialogic
