// Names a rhythm of tone bursts by the cadences of the tone plans.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cpd/tone_plan.h"
#include "cpd/tone_receiver.h"

namespace cpd {

// Bits, so that one cadence can carry several meanings.
enum ToneName : uint8_t {
  kNameDial = 1,
  kNameRingback = 2,
  kNameBusy = 4,
  kNameCongestion = 8,
  kNameUnobtainable = 16,
  kNameInfo = 32,
};

// Frequencies as the front end hears them: close pairs and modulated carriers are one line.
struct HeardTone {
  int count = 0;
  float hz[3] = {0, 0, 0};      // rising
  float spread[3] = {0, 0, 0};  // distance of the pair or of the sideband, by which the centre may shift

  // Each frequency within `toleranceHz` or `share` of it, whichever is more.
  bool matches(const float (&heard)[3], float toleranceHz, float share) const;
};

struct CadenceElement {
  HeardTone tone;
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

class ToneSet {
 public:
  ToneSet(const TonePlan& own, std::span<const TonePlan> others);
  std::span<const CadencePattern> own() const { return {patterns_.data(), own_}; }
  std::span<const CadencePattern> others() const { return std::span(patterns_).subspan(own_); }
  const CadencePattern& at(size_t index) const { return patterns_[index]; }

 private:
  void addPlan(const TonePlan& plan, size_t from, bool withInfo);

  std::vector<CadencePattern> patterns_;
  size_t own_ = 0;
};

struct ToneBurst {
  int32_t startMs = 0;
  int32_t endMs = kNever;
  float hz[3] = {0, 0, 0};
  float dbm0 = -99;
  float modHz = 0;
  float purity = 0;
  float gapDbm0 = -99;   // mean level of the gap before it
  bool clipped = false;  // its start was not heard

  int32_t lasted(int32_t nowMs) const { return (endMs == kNever ? nowMs : endMs) - startMs; }
};

struct CadenceAnswer {
  uint8_t names = 0;  // 0: nothing
  uint8_t ambiguous = 0;
  bool own = false;
  int intervals = 0;  // bursts and gaps that agree
  float confidence = 0;
  int32_t startMs = kNever;  // of the first burst that agrees
  int32_t longestGapMs = 0;  // a gap beyond this ends the tone
};

// `bursts`: oldest first, the last one may be open. `gapDbm0`: mean level since the last one ended.
CadenceAnswer matchCadence(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0,
                           int32_t nowMs);

// For a beat or modulation that only the plan's ringback has: known by one burst, or 500 ms of it.
CadenceAnswer matchModulated(const ToneSet& set, const ToneSegment& segment, int32_t nowMs);

// For a tone that lasts: the continuous tone of a plan, once it has lasted longer than any burst it could be.
CadenceAnswer matchContinuous(const ToneSet& set, const ToneSegment& open, int32_t nowMs);

}  // namespace cpd
