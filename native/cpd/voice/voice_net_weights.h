// The weights of the voice network and of the judgement made of it, as scripts/voice-training/train.py wrote
// them.
#pragma once

#include "cpd/voice/voice_features.h"
#include "cpd/voice/voice_net.h"

namespace cpd {

inline constexpr int kStepInputs = 2 * kVoiceInputs;

// Weights are whole numbers of 16 bits, and so is the memory while it is multiplied: sums are exact, and
// twice as many products fit into a vector. train.py sees to it that no sum reaches 2^31, whatever is heard.
inline constexpr float kInputUnit = 1.0f / 65536;                   // of VoiceNetWeights::input
inline constexpr float kMemorySteps = 4096;                         // of the memory, from 0 to 1
inline constexpr float kRecallUnit = 1.0f / (4096 * kMemorySteps);  // VoiceNetWeights::memory is in 1/4096

// Rows by gate: reset, update, new; kVoiceUnits of each. The biases of reset and update are those of the
// input and of the memory together.
struct VoiceNetWeights {
  int16_t input[3 * kVoiceUnits][kStepInputs];
  int16_t memory[3 * kVoiceUnits][kVoiceUnits];
  float inputBias[3 * kVoiceUnits];
  float newBias[kVoiceUnits];  // of the memory's part of the new value
};

// One hidden layer over the figures of the greeting's shape and a network's memory.
struct JudgementWeights {
  static constexpr int kHidden = 32;
  float shape[kHidden][kModelInputs];
  float memory[kHidden][kVoiceUnits];
  float bias[kHidden];
  float machine[kHidden];
  float screening[kHidden];
  float machineBias;
  float screeningBias;
};

extern const VoiceNetWeights kVoiceNetWeights[kVoiceNets];
extern const JudgementWeights kJudgementWeights[kVoiceNets];
// What is taken off a figure of the shape, and what the rest is multiplied with.
extern const float kShapeCentre[kModelInputs], kShapeScale[kModelInputs];

struct VoiceNetKernel {
  // `count` channels: kStepInputs and kVoiceMemory figures of each.
  void (*step)(const int8_t* const* in, float* const* memories, int count);
};

extern const VoiceNetKernel kVoiceNetBaseline, kVoiceNetAvx2, kVoiceNetAvx512;

}  // namespace cpd
