#include "cpd/beep_watch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cpd {
namespace {

constexpr float kLowestHz = 345, kHighestHz = 2500;
constexpr int32_t kShortestMs = 60, kLongestMs = 2050;
constexpr float kVeryPure = 0.985f, kPure = 0.94f, kNoisy = 0.82f;
constexpr float kVowelHz = 750;      // below this vowels come close
constexpr float kVowelRiseMs = 40;   // they swell
constexpr float kPitchHz = 392;      // and below this a voice's pitch and its first overtone
constexpr float kMaxDrift = 0.012f;  // of the frequency
constexpr float kMaxLevelSpreadDb = 12;
constexpr float kFlatDb = 2, kFlatHz = 4;
constexpr float kNoisySpreadDb = 6.5f, kNoisyHz = 13;
constexpr int32_t kChimeMs = 180, kLowMs = 90, kNoisyMs = 160,
                  kSurelyMs = 300;       // shortest of two lines, low ones, in noise
constexpr float kOtherTonesBelowDb = 6;  // what follows at once and is so much softer is background
constexpr float kMinDbm0 = -42;
constexpr int32_t kSpeechLeadMs = 200;   // speech before a beep begins that much earlier
constexpr int32_t kSettleMs = 80;        // after its end: nothing else follows at once
constexpr int32_t kNextBurstMs = 160;    // the tones of a double beep are no further apart
constexpr int32_t kRepeatMs = 760;       // a busy tone would have come again
constexpr int32_t kSlowRepeatMs = 2200;  // and without a greeting before it any progress tone but ringback
constexpr int32_t kMelodyMs = 1300;      // two notes within this before make a melody
constexpr float kSameHz = 0.03f;
constexpr float kStandsOutDb = 5;         // against the 60 ms before it and after it
constexpr float kStandsOutOfWordsDb = 9;  // where it may be a vowel
constexpr float kRingbackHz = 660;        // no ringback is higher ...
constexpr int32_t kRingbackMs = 350;      // ... or its bursts shorter

bool near(float hz, float other) { return std::abs(hz - other) <= kSameHz * other; }

// One line, or the two of a chime, as steady as only a generator is. In noise the purity falls, not the
// steadiness.
bool likeBeep(const ToneSegment& s) {
  const bool ended = s.endMs != kNever;
  const int32_t ms = ended ? s.endMs - s.startMs : kLongestMs;
  if (s.hz[0] < kLowestHz || s.hz[0] > kHighestHz || s.hz[2] != 0 || s.dbm0 < kMinDbm0) return false;
  if (ms < kShortestMs || (ended && ms > kLongestMs)) return false;
  const bool flat = s.levelSpreadDb <= kFlatDb && s.driftHz <= kFlatHz;
  if (s.hz[1] != 0) return s.hz[1] >= kLowestHz && s.purity >= kPure && flat && ms >= kChimeMs;
  if (s.driftHz > std::max(6.0f, kMaxDrift * s.hz[0]) || s.modDepth >= 0.5f) return false;
  if (s.hz[0] < kVowelHz) {
    if (s.riseMs > kVowelRiseMs) return false;
    if (s.purity >= kVeryPure) return ms >= kChimeMs || (flat && ms >= kLowMs && s.hz[0] > kPitchHz);
    return (s.purity >= kPure && flat && ms >= kChimeMs) ||
           (s.purity >= kNoisy && s.driftHz <= kFlatHz && ms >= kSurelyMs);
  }
  if (s.purity >= kVeryPure) return true;  // decaying ones too
  if (s.purity >= kPure) return s.levelSpreadDb <= kMaxLevelSpreadDb && ms >= kLowMs;
  return s.purity >= kNoisy && s.levelSpreadDb <= kNoisySpreadDb && s.driftHz <= kNoisyHz && ms >= kNoisyMs;
}

// A tone of music, which beeps have none of before them.
bool likeNote(const ToneSegment& s) {
  return s.hz[1] == 0 && s.purity >= kPure && s.levelSpreadDb <= 1 && s.driftHz <= 1 && s.modDepth < 0.3f &&
         s.endMs - s.startMs >= kLowMs;
}

}  // namespace

void BeepWatch::start(const TonePlan& plan) {
  *this = BeepWatch();
  for (const Cadence* cadence :
       {&plan.dial, &plan.ringback, &plan.busy, &plan.congestion, &plan.numberUnobtainable}) {
    for (const ToneStep& step : cadence->steps) {
      const float hz = step.hz1;
      if (hz == 0 || step.hz2 != 0 || planTones_ == static_cast<int>(planHz_.size())) continue;
      if (std::none_of(planHz_.begin(), planHz_.begin() + planTones_, [hz](float p) { return near(p, hz); }))
        planHz_[planTones_++] = hz;
    }
  }
}

