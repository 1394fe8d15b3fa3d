#include "cpd/beep/beep_detector.h"

#include <algorithm>
#include <cmath>

#include "cpd/beep/beep_shape.h"

namespace cpd {
namespace {

// A board that hears a line from its answer on hears ringback that the answer cut from there: no machine
// beeps so soon.
constexpr int32_t kCutAtAnswerMs = 100;
constexpr float kOtherTonesBelowDb = 6;  // what follows at once and is so much softer is background
constexpr int32_t kSpeechLeadMs = 200;   // speech before a beep begins that much earlier
constexpr int32_t kSettleMs = 80;        // after its end: nothing else follows at once
constexpr int kMostTones = 4;            // of a beep; more are a melody
constexpr int32_t kNextToneMs = 160;     // the tones of a double beep are no further apart
constexpr int32_t kMelodyMs = 1300;      // notes within this before make a melody ...
constexpr int32_t kAgainMs = 4000;       // after a beep, until there may be another one
constexpr int kTune = 3;                 // notes of an instrument alone ...
constexpr int32_t kTuneMs = 4000;        // ... within this, behind which there is no beep
constexpr int32_t kNextNoteMs = 500;     // until when a tune goes on
constexpr float kNotesDb = 7;            // ... if they are about as loud
constexpr float kSameHz = 0.03f;

// Until when a burst that is none of the plan would have come again: busy after a greeting; any progress tone
// but ringback, and ringback, where nobody has spoken.
constexpr int32_t kBusyRepeatMs = 760, kSlowRepeatMs = 2200, kRingRepeatMs = 5200;
constexpr float kLowestProgressHz = 395, kHighestProgressHz = 455;  // of most countries
constexpr float kRingbackHz = 500;                                  // no ringback is higher ...
constexpr int32_t kRingbackMs = 350;                                // ... or its bursts shorter
constexpr float kCngHz = 1100, kCngToleranceHz = 25;
constexpr int32_t kCngMs = 500, kCngToleranceMs = 45, kCngRepeatMs = 3600;

constexpr int32_t kOpeningMs = 300;  // taken as the length of a tone that has begun
constexpr float kNoBeep = -99;
// Log odds of what is told, and of what is as low and as short as a vowel between consonants.
constexpr float kSureEnough = 0.5f, kSureOfNoVowel = 2.5f;
constexpr float kVowelHz = 500;
constexpr int32_t kVowelMs = 180;
constexpr float kMuchBetter = 4;  // log odds: the tone before was none of a beep
constexpr int32_t kTornMs = 80;   // packets lost in a beep leave no longer hole
constexpr float kTornHz = 0.012f, kTornDb = 4;

// With what can be known at its start.
bool likeBeepSoFar(ToneSegment tone) {
  tone.endMs = tone.startMs + kOpeningMs;
  return couldBeBeep(tone, tone.endMs) && shapeLogOdds(shapeMeasures(tone)) + bestAroundLogOdds() > 0;
}

// Of what is around the tone, if it is as quiet after it as can be.
float bestLogOddsAfter(BeepSurroundings around) {
  around.afterDbm0 = around.floorDbm0;
  return aroundLogOdds(aroundMeasures(around));
}

bool near(float hz, float other) { return std::abs(hz - other) <= kSameHz * other; }

}  // namespace

void BeepDetector::start(const TonePlan& plan) {
  *this = BeepDetector();
  for (const Cadence* cadence :
       {&plan.dial, &plan.ringback, &plan.busy, &plan.congestion, &plan.numberUnobtainable}) {
    for (size_t i = 0; i < cadence->steps.size(); ++i) {
      const ToneStep& step = cadence->steps[i];
      if (step.hz1 == 0 || step.hz2 != 0 || step.ms == 0) continue;
      const ToneStep& next = cadence->steps[(i + 1) % cadence->steps.size()];
      const int32_t offMs = next.hz1 == 0 ? next.ms : 0;
      if (planBurstCount_ < static_cast<int>(planBursts_.size()))
        planBursts_[static_cast<size_t>(planBurstCount_++)] = {step.hz1, step.ms, offMs};
    }
  }
}

// Like a whole burst of a progress tone of the plan.
const BeepDetector::Burst* BeepDetector::burstOfPlan() const {
  for (int i = 0; i < planBurstCount_; ++i) {
    const Burst& burst = planBursts_[static_cast<size_t>(i)];
    const int32_t slackMs = std::max(40, burst.onMs * 15 / 100);
    if (near(candidate_.hz, burst.hz) && std::abs(candidate_.ms() - burst.onMs) <= slackMs) return &burst;
  }
  return nullptr;
}

// How long after its end the candidate would have come again if it were a burst of something else; 0: it is
// like none.
int32_t BeepDetector::repeatsWithinMs(bool speechBefore) const {
  const float hz = candidate_.hz;
  const int32_t ms = candidate_.ms();
  if (tones_ > 1) return 0;
  int32_t longest = 0;
  for (int i = 0; i < planBurstCount_; ++i) {
    if (near(hz, planBursts_[static_cast<size_t>(i)].hz)) longest = std::max(longest, kBusyRepeatMs);
  }
  if (const Burst* burst = burstOfPlan())
    longest = std::max(longest, burst->offMs + burst->offMs / 5 + kNextToneMs);
  if (std::abs(hz - kCngHz) <= kCngToleranceHz && std::abs(ms - kCngMs) <= kCngToleranceMs)
    longest = std::max(longest, kCngRepeatMs);
  if (speechBefore)
    return hz > kLowestProgressHz && hz < kHighestProgressHz ? std::max(longest, kBusyRepeatMs) : longest;
  if (hz < kRingbackHz) return std::max(longest, ms >= kRingbackMs ? kRingRepeatMs : kSlowRepeatMs);
  const bool special = near(hz, kCngHz) || near(hz, 2100) || near(hz, 950) || near(hz, 1400);
  return special ? std::max(longest, kSlowRepeatMs) : longest;
}

void BeepDetector::onTone(const ToneEvent& event, const VoiceHistory& history) {
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
      open_ = true;
      opening_ = likeBeepSoFar(event.segment);
      return;
    case ToneEventKind::kSegmentEnd:
      open_ = opening_ = false;
      onSegmentEnd(event.segment, history);
      return;
    case ToneEventKind::kRecognised:
    case ToneEventKind::kConfirmed:
      if (event.tone == ToneId::kFaxCng) {
        // A single burst after speech is a beep all the same: it would come again.
        callingTone_ = true;
        spoilt_ = spoilt_ || event.kind == ToneEventKind::kConfirmed;
      } else if (event.tone != ToneId::kDialtone) {
        namedMs_ = event.startMs;
        spoilt_ = candidate_.startMs != kNever;
      }
      return;
    case ToneEventKind::kEnded:
      namedMs_ = kNever;
      return;
  }
}

