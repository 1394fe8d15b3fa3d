#include "cpd/beep_watch.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cpd/beep_shape.h"

namespace cpd {
namespace {

// A board that hears a line from its answer on hears ringback that the answer cut from there: no machine
// beeps so soon.
constexpr int32_t kCutAtAnswerMs = 100;
constexpr float kOtherTonesBelowDb = 6;  // what follows at once and is so much softer is background
constexpr float kOutOfTonesDb = 10;      // and so is what came just before a low one, where vowels are ...
constexpr int32_t kJustBeforeMs = 25;    // ... if its end is so near
constexpr int32_t kSpeechLeadMs = 200;   // speech before a beep begins that much earlier
constexpr int32_t kSettleMs = 80;        // after its end: nothing else follows at once
constexpr int kMostTones = 4;            // of a beep; more are a melody
constexpr int32_t kNextToneMs = 160;     // the tones of a double beep are no further apart
constexpr int32_t kMelodyMs = 1300;      // two notes within this before make a melody
constexpr float kSameHz = 0.03f;

// Until when a burst that is none of the plan would have come again: busy after a greeting; any progress tone
// but ringback, and ringback, where nobody has spoken.
constexpr int32_t kBusyRepeatMs = 760, kSlowRepeatMs = 2200, kRingRepeatMs = 5200;
constexpr float kLowestProgressHz = 395, kHighestProgressHz = 455;  // of most countries
constexpr float kRingbackHz = 500;                                  // no ringback is higher ...
constexpr int32_t kRingbackMs = 350;                                // ... or its bursts shorter
constexpr float kCngHz = 1100, kCngToleranceHz = 25;
constexpr int32_t kCngMs = 500, kCngToleranceMs = 45, kCngRepeatMs = 3600;

constexpr int32_t kSurelyMs = 300;        // no vowel is so long and so pure
constexpr float kLowHz = 750;             // below it may be a vowel
constexpr float kStandsOutDb = 5;         // against the 60 ms before it and after it
constexpr float kStandsOutOfWordsDb = 9;  // where it may be a vowel
constexpr float kAboveFloorDb = 3;        // no louder than this above the noise is quiet in any case
constexpr int kFloorFrames = 150;         // looked at for the noise

bool near(float hz, float other) { return std::abs(hz - other) <= kSameHz * other; }

float meanDbm0(const VoiceHistory& history, int from, int to) {
  float sum = 0;
  int n = 0;
  for (int i = std::max(from, history.oldest()); i < std::min(to, history.frames()); ++i, ++n)
    sum += history.at(i).levelDbm0();
  return n == 0 ? -90 : sum / static_cast<float>(n);
}

}  // namespace

void BeepWatch::start(const TonePlan& plan) {
  *this = BeepWatch();
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
const BeepWatch::Burst* BeepWatch::burstOfPlan() const {
  for (int i = 0; i < planBurstCount_; ++i) {
    const Burst& burst = planBursts_[static_cast<size_t>(i)];
    const int32_t slackMs = std::max(40, burst.onMs * 15 / 100);
    if (near(candidate_.hz, burst.hz) && std::abs(candidate_.ms() - burst.onMs) <= slackMs) return &burst;
  }
  return nullptr;
}

// How long after its end the candidate would have come again if it were a burst of something else; 0: it is
// like none.
int32_t BeepWatch::repeatsWithinMs(bool speechBefore) const {
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

void BeepWatch::onTone(const ToneEvent& event) {
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
      open_ = true;
      opening_ = likeBeep(event.segment, event.segment.startMs + kSurelyMs);
      return;
    case ToneEventKind::kSegmentEnd:
      open_ = opening_ = false;
      onSegmentEnd(event.segment);
      return;
    case ToneEventKind::kRecognised:
    case ToneEventKind::kConfirmed:
      if (std::strcmp(event.tone, "fax_cng") == 0) {
        // A single burst after speech is a beep all the same: it would come again.
        callingTone_ = true;
        spoilt_ = spoilt_ || event.kind == ToneEventKind::kConfirmed;
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

void BeepWatch::onSegmentEnd(const ToneSegment& s) {
  const bool fits = likeBeep(s, s.endMs) || likeChime(s, s.endMs);
  const bool known = candidate_.startMs != kNever;
  const bool soon = known && s.startMs - candidate_.endMs <= kNextToneMs;
  if (known && !soon && comesAgain(s)) {
    // What goes on like this is a signal of the network.
    candidate_ = {candidate_.startMs, s.endMs, candidate_.hz, s.dbm0};
    spoilt_ = true;
  } else if (fits && soon) {
    ++tones_;
    candidate_.endMs = s.endMs;
    candidate_.dbm0 = std::max(candidate_.dbm0, s.dbm0);
    spoilt_ = spoilt_ || tones_ > kMostTones;
  } else if (fits) {
    candidate_ = {s.startMs, s.endMs, s.hz[0], s.dbm0};
    toneMs_ = candidate_.ms();
    tones_ = 1;
    spoilt_ = false;
    const int32_t note = isCrisp(s) ? noteMs_[0] : softNoteMs_[0];
    melody_ = (note != kNever && s.startMs - note <= kMelodyMs) || growsOutOf(s);
  } else if (soon && s.dbm0 > candidate_.dbm0 - kOtherTonesBelowDb && !near(s.hz[0], candidate_.hz)) {
    spoilt_ = true;  // a chord or a long tone goes on from it
  }
  if (likeNote(s)) noteMs_ = {noteMs_[1], s.endMs};
  if (likeSoftNote(s)) softNoteMs_ = {softNoteMs_[1], s.endMs};
  beforeMs_ = s.endMs;
  beforeDbm0_ = s.dbm0;
}

// Another tone ended where this one begins: parts of one word.
bool BeepWatch::growsOutOf(const ToneSegment& s) const {
  return s.hz[0] < kLowHz && s.endMs - s.startMs < kSurelyMs && beforeMs_ != kNever &&
         s.startMs - beforeMs_ <= kJustBeforeMs && beforeDbm0_ > s.dbm0 - kOutOfTonesDb;
}

// The candidate's tone once more, as long and as loud, however well it was heard.
bool BeepWatch::comesAgain(const ToneSegment& s) const {
  const int32_t ms = s.endMs - s.startMs;
  return near(s.hz[0], candidate_.hz) && tones_ == 1 && std::abs(ms - toneMs_) <= toneMs_ / 5 &&
         std::abs(s.dbm0 - candidate_.dbm0) <= kOtherTonesBelowDb;
}

// Quieter before and after: a vowel has consonants for neighbours, a beep has not.
bool BeepWatch::standsAlone(const VoiceHistory& history) const {
  const float outDb = candidate_.ms() >= kSurelyMs ? kStandsOutDb / 2
                      : candidate_.hz < kLowHz     ? kStandsOutOfWordsDb
                                                   : kStandsOutDb;
  float floorDbm0 = 0;
  for (int at = history.frames() - kFloorFrames; at < history.frames(); at += 4)
    if (at >= history.oldest()) floorDbm0 = std::min(floorDbm0, meanDbm0(history, at, at + 4));
  const float limit = std::max(candidate_.dbm0 - outDb, floorDbm0 + kAboveFloorDb);
  const int first = candidate_.startMs / kFrameMs, last = candidate_.endMs / kFrameMs;
  return meanDbm0(history, first - 4, first - 1) <= limit && meanDbm0(history, last + 2, last + 6) <= limit;
}

bool BeepWatch::poll(const VoiceHistory& history, int32_t speechStartMs, int32_t answerMs, bool audioEnded,
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
  const int32_t repeatMs = std::max(kNextToneMs, repeatsWithinMs(speechBefore));
  const bool cutShort =
      audioEnded && burstOfPlan() == nullptr && since >= (speechBefore ? kBusyRepeatMs : kSlowRepeatMs);
  if (since < repeatMs && !cutShort) return false;
  const bool alone = standsAlone(history);
  found = candidate_;
  forget();
  return alone;
}

}  // namespace cpd
