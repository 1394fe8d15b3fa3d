// Names a rhythm of tone bursts by the cadences of the tone plans.
#pragma once

#include <cstdint>
#include <span>

#include "cpd/tones/cadence/tone_set.h"

namespace cpd {

struct CadenceAnswer {
  uint8_t names = 0;  // 0: nothing
  uint8_t ambiguous = 0;
  bool own = false;
  int intervals = 0;  // bursts and gaps that agree
  float confidence = 0;
  int32_t startMs = kNever;  // of the first burst that agrees
  int32_t longestGapMs = 0;  // a gap beyond this ends the tone
};

// `bursts`: oldest first, recognised by `set`; the last one may be open. `gapDbm0`: mean level since the last
// one ended.
CadenceAnswer matchCadence(const ToneSet& set, std::span<const ToneBurst> bursts, float gapDbm0,
                           int32_t nowMs);

// Whether the newest burst, and the gap so far, can be part of a tone of one's own plan: of a cadence, or of
// a continuous one while it sounds.
bool mayBeOwn(const ToneSet& set, std::span<const ToneBurst> bursts, int32_t nowMs);

}  // namespace cpd
