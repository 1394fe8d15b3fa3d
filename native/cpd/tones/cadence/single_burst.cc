#include "cpd/tones/cadence/single_burst.h"

#include <algorithm>
#include <cmath>

#include "cpd/tones/cadence/cadence_tolerance.h"

namespace cpd {

namespace {

constexpr float kModulatedDepth = 0.5f, kModulatedDriftHz = 15;
constexpr int32_t kModulatedMs = 500;
constexpr int32_t kLeastContinuousMs = 600, kForeignContinuousMs = 3200, kUnobtainableMs = 1500;
constexpr float kContinuousShare = 0.8f;  // else it is one of several: a harmonic of hum, a note of a chord
constexpr float kSpreadDb = 4, kWaverDbPerS = 2, kMostWaverDb = 3, kWaveringPurity = 0.97f;
constexpr int32_t kLongestRingMs = 1500;  // of the plans that ring with their dial tone's frequency, but one

// Loudest to softest of a continuous tone. A coder lets the level of a pure one waver, the more the longer.
float spreadDbAt(const ToneSegment& open, int32_t ageMs) {
  const float waversDb = kWaverDbPerS * static_cast<float>(ageMs - kLeastContinuousMs) / 1000;
  return kSpreadDb + (open.purity >= kWaveringPurity ? std::min(waversDb, kMostWaverDb) : 0);
}

// Whether the newest burst comes one gap after another burst of the same tone.
bool follows(std::span<const ToneBurst> bursts, const CadenceElement& element) {
  if (bursts.size() < 2) return false;
  const ToneBurst &before = bursts[bursts.size() - 2], &newest = bursts.back();
  return before.ownTones.has(element.number) &&
         kOwnTolerance.near(newest.startMs - before.endMs, element.offMs);
}

}  // namespace

CadenceAnswer matchModulated(const ToneSet& set, std::span<const ToneBurst> bursts,
                             const ToneSegment& segment, int32_t nowMs) {
  CadenceAnswer answer;
  if (segment.modHz == 0 || segment.modDepth < kModulatedDepth || segment.purity < 0.8f) return answer;
  if (segment.driftHz > kModulatedDriftHz) return answer;
  const bool open = segment.endMs == kNever;
  const int32_t age = (open ? nowMs : segment.endMs) - segment.startMs;
  const CadenceElement* ringing = nullptr;
  for (const CadencePattern& pattern : set.own()) {
    const CadenceElement& element = pattern.elements[0];
    if (element.tone.spread[0] == 0 || std::abs(element.tone.spread[0] - segment.modHz) > kRateToleranceHz)
      continue;
    if (!element.tone.matches(segment.hz, kOwnTolerance.hz, kOwnTolerance.hzShare)) continue;
    if (pattern.names == kPlanRingback)
      ringing = &element;
    else if (open || !pattern.continuous())
      return answer;
  }
  if (open && ringing != nullptr && !follows(bursts, *ringing)) return answer;
  if (ringing == nullptr || age > ringing->onMs + kOwnTolerance.slack(ringing->onMs) + (open ? kNoticeMs : 0))
    return answer;
  if (open ? age < kModulatedMs || ringing->onMs < 2 * kModulatedMs : !kOwnTolerance.near(age, ringing->onMs))
    return answer;
  answer.names = kPlanRingback;
  answer.own = true;
  answer.intervals = 1;
  answer.confidence = 0.7f;
  answer.startMs = segment.startMs;
  answer.longestGapMs = 6000;
  return answer;
}

CadenceAnswer matchContinuous(const ToneSet& set, const ToneSegment& open, int32_t nowMs) {
  const int32_t age = nowMs - open.startMs;
  CadenceAnswer answer;
  if (age < kLeastContinuousMs) return answer;
  const float limit = open.modHz > 0 ? 14 : 8;
  if (open.driftHz > limit || (open.modHz == 0 && open.levelSpreadDb > spreadDbAt(open, age)) ||
      open.purity < 0.8f || open.ownShare < kContinuousShare)
    return answer;
  int32_t longest = 0;
  uint8_t names = 0;
  for (const CadencePattern& pattern : set.own()) {
    for (int i = 0; i < pattern.count; ++i) {
      const CadenceElement& element = pattern.elements[static_cast<size_t>(i)];
      if (!element.tone.matches(open.hz, kOwnTolerance.hz, kOwnTolerance.hzShare)) continue;
      if (open.modDepth >= kModulatedDepth && element.tone.spread[0] == 0)
        continue;  // it beats, this one does not
      if (element.onMs == 0) names |= pattern.names;
      longest = std::max(longest, element.onMs);
    }
  }
  answer.own = names != 0;
  if (names == 0) {
    if (age < kForeignContinuousMs) return answer;
    for (const CadencePattern& pattern : set.others())
      if (pattern.continuous() &&
          pattern.elements[0].tone.matches(open.hz, kForeignTolerance.hz, kForeignTolerance.hzShare))
        names |= pattern.names;
  }
  // Where the plan rings with the same frequency another country's longer ringing must not pass for it.
  if (answer.own && longest > 0) longest = std::max(longest, kLongestRingMs);
  if (age < longest + kOwnTolerance.slack(longest) + kNoticeMs) return answer;
  if (names == kPlanUnobtainable && age < kUnobtainableMs) return answer;
  answer.names = static_cast<uint8_t>(names & -names);
  answer.ambiguous = static_cast<uint8_t>(names & ~answer.names);
  answer.intervals = 1;
  answer.confidence = answer.own ? 0.85f : 0.6f;
  answer.startMs = open.startMs;
  return answer;
}

}  // namespace cpd