void BeepDetector::onSegmentEnd(const ToneSegment& s, const VoiceHistory& history) {
  BeepSurroundings around;
  float shape = kNoBeep;
  if (couldBeBeep(s, s.endMs)) {
    around = surroundingsOf(history, s.dbm0, s.startMs, s.endMs);
    shape = shapeLogOdds(shapeMeasures(s)) + bellLogOdds(s, around);
  }
  const bool known = candidate_.startMs != kNever;
  const bool soon = known && s.startMs - candidate_.endMs <= kNextToneMs;
  if (known && !soon && tones_ == 1 && sameOnceMore(s)) {
    // What goes on like this is a signal of the network.
    candidate_ = {candidate_.startMs, s.endMs, candidate_.hz, s.dbm0};
    spoilt_ = true;
  } else if (soon && shape + bestAroundLogOdds() > 0 && (shape <= shape_ + kMuchBetter || sameOnceMore(s))) {
    ++tones_;
    candidate_.endMs = s.endMs;
    candidate_.dbm0 = std::max(candidate_.dbm0, s.dbm0);
    shape_ = std::max(shape_, shape);
    spoilt_ = spoilt_ || tones_ > kMostTones;
  } else if (shape + bestLogOddsAfter(around) > 0) {
    candidate_ = {isRestOfBefore(s) ? before_.startMs : s.startMs, s.endMs, s.hz[0], s.dbm0};
    toneMs_ = candidate_.ms();
    tones_ = 1;
    shape_ = shape;
    spoilt_ = false;
    const int played = playedBefore(s.startMs);
    melody_ = followsNotes(s) || played >= kTune;
    doubt_ = played == kTune - 1;
  } else if (soon && s.dbm0 > candidate_.dbm0 - kOtherTonesBelowDb && !near(s.hz[0], candidate_.hz)) {
    spoilt_ = true;  // a chord or a long tone goes on from it
  }
  const bool soft = likeSoftNote(s), played = likePlayedNote(s);
  if (played && doubt_ && s.startMs > candidate_.endMs) melody_ = true;
  if (soft || played)
    notes_[static_cast<size_t>(nextNote_++) % notes_.size()] = {s.endMs,     s.hz[0], s.dbm0,
                                                                likeNote(s), soft,    played};
  before_ = {s.startMs, s.endMs, s.hz[0], s.dbm0};
}

