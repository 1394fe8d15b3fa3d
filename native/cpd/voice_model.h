// Live or machine, from the figures about a greeting.
#pragma once

#include "cpd/voice_features.h"

namespace cpd {

// Log odds that a recording speaks: 0 is even, 3 about 95 %. `talking`: the speech has not paused yet.
float machineLogOdds(const VoiceFeatures& features, bool talking);

}  // namespace cpd
