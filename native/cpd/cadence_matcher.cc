#include "cpd/cadence_matcher.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <string>

namespace cpd {

namespace {

constexpr float kCloseHz = 65;  // nearer frequencies are heard as one
constexpr float kSpreadShift = 0.32f;
constexpr int32_t kNoticeMs = 100;  // a burst is known this long after it began
constexpr float kGapDb = 4;         // a gap is at least this much softer than its burst

constexpr int32_t kEarlyGapMs = 350, kForeignEarlyGapMs = 1500;
constexpr int32_t kLongBurstMs = 600;  // ringback by one burst only if it is this long
constexpr float kRateHz = 4;           // of a beat or modulation
constexpr float kModulatedDepth = 0.5f, kModulatedDriftHz = 15;
constexpr int32_t kModulatedMs = 500;
constexpr int32_t kLeastContinuousMs = 600, kForeignContinuousMs = 3200, kUnobtainableMs = 1500;
constexpr float kContinuousShare = 0.8f;  // else it is one of several: a harmonic of hum, a note of a chord
constexpr float kSpreadDb = 4, kWaverDbPerS = 2, kMostWaverDb = 3, kWaveringPurity = 0.97f;
constexpr int32_t kLongestRingMs = 1500;  // of the plans that ring with their dial tone's frequency, but one
constexpr int32_t kSlowPeriodMs = 650;    // E.180: busy is the slow one, congestion the fast one

struct Tolerance {
  bool own;
  float hz, hzShare;  // the larger counts
  float ms, msShare;

