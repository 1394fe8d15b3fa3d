#include "cpd/tones/cadence/cadence_matcher.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "cpd/tones/cadence/cadence_tolerance.h"

namespace cpd {

namespace {

constexpr float kGapDb = 4;  // a gap is at least this much softer than its burst

constexpr int32_t kEarlyGapMs = 350, kForeignEarlyGapMs = 1500;
constexpr int32_t kLongBurstMs = 600;   // ringback by one burst only if it is this long
constexpr int32_t kSlowPeriodMs = 650;  // E.180: busy is the slow one, congestion the fast one

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
  if ((all & (kPlanBusy | kPlanCongestion)) == (kPlanBusy | kPlanCongestion)) {
    const CadenceElement& element = pattern.elements[0];
    chosen = answer.own || element.onMs + element.offMs >= kSlowPeriodMs ? kPlanBusy : kPlanCongestion;
  }
  answer.names = chosen;
  answer.ambiguous = static_cast<uint8_t>(all & ~chosen);
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
    const Fit fit = fitPattern(kOwnTolerance, pattern, bursts, nowMs);
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
  const bool beats = spread == 0 || std::abs(spread - newest.modHz) <= kRateToleranceHz;
  const uint8_t longNames = kPlanRingback | kPlanUnobtainable;
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
  answer.longestGapMs = bestFit.offMs + kOwnTolerance.slack(bestFit.offMs) + kNoticeMs;
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
    const Fit fit = fitPattern(kForeignTolerance, pattern, bursts, nowMs);
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
                     names == kPlanRingback && pattern.count == 1 && pattern.elements[0].onMs >= kLongBurstMs;
  // Two bursts can be chance; without a plan that says so three are wanted, unless they are long.
  const bool sure = most >= std::max(needed(pattern), pattern.elements[0].onMs >= kLongBurstMs ? 3 : 5);
  if (!sure && !early) return answer;
  answer.names = names;
  settleNames(pattern, answer);
  answer.intervals = most;
  answer.confidence = sure ? confidence(false, answer.ambiguous != 0, most) : 0.4f;
  answer.startMs = best->startMs;
  answer.longestGapMs = best->offMs + kForeignTolerance.slack(best->offMs) + kNoticeMs;
  return answer;
}

}  // namespace

CadenceAnswer matchCadence(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0,
                           int32_t nowMs) {
  if (bursts.empty()) return {};
  int ownIntervals = 0;
  const CadenceAnswer own = matchOwn(set, bursts, gapDbm0, nowMs, ownIntervals);
  if (own.names != 0 || ownIntervals >= 3) return own;
  return matchOthers(set, bursts, gapDbm0, nowMs);
}

bool mayBeOwn(const ToneSet& set, std::span<const ToneBurst> bursts, int32_t nowMs) {
  const auto patterns = set.own();
  return std::any_of(patterns.begin(), patterns.end(), [&](const CadencePattern& pattern) {
    if (!pattern.continuous()) return fitPattern(kOwnTolerance, pattern, bursts, nowMs).possible;
    const ToneBurst& newest = bursts.back();
    return newest.endMs == kNever && newest.ownTones.has(pattern.elements[0].number);
  });
}

}  // namespace cpd