bool BeepWatch::couldBeProgressTone(float hz, bool speechBefore) const {
  for (int i = 0; i < planTones_; ++i)
    if (near(hz, planHz_[i])) return true;
  if (speechBefore) return hz > 395 && hz < 455;  // the progress tone of most countries
  return hz < 660 || near(hz, 1100) || near(hz, 2100) || near(hz, 950) || near(hz, 1400);
}

void BeepWatch::onTone(const ToneEvent& event) {
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
    case ToneEventKind::kSegmentEnd: {
      const bool ended = event.kind == ToneEventKind::kSegmentEnd;
      const ToneSegment& s = event.segment;
      open_ = !ended;
      const bool fits = likeBeep(s);
      if (candidate_.startMs == s.startMs) {
        if (!fits) forget();
      } else if (fits && candidate_.startMs != kNever && s.startMs - candidate_.endMs <= kNextBurstMs) {
        if (!ended) ++bursts_;
      } else if (fits) {
        candidate_ = {s.startMs, kNever, s.hz[0], s.dbm0};
        bursts_ = 1;
        spoilt_ = false;
        melody_ = noteMs_[0] != kNever && s.startMs - noteMs_[0] <= kMelodyMs;
      } else if (candidate_.startMs != kNever && s.startMs - candidate_.endMs <= kNextBurstMs &&
                 s.dbm0 > candidateDbm0_ - kOtherTonesBelowDb && !near(s.hz[0], candidate_.hz)) {
        spoilt_ = true;  // a chord or a long tone goes on from it
      }
      if (candidate_.startMs != kNever && fits) {
        candidateDbm0_ = s.dbm0;
        if (ended) candidate_.endMs = s.endMs;
        if (bursts_ == 1) candidate_.hz = s.hz[0];
      }
      if (ended && likeNote(s)) noteMs_ = {noteMs_[1], s.endMs};
      return;
    }
    case ToneEventKind::kRecognised:
    case ToneEventKind::kConfirmed:
      if (std::strcmp(event.tone, "fax_cng") == 0) {
        callingTone_ = true;  // a single burst after speech is a beep all the same: it would come again
      } else if (std::strcmp(event.tone, "dialtone") != 0) {
        namedMs_ = event.startMs;
        spoilt_ = candidate_.startMs != kNever;
      }
      return;
    case ToneEventKind::kEnded:
      namedMs_ = kNever;
      return;
  }
}

// Quieter before and after: a vowel has consonants for neighbours, a beep has not.
bool BeepWatch::standsAlone(const VoiceHistory& history) const {
  const bool surely = candidate_.endMs - candidate_.startMs >= kSurelyMs;
  const float outDb = surely                     ? kStandsOutDb / 2
                      : candidate_.hz < kVowelHz ? kStandsOutOfWordsDb
                                                 : kStandsOutDb;
  const auto quiet = [&](int from, int to) {
    float sum = 0;
    int n = 0;
    for (int i = std::max(from, history.oldest()); i < std::min(to, history.frames()); ++i, ++n)
      sum += history.at(i).levelDbm0();
    return n == 0 || sum / static_cast<float>(n) <= candidateDbm0_ - outDb;
  };
  const int first = candidate_.startMs / kFrameMs, last = candidate_.endMs / kFrameMs;
  return quiet(first - 4, first - 1) && quiet(last + 2, last + 6);
}

bool BeepWatch::poll(const VoiceHistory& history, int32_t speechStartMs, int32_t answerMs, Beep& found) {
  if (candidate_.startMs == kNever || open_) return false;
  if (candidate_.endMs == kNever) return false;
  const int32_t since = history.frames() * kFrameMs - candidate_.endMs;
  const bool speechBefore = speechStartMs != kNever && speechStartMs + kSpeechLeadMs <= candidate_.startMs;
  const bool partOfNamed = namedMs_ != kNever && (!speechBefore || namedMs_ >= speechStartMs);
  const bool beforeAnswer = answerMs == kNever || candidate_.startMs < answerMs;
  const bool rings =
      !speechBefore && candidate_.hz < kRingbackHz && candidate_.endMs - candidate_.startMs >= kRingbackMs;
  if (spoilt_ || melody_ || partOfNamed || beforeAnswer || rings || (callingTone_ && !speechBefore)) {
    if (since > kSettleMs) forget();
    return false;
  }
  const bool wait = couldBeProgressTone(candidate_.hz, speechBefore) && bursts_ == 1;
  const int32_t repeatMs = speechBefore ? kRepeatMs : kSlowRepeatMs;
  if (since < (wait ? repeatMs : kNextBurstMs)) return false;
  if (!standsAlone(history)) {
    forget();
    return false;
  }
  found = candidate_;
  found.dbm0 = candidateDbm0_;
  forget();
  return true;
}

}  // namespace cpd