// The notes of a melody are about as loud as each other, and most differ in pitch.
bool BeepDetector::followsNotes(const ToneSegment& s) const {
  int soft = 0, sure = 0;
  for (const Note& note : notes_) {
    if (note.endMs == kNever || s.startMs - note.endMs > kMelodyMs || near(s.hz[0], note.hz)) continue;
    if (std::abs(note.dbm0 - s.dbm0) > kNotesDb) continue;
    soft += note.soft ? 1 : 0;
    sure += note.sure ? 1 : 0;
  }
  return sure >= 2 || soft >= 3;
}

// Notes of the seconds before, about as loud as the candidate: softer ones are music behind a beep.
int BeepDetector::playedBefore(int32_t startMs) const {
  return static_cast<int>(std::count_if(notes_.begin(), notes_.end(), [this, startMs](const Note& note) {
    return note.played && note.endMs != kNever && startMs - note.endMs <= kTuneMs &&
           std::abs(note.dbm0 - candidate_.dbm0) <= kNotesDb;
  }));
}

// A loss that nobody marked tore it in two.
bool BeepDetector::isRestOfBefore(const ToneSegment& s) const {
  return before_.startMs != kNever && s.startMs - before_.endMs <= kTornMs &&
         std::abs(s.hz[0] - before_.hz) <= kTornHz * s.hz[0] && std::abs(s.dbm0 - before_.dbm0) <= kTornDb;
}

// The candidate's tone once more, as long and as loud, however well it was heard.
bool BeepDetector::sameOnceMore(const ToneSegment& s) const {
  const int32_t ms = s.endMs - s.startMs;
  return near(s.hz[0], candidate_.hz) && std::abs(ms - toneMs_) <= toneMs_ / 5 &&
         std::abs(s.dbm0 - candidate_.dbm0) <= kOtherTonesBelowDb;
}

bool BeepDetector::poll(const VoiceHistory& history, int32_t speechStartMs, int32_t answerMs, bool audioEnded,
                        Beep& found) {
  if (candidate_.startMs == kNever || open_) return false;
  const int32_t since = history.frames() * kFrameMs - candidate_.endMs;
  const bool speechBefore = speechStartMs != kNever && speechStartMs + kSpeechLeadMs <= candidate_.startMs;
  const bool partOfNamed = namedMs_ != kNever && (!speechBefore || namedMs_ >= speechStartMs);
  const bool beforeAnswer = answerMs == kNever || candidate_.startMs < answerMs + kCutAtAnswerMs;
  if (spoilt_ || melody_ || partOfNamed || beforeAnswer || (callingTone_ && !speechBefore)) {
    if (since > (spoilt_ ? kBusyRepeatMs : kSettleMs)) forget();
    return false;
  }
  const int32_t repeatMs = std::max(doubt_ ? kNextNoteMs : kNextToneMs, repeatsWithinMs(speechBefore));
  const bool cutShort =
      audioEnded && burstOfPlan() == nullptr && since >= (speechBefore ? kBusyRepeatMs : kSlowRepeatMs);
  if (since < repeatMs && !cutShort) return false;
  const BeepSurroundings around =
      surroundingsOf(history, candidate_.dbm0, candidate_.startMs, candidate_.endMs);
  found = candidate_;
  forget();
  const bool likeVowel = found.hz < kVowelHz && found.ms() < kVowelMs;
  if (shape_ + aroundLogOdds(aroundMeasures(around)) < (likeVowel ? kSureOfNoVowel : kSureEnough))
    return false;
  // A machine beeps once. What sounds like beeps again and again is a tune.
  const bool again = saidMs_ != kNever && found.startMs - saidMs_ <= kAgainMs;
  saidMs_ = found.endMs;
  return !again;
}

}  // namespace cpd