  int32_t slack(int32_t nominal) const {
    return static_cast<int32_t>(std::max(ms, msShare * static_cast<float>(nominal)));
  }
  bool near(int32_t heard, int32_t nominal) const { return std::abs(heard - nominal) <= slack(nominal); }
};

// One's own plan: 10 Hz or 1.5 %, 20 ms or 10 % must be accepted; 25 Hz and 5 %, 60 ms and 30 % refused.
// Among all plans something always fits roughly, so it has to fit better there.
constexpr Tolerance kOwn{true, 15, 0.03f, 50, 0.18f};
constexpr Tolerance kForeign{false, 12, 0.02f, 25, 0.12f};

HeardTone heardTone(const ToneStep& step) {
  float hz[3] = {step.hz1, step.hz2, step.hz3};
  int n = 0;
  while (n < 3 && hz[n] > 0) ++n;
  std::sort(hz, hz + n);
  HeardTone tone;
  for (int i = 0; i < n; ++i) {
    if (tone.count > 0 && hz[i] - hz[i - 1] < kCloseHz) {
      tone.hz[tone.count - 1] = (hz[i] + hz[i - 1]) / 2;
      tone.spread[tone.count - 1] = hz[i] - hz[i - 1];
    } else {
      tone.hz[tone.count] = hz[i];
      tone.spread[tone.count++] = step.modHz;
    }
  }
  return tone;
}

// False for a cadence that is not one of bursts and gaps: played once, or a SIT, or too long.
bool compile(const Cadence& cadence, CadencePattern& pattern) {
  if (cadence.once || cadence.steps.empty() || cadence.steps.front().hz1 == 0) return false;
  for (const ToneStep& step : cadence.steps) {
    if (step.hz1 == 0) {
      pattern.elements[static_cast<size_t>(pattern.count - 1)].offMs += step.ms;
      continue;
    }
    if (pattern.count == CadencePattern::kMost) return false;
    pattern.elements[static_cast<size_t>(pattern.count++)] = {heardTone(step), 0, step.ms, 0};
  }
  const auto& e = pattern.elements;
  const bool sit =
      pattern.count == 3 && e[0].tone.hz[0] > 850 && e[1].tone.hz[0] > 1250 && e[2].tone.hz[0] > 1600;
  if (sit) return false;
  if (pattern.count % 2 == 0) {
    const int half = pattern.count / 2;
    bool twice = true;
    for (int i = 0; i < half; ++i) {
      const CadenceElement &a = e[static_cast<size_t>(i)], &b = e[static_cast<size_t>(i + half)];
      twice = twice && a.onMs == b.onMs && a.offMs == b.offMs && a.tone.hz[0] == b.tone.hz[0];
    }
    if (twice) pattern.count = half;
  }
  return true;
}

// After a burst, until its cadence is refuted.
int32_t longestGapMs(const Tolerance& t, const CadenceElement& element) {
  return element.offMs + t.slack(element.offMs) + kNoticeMs;
}

struct Fit {
  int intervals = 0;
  float error = 0;
  int32_t startMs = kNever;
  int32_t offMs = 0;      // of the element that the last burst is
  bool possible = false;  // the newest burst and gap do not contradict
};

// How far back the bursts agree with the pattern if the newest one is element `phase`.
Fit fitPhase(const Tolerance& t, const CadencePattern& pattern, int phase, std::span<const ToneBurst> bursts,
             int32_t nowMs) {
  Fit fit;
  const ToneBurst& newest = bursts.back();
  const CadenceElement& last = pattern.elements[static_cast<size_t>(phase)];
  const bool own = t.own;
  const auto isTone = [own](const ToneBurst& burst, const CadenceElement& element) {
    return (own ? burst.ownTones : burst.otherTones).has(element.number);
  };
  if (!isTone(newest, last)) return fit;
  const int32_t on = newest.lasted(nowMs);
  const bool open = newest.endMs == kNever;
  const bool partial = open || (newest.clipped && !t.near(on, last.onMs));
  if (partial ? on > last.onMs + t.slack(last.onMs) + (open ? kNoticeMs : 0) : !t.near(on, last.onMs))
    return fit;
  if (!open && nowMs - newest.endMs > longestGapMs(t, last)) return fit;
  fit.possible = true;
  fit.offMs = last.offMs;
  fit.startMs = newest.startMs;
  float error = 0;
  if (!partial) {
    fit.intervals = 1;
    error = std::abs(static_cast<float>(on - last.onMs)) / static_cast<float>(last.onMs);
  }
  int element = phase;
  for (size_t i = bursts.size() - 1; i > 0; --i) {
    element = (element + pattern.count - 1) % pattern.count;
    const CadenceElement& expected = pattern.elements[static_cast<size_t>(element)];
    const ToneBurst &burst = bursts[i - 1], &next = bursts[i];
    const int32_t gap = next.startMs - burst.endMs;
    if (!isTone(burst, expected) || !t.near(gap, expected.offMs) || next.gapDbm0 > burst.dbm0 - kGapDb) break;
    const int32_t burstMs = burst.lasted(nowMs);
    const bool whole = t.near(burstMs, expected.onMs);
    if (!whole && (!burst.clipped || burstMs > expected.onMs)) break;
    if (expected.offMs > 0)
      error += std::abs(static_cast<float>(gap - expected.offMs)) /
               static_cast<float>(std::max(expected.offMs, 100));
    ++fit.intervals;
    fit.startMs = burst.startMs;
    if (!whole) break;
    error += std::abs(static_cast<float>(burstMs - expected.onMs)) / static_cast<float>(expected.onMs);
    ++fit.intervals;
  }
  fit.error = fit.intervals > 0 ? error / static_cast<float>(fit.intervals) : 1;
  return fit;
}

Fit fitPattern(const Tolerance& t, const CadencePattern& pattern, std::span<const ToneBurst> bursts,
               int32_t nowMs) {
  Fit best;
  for (int phase = 0; phase < pattern.count; ++phase) {
    const Fit fit = fitPhase(t, pattern, phase, bursts, nowMs);
    if (!fit.possible) continue;
    if (!best.possible || fit.intervals > best.intervals ||
        (fit.intervals == best.intervals && fit.error < best.error))
      best = fit;
  }
  return best;
}

// Intervals that must agree before the pattern is believed.
int needed(const CadencePattern& pattern) {
  if (pattern.count == 1) return pattern.elements[0].onMs >= 2000 ? 2 : 3;
  return std::min(2 * pattern.count - 1, 5);
}

float confidence(bool own, bool ambiguous, int intervals) {
  const float base = own ? 0.8f : 0.6f;
  return std::min(base + 0.04f * static_cast<float>(std::max(0, intervals - 3)), own ? 0.98f : 0.8f) -
         (ambiguous ? 0.15f : 0.0f);
}

// One name, the other meaning aside.
void settleNames(const CadencePattern& pattern, CadenceAnswer& answer) {
  if (std::popcount(answer.names) == 1) return;
  const uint8_t all = answer.names;
  uint8_t chosen = static_cast<uint8_t>(all & -all);
  if ((all & (kNameBusy | kNameCongestion)) == (kNameBusy | kNameCongestion)) {
    const CadenceElement& element = pattern.elements[0];
    chosen = answer.own || element.onMs + element.offMs >= kSlowPeriodMs ? kNameBusy : kNameCongestion;
  }
  answer.names = chosen;
  answer.ambiguous = static_cast<uint8_t>(all & ~chosen);
}

// Loudest to softest of a continuous tone. A coder lets the level of a pure one waver, the more the longer.
float spreadDbAt(const ToneSegment& open, int32_t ageMs) {
  const float waversDb = kWaverDbPerS * static_cast<float>(ageMs - kLeastContinuousMs) / 1000;
  return kSpreadDb + (open.purity >= kWaveringPurity ? std::min(waversDb, kMostWaverDb) : 0);
}

CadenceAnswer matchOwn(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0, int32_t nowMs,
                       int& bestIntervals) {
  const auto patterns = set.own();
  const CadencePattern* best = nullptr;
  Fit bestFit;
  bool contested = false;  // another meaning explains as much
  bool alone = true;       // no other meaning is possible at all
  for (const CadencePattern& pattern : patterns) {
    if (pattern.continuous()) continue;
    const Fit fit = fitPattern(kOwn, pattern, bursts, nowMs);
    if (!fit.possible) continue;
    if (best == nullptr) {
      best = &pattern;
      bestFit = fit;
      continue;
    }
    alone = false;
    const bool equal = fit.intervals == bestFit.intervals;
    if (equal && fit.intervals > 0 && pattern.count == best->count) {
      if (fit.error < bestFit.error) best = &pattern, bestFit = fit;
    } else if (equal) {
      contested = true;
    } else if (fit.intervals > bestFit.intervals) {
      best = &pattern;
      bestFit = fit;
      contested = false;
    }
  }
  CadenceAnswer answer;
  if (best == nullptr) return answer;
  bestIntervals = bestFit.intervals;
  const ToneBurst& newest = bursts.back();
  const bool closed = newest.endMs != kNever;
  const int32_t gapMs = closed ? nowMs - newest.endMs : 0;
  const bool quiet = gapDbm0 < newest.dbm0 - kGapDb;
  // One burst is little: where the plan has a beat it must beat.
  const float spread = best->elements[0].tone.spread[0];
  const bool beats = spread == 0 || std::abs(spread - newest.modHz) <= kRateHz;
  const uint8_t longNames = kNameRingback | kNameUnobtainable;
  const bool early = alone && beats && closed && quiet && gapMs >= kEarlyGapMs && bestFit.intervals >= 1 &&
                     (best->names & longNames) != 0 && best->count == 1 &&
                     best->elements[0].onMs >= kLongBurstMs;
  const bool sure = bestFit.intervals >= needed(*best) && !contested;
  if (!sure && !early) return answer;
  answer.names = best->names;
  answer.own = true;
  settleNames(*best, answer);
  answer.intervals = bestFit.intervals;
  answer.confidence = sure ? confidence(true, answer.ambiguous != 0, bestFit.intervals) : 0.6f;
  answer.startMs = bestFit.startMs;
  answer.longestGapMs = bestFit.offMs + kOwn.slack(bestFit.offMs) + kNoticeMs;
  return answer;
}

CadenceAnswer matchOthers(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0,
                          int32_t nowMs) {
  const auto patterns = set.others();
  // Those that the newest burst can be part of, and that fit best so far.
  struct Candidate {
    const CadencePattern* pattern;
    float error;
    int32_t startMs, offMs;
  };
  std::array<Candidate, ToneSet::kMostPatterns> candidates;
  size_t n = 0;
  int most = 1;
  bursts.back().otherPatterns.forEach([&](size_t i) {
    const CadencePattern& pattern = patterns[i];
    if (pattern.continuous()) return;
    const Fit fit = fitPattern(kForeign, pattern, bursts, nowMs);
    if (!fit.possible || fit.intervals < most) return;
    if (fit.intervals > most) n = 0;
    most = fit.intervals;
    candidates[n++] = {&pattern, fit.error, fit.startMs, fit.offMs};
  });
  CadenceAnswer answer;
  if (n == 0) return answer;
  const Candidate* best = &candidates[0];
  for (size_t i = 1; i < n; ++i)
    if (candidates[i].error < best->error) best = &candidates[i];
  uint8_t names = 0;
  for (size_t i = 0; i < n; ++i)
    if (candidates[i].error < 1.5f * best->error + 0.03f) names |= candidates[i].pattern->names;

  const CadencePattern& pattern = *best->pattern;
  const ToneBurst& newest = bursts.back();
  const bool closed = newest.endMs != kNever;
  const int32_t gapMs = closed ? nowMs - newest.endMs : 0;
  const bool early = closed && gapDbm0 < newest.dbm0 - kGapDb && gapMs >= kForeignEarlyGapMs &&
                     names == kNameRingback && pattern.count == 1 && pattern.elements[0].onMs >= kLongBurstMs;
  // Two bursts can be chance; without a plan that says so three are wanted, unless they are long.
  const bool sure = most >= std::max(needed(pattern), pattern.elements[0].onMs >= kLongBurstMs ? 3 : 5);
  if (!sure && !early) return answer;
  answer.names = names;
  settleNames(pattern, answer);
  answer.intervals = most;
  answer.confidence = sure ? confidence(false, answer.ambiguous != 0, most) : 0.4f;
  answer.startMs = best->startMs;
  answer.longestGapMs = best->offMs + kForeign.slack(best->offMs) + kNoticeMs;
  return answer;
}

}  // namespace

bool HeardTone::matches(const float (&heard)[3], float toleranceHz, float share) const {
  int n = 0;
  while (n < 3 && heard[n] > 0) ++n;
  if (n != count) return false;
  float sorted[3] = {heard[0], heard[1], heard[2]};
  std::sort(sorted, sorted + n);
  for (int i = 0; i < n; ++i)
    if (std::abs(sorted[i] - hz[i]) > limit(i, toleranceHz, share)) return false;
  return true;
}

float HeardTone::limit(int i, float toleranceHz, float share) const {
  return std::max(toleranceHz, share * hz[i]) + kSpreadShift * spread[i];
}

bool HeardTone::same(const HeardTone& other) const {
  return count == other.count && std::equal(std::begin(hz), std::end(hz), std::begin(other.hz)) &&
         std::equal(std::begin(spread), std::end(spread), std::begin(other.spread));
}

bool CadencePattern::sameCadence(const CadencePattern& other) const {
  if (count != other.count) return false;
  for (int i = 0; i < count; ++i) {
    const CadenceElement &a = elements[static_cast<size_t>(i)], &b = other.elements[static_cast<size_t>(i)];
    if (a.onMs != b.onMs || a.offMs != b.offMs || a.tone.count != b.tone.count) return false;
    for (int k = 0; k < a.tone.count; ++k)
      if (std::abs(a.tone.hz[k] - b.tone.hz[k]) > 1) return false;
  }
  return true;
}

ToneSet::ToneSet(const TonePlan& own, std::span<const TonePlan> others) {
  addPlan(own, 0, true);
  own_ = patterns_.size();
  for (const TonePlan& plan : others) addPlan(plan, own_, false);
  numberTones();
}

void ToneSet::numberTones() {
  if (patterns_.size() - own_ > kMostPatterns)
    throw std::invalid_argument("tone plans: " + std::to_string(patterns_.size() - own_) +
                                " different cadences in all; at most " + std::to_string(kMostPatterns));
  for (size_t p = 0; p < patterns_.size(); ++p) {
    for (int e = 0; e < patterns_[p].count; ++e) {
      CadenceElement& element = patterns_[p].elements[static_cast<size_t>(e)];
      const auto same = std::find_if(tones_.begin(), tones_.end(),
                                     [&](const Tone& other) { return other.tone.same(element.tone); });
      element.number = static_cast<int>(same - tones_.begin());
      if (same == tones_.end()) tones_.push_back({element.tone, {}, kNever, kNever});
      if (tones_.size() > kMostTones)
        throw std::invalid_argument("tone plans: more than " + std::to_string(kMostTones) +
                                    " different tones in all");
      Tone& tone = tones_[static_cast<size_t>(element.number)];
      if (p >= own_) tone.inOthers.add(static_cast<int>(p - own_));
      int32_t& gapMs = p < own_ ? tone.ownGapMs : tone.otherGapMs;
      gapMs = std::max(gapMs, longestGapMs(p < own_ ? kOwn : kForeign, element));
    }
  }
  for (size_t i = 0; i < tones_.size(); ++i) {
    const HeardTone& tone = tones_[i].tone;
    const float reach = tone.limit(0, kOwn.hz, kOwn.hzShare);
    const auto bucketOf = [](float hz) {
      return static_cast<size_t>(std::clamp(hz / kBucketHz, 0.0f, static_cast<float>(kBuckets - 1)));
    };
    for (size_t b = bucketOf(tone.hz[0] - reach); b <= bucketOf(tone.hz[0] + reach); ++b)
      nearby_[b].push_back(static_cast<int>(i));
  }
}

void ToneSet::recognise(ToneBurst& burst) const {
  if (std::equal(std::begin(burst.hz), std::end(burst.hz), std::begin(burst.recognisedHz))) return;
  std::copy(std::begin(burst.hz), std::end(burst.hz), std::begin(burst.recognisedHz));
  burst.ownTones = burst.otherTones = {};
  burst.otherPatterns = {};
  burst.longestGapMs = kNever;
  float lowest = burst.hz[0];
  for (int i = 1; i < 3; ++i)
    if (burst.hz[i] > 0) lowest = std::min(lowest, burst.hz[i]);
  const float bucket = lowest / kBucketHz;
  if (!(lowest > 0) || bucket >= static_cast<float>(kBuckets)) return;
  for (const int number : nearby_[static_cast<size_t>(bucket)]) {
    const Tone& tone = tones_[static_cast<size_t>(number)];
    if (tone.tone.matches(burst.hz, kOwn.hz, kOwn.hzShare)) {
      burst.ownTones.add(number);
      burst.longestGapMs = std::max(burst.longestGapMs, tone.ownGapMs);
    }
    if (!tone.tone.matches(burst.hz, kForeign.hz, kForeign.hzShare)) continue;
    burst.otherTones.add(number);
    burst.longestGapMs = std::max(burst.longestGapMs, tone.otherGapMs);
    burst.otherPatterns.addAll(tone.inOthers);
  }
}

void ToneSet::addPlan(const TonePlan& plan, size_t from, bool withInfo) {
  const struct {
    const Cadence& cadence;
    ToneName name;
    bool wanted;
  } all[] = {
      {plan.dial, kNameDial, true},
      {plan.ringback, kNameRingback, true},
      {plan.busy, kNameBusy, true},
      {plan.congestion, kNameCongestion, true},
      {plan.numberUnobtainable, kNameUnobtainable, true},
      {plan.info, kNameInfo, withInfo},
  };
  for (const auto& one : all) {
    CadencePattern pattern;
    if (!one.wanted || !compile(one.cadence, pattern)) continue;
    pattern.names = one.name;
    const auto same = std::find_if(patterns_.begin() + static_cast<std::ptrdiff_t>(from), patterns_.end(),
                                   [&](const CadencePattern& other) { return other.sameCadence(pattern); });
    if (same == patterns_.end())
      patterns_.push_back(pattern);
    else
      same->names |= pattern.names;
  }
}

// A set is some 30 KB: with one for each channel no cache would hold them, and so all that have the same plan
// share one as long as anybody uses it.
std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own) {
  struct Made {
    TonePlan plan;
    std::weak_ptr<const ToneSet> set;
  };
  static std::mutex mutex;
  static std::vector<Made> all;
  const std::lock_guard lock(mutex);
  std::erase_if(all, [](const Made& made) { return made.set.expired(); });
  for (const Made& made : all)
    if (made.plan == own)
      if (std::shared_ptr<const ToneSet> set = made.set.lock()) return set;
  std::shared_ptr<const ToneSet> set = makeToneSet(own, builtInTonePlans());
  all.push_back({own, set});
  return set;
}

