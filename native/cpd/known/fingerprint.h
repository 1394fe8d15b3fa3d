// The prints of audio that is there as a whole: a file that is taught, not a call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpd/known/prints.h"

namespace cpd::known {

// From the first sound on, at most kMostPrints. `samples`: 8 kHz, 16 bit linear; the part of a frame at the end is
// left out.
std::vector<Print> fingerprint(std::span<const int16_t> samples);

}  // namespace cpd::known
