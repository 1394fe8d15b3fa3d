#include "cpd/tones/cadence/tone_set.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <string>

#include "cpd/tones/cadence/cadence_tolerance.h"

namespace cpd {

namespace {

constexpr float kCloseHz = 65;  // nearer frequencies are heard as one
constexpr float kSpreadShift = 0.32f;

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
      gapMs = std::max(gapMs, longestGapMs(p < own_ ? kOwnTolerance : kForeignTolerance, element));
    }
  }
  for (size_t i = 0; i < tones_.size(); ++i) {
    const HeardTone& tone = tones_[i].tone;
    const float reach = tone.limit(0, kOwnTolerance.hz, kOwnTolerance.hzShare);
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
    if (tone.tone.matches(burst.hz, kOwnTolerance.hz, kOwnTolerance.hzShare)) {
      burst.ownTones.add(number);
      burst.longestGapMs = std::max(burst.longestGapMs, tone.ownGapMs);
    }
    if (!tone.tone.matches(burst.hz, kForeignTolerance.hz, kForeignTolerance.hzShare)) continue;
    burst.otherTones.add(number);
    burst.longestGapMs = std::max(burst.longestGapMs, tone.otherGapMs);
    burst.otherPatterns.addAll(tone.inOthers);
  }
}

void ToneSet::addPlan(const TonePlan& plan, size_t from, bool withInfo) {
  const struct {
    const Cadence& cadence;
    PlanTone name;
    bool wanted;
  } all[] = {
      {plan.dial, kPlanDial, true},
      {plan.ringback, kPlanRingback, true},
      {plan.busy, kPlanBusy, true},
      {plan.congestion, kPlanCongestion, true},
      {plan.numberUnobtainable, kPlanUnobtainable, true},
      {plan.info, kPlanInfo, withInfo},
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

}  // namespace cpd
