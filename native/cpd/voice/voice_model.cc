#include "cpd/voice/voice_model.h"

#include <algorithm>

#include "cpd/simd/exact_math.h"
#include "cpd/voice/voice_net_weights.h"

namespace cpd {
namespace {

constexpr float kFarOut = 4;  // standard deviations; figures further out count as this

void judge(const JudgementWeights& w, const std::array<float, kModelInputs>& x, const float* memory,
           VoiceScore& score) {
  score.machine += w.machineBias;
  score.screening += w.screeningBias;
  for (int h = 0; h < JudgementWeights::kHidden; ++h) {
    float a = w.bias[h];
    for (int i = 0; i < kModelInputs; ++i) a += w.shape[h][i] * x[i];
    for (int u = 0; u < kVoiceUnits; ++u) a += w.memory[h][u] * memory[u];
    a = exactTanh(a);
    score.machine += w.machine[h] * a;
    score.screening += w.screening[h] * a;
  }
}

}  // namespace

VoiceScore scoreVoice(const VoiceFeatures& features, const VoiceMemory& memory) {
  std::array<float, kModelInputs> x = modelInputs(features);
  for (int i = 0; i < kModelInputs; ++i)
    x[i] = std::clamp((x[i] - kShapeCentre[i]) * kShapeScale[i], -kFarOut, kFarOut);
  VoiceScore score{};
  for (int n = 0; n < kVoiceNets; ++n) judge(kJudgementWeights[n], x, memory.data() + n * kVoiceUnits, score);
  score.machine /= kVoiceNets;
  score.screening /= kVoiceNets;
  return score;
}

}  // namespace cpd
