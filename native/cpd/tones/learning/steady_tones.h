// The stretches of steady tone in a whole recording.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpd/tones/tone_receiver.h"

namespace cpd {

// In order; edges to about 5 ms, endMs that of the recording where a tone lasts until then. A close pair of
// frequencies is one line here, at their middle. `samples`: 8 kHz, 16 bit linear; what is less than a frame
// at the end is not heard.
std::vector<ToneSegment> steadyTones(std::span<const int16_t> samples);

}  // namespace cpd
