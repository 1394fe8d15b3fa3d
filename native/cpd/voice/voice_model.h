// Live or machine: what the voice network remembers of a greeting and the figures about its shape, together.
//
// The weights in voice_model.inc are written by scripts/voice-training/train.py; README.md there says from
// what.
#pragma once

#include "cpd/voice/voice_features.h"
#include "cpd/voice/voice_net.h"

namespace cpd {

// Log odds: 0 is even, 3 about 95 %.
struct VoiceScore {
  float machine;    // that a recording or a synthetic voice speaks
  float screening;  // that such a voice asks who calls, rather than for a message
};
VoiceScore scoreVoice(const VoiceFeatures& features, const VoiceMemory& memory);

}  // namespace cpd
