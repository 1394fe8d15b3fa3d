// The tones and cadences of the tone plans, made ready for matching.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"
#include "cpd/types.h"

namespace cpd {

// The tones of a plan, as bits: one cadence may be that of several.
enum PlanTone : uint8_t {
  kPlanDial = 1,
  kPlanRingback = 2,
  kPlanBusy = 4,
  kPlanCongestion = 8,
  kPlanUnobtainable = 16,
  kPlanInfo = 32,
};

// Frequencies as the front end hears them: close pairs and modulated carriers are one line.
struct HeardTone {
  int count = 0;
  float hz[3] = {0, 0, 0};      // rising
  float spread[3] = {0, 0, 0};  // distance of the pair or of the sideband, by which the centre may shift

  // Each frequency within `toleranceHz` or `share` of it, whichever is more.
  bool matches(const float (&heard)[3], float toleranceHz, float share) const;
  float limit(int i, float toleranceHz, float share) const;  // distance from hz[i] that matches
  bool same(const HeardTone& other) const;
};

// A set of small numbers.
template <int kMost>
struct NumberSet {
  std::array<uint64_t, (kMost + 63) / 64> words{};

  bool has(int i) const { return (words[static_cast<size_t>(i / 64)] >> (i % 64) & 1) != 0; }
  bool any() const {
    return std::any_of(words.begin(), words.end(), [](uint64_t word) { return word != 0; });
  }
  void add(int i) { words[static_cast<size_t>(i / 64)] |= uint64_t{1} << (i % 64); }
  void addAll(const NumberSet& other) {
    for (size_t w = 0; w < words.size(); ++w) words[w] |= other.words[w];
  }
  template <typename Act>
  void forEach(Act&& act) const {  // rising
    for (size_t w = 0; w < words.size(); ++w)
      for (uint64_t left = words[w]; left != 0; left &= left - 1)
        act(64 * w + static_cast<size_t>(std::countr_zero(left)));
  }
};

struct CadenceElement {
  HeardTone tone;
  int number = 0;    // of that tone in its ToneSet: the same for the same frequencies
  int32_t onMs = 0;  // 0: without end
  int32_t offMs = 0;
};

struct CadencePattern {
  static constexpr int kMost = 6;
  std::array<CadenceElement, kMost> elements{};
  int count = 0;
  uint8_t names = 0;

  bool continuous() const { return count == 1 && elements[0].onMs == 0; }
  bool sameCadence(const CadencePattern& other) const;
};

struct ToneBurst;

class ToneSet {
 public:
  static constexpr int kMostTones = 128, kMostPatterns = 192;
  using Tones = NumberSet<kMostTones>;
  using Patterns = NumberSet<kMostPatterns>;

  // Throws std::invalid_argument when the plans have more tones or cadences than that between them.
  ToneSet(const TonePlan& own, std::span<const TonePlan> others);

  // Notes in the burst which tones of the set it can be, if its frequencies have changed since. Looks only at
  // tones near its lowest frequency, however many there are.
  void recognise(ToneBurst& burst) const;

  std::span<const CadencePattern> own() const { return {patterns_.data(), own_}; }
  std::span<const CadencePattern> others() const { return std::span(patterns_).subspan(own_); }
  const CadencePattern& at(size_t index) const { return patterns_[index]; }

 private:
  struct Tone {
    HeardTone tone;
    Patterns inOthers;  // the patterns of other plans that have it; numbers as in others()
    // The longest gap that may follow it, with its tolerance: in one's own plan and in others; kNever: none.
    int32_t ownGapMs = kNever, otherGapMs = kNever;
  };
  static constexpr float kBucketHz = 32;
  static constexpr size_t kBuckets = 128;

  void addPlan(const TonePlan& plan, size_t from, bool withInfo);
  void numberTones();

  std::vector<CadencePattern> patterns_;
  size_t own_ = 0;
  std::vector<Tone> tones_;
  std::array<std::vector<int>, kBuckets> nearby_;  // tones that a lowest frequency in the bucket may be
};

// Plans made ready for matching: one's own first, then all others as a union. Shared by all channels. The others
// are the built-in plans. The same set for the same plan, from whichever thread, while it is in use.
std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own);
std::shared_ptr<const ToneSet> makeToneSet(const TonePlan& own, std::span<const TonePlan> others);

struct ToneBurst {
  int32_t startMs = 0;
  int32_t endMs = kNever;
  float hz[3] = {0, 0, 0};
  float dbm0 = -99;
  float modHz = 0;
  float purity = 0;
  float gapDbm0 = -99;   // mean level of the gap before it
  bool clipped = false;  // its start was not heard

  // ToneSet::recognise(): what it can be, with the tolerance for one's own plan and with that for others.
  float recognisedHz[3] = {0, 0, 0};
  ToneSet::Tones ownTones, otherTones;
  ToneSet::Patterns otherPatterns;
  int32_t longestGapMs = kNever;  // that may follow it in any cadence that it can be part of

  int32_t lasted(int32_t nowMs) const { return (endMs == kNever ? nowMs : endMs) - startMs; }
};

}  // namespace cpd
