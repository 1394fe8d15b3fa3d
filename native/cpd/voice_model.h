// Live or machine, from the figures about a greeting: the mean of a few small networks of one hidden layer.
//
// The weights in voice_model.inc are written by scripts/voice-training/train.ts; README.md there says from
// what.
#pragma once

#include "cpd/voice_features.h"

namespace cpd {

// Log odds that a recording speaks: 0 is even, 3 about 95 %.
float machineLogOdds(const VoiceFeatures& features);

}  // namespace cpd
