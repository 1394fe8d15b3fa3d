// A cadence written in the notation of tone_plan.h; parseCadence reads the same cadence back, bit for bit.
#pragma once

#include <string>

#include "cpd/tones/plan/tone_plan.h"

namespace cpd {

// Empty for an empty cadence.
std::string cadenceNotation(const Cadence& cadence);

}  // namespace cpd
