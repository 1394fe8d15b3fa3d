// Names a tone by a single burst: by its modulation, or because it lasts.
#pragma once

#include <cstdint>
#include <span>

#include "cpd/tones/cadence/cadence_matcher.h"
#include "cpd/tones/tone_segment.h"

namespace cpd {

// For a beat or modulation that only the plan's ringback has: known by one whole burst, or by 500 ms of the
// next one after the right gap. `segment` is the newest of `bursts`.
CadenceAnswer matchModulated(const ToneSet& set, std::span<const ToneBurst> bursts,
                             const ToneSegment& segment, int32_t nowMs);

// For a tone that lasts: the continuous tone of a plan, once it has lasted longer than any burst it could be.
CadenceAnswer matchContinuous(const ToneSet& set, const ToneSegment& open, int32_t nowMs);

}  // namespace cpd