std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own, std::span<const TonePlan> others) {
  return std::make_shared<const ToneSet>(own, others);
}

CadenceAnswer matchCadence(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0,
                           int32_t nowMs) {
  if (bursts.empty()) return {};
  int ownIntervals = 0;
  const CadenceAnswer own = matchOwn(set, bursts, gapDbm0, nowMs, ownIntervals);
  if (own.names != 0 || ownIntervals >= 3) return own;
  return matchOthers(set, bursts, gapDbm0, nowMs);
}

// Whether the newest burst comes one gap after another burst of the same tone.
static bool follows(std::span<const ToneBurst> bursts, const CadenceElement& element) {
  if (bursts.size() < 2) return false;
  const ToneBurst &before = bursts[bursts.size() - 2], &newest = bursts.back();
  return before.ownTones.has(element.number) && kOwn.near(newest.startMs - before.endMs, element.offMs);
}

bool mayBeOwn(const ToneSet& set, std::span<const ToneBurst> bursts, int32_t nowMs) {
  const auto patterns = set.own();
  return std::any_of(patterns.begin(), patterns.end(), [&](const CadencePattern& pattern) {
    if (!pattern.continuous()) return fitPattern(kOwn, pattern, bursts, nowMs).possible;
    const ToneBurst& newest = bursts.back();
    return newest.endMs == kNever && newest.ownTones.has(pattern.elements[0].number);
  });
}

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
    if (element.tone.spread[0] == 0 || std::abs(element.tone.spread[0] - segment.modHz) > kRateHz) continue;
    if (!element.tone.matches(segment.hz, kOwn.hz, kOwn.hzShare)) continue;
    if (pattern.names == kNameRingback)
      ringing = &element;
    else if (open || !pattern.continuous())
      return answer;
  }
  if (open && ringing != nullptr && !follows(bursts, *ringing)) return answer;
  if (ringing == nullptr || age > ringing->onMs + kOwn.slack(ringing->onMs) + (open ? kNoticeMs : 0))
    return answer;
  if (open ? age < kModulatedMs || ringing->onMs < 2 * kModulatedMs : !kOwn.near(age, ringing->onMs))
    return answer;
  answer.names = kNameRingback;
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
      if (!element.tone.matches(open.hz, kOwn.hz, kOwn.hzShare)) continue;
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
      if (pattern.continuous() && pattern.elements[0].tone.matches(open.hz, kForeign.hz, kForeign.hzShare))
        names |= pattern.names;
  }
  // Where the plan rings with the same frequency another country's longer ringing must not pass for it.
  if (answer.own && longest > 0) longest = std::max(longest, kLongestRingMs);
  if (age < longest + kOwn.slack(longest) + kNoticeMs) return answer;
  if (names == kNameUnobtainable && age < kUnobtainableMs) return answer;
  answer.names = static_cast<uint8_t>(names & -names);
  answer.ambiguous = static_cast<uint8_t>(names & ~answer.names);
  answer.intervals = 1;
  answer.confidence = answer.own ? 0.85f : 0.6f;
  answer.startMs = open.startMs;
  return answer;
}

}  // namespace cpd
