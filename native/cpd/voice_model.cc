#include "cpd/voice_model.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

#include "cpd/voice_model.inc"

// The weights are the trainer's: a build with other figures must not take them.
static_assert(kInputs == kModelInputs);

float networkLogOdds(const Network& network, const std::array<float, kModelInputs>& x) {
  float sum = network.outputBias;
  for (int h = 0; h < kHidden; ++h) {
    float a = network.hiddenBias[h];
    for (int i = 0; i < kModelInputs; ++i) a += network.hidden[h][i] * x[i];
    sum += network.output[h] * std::tanh(a);
  }
  return sum;
}

}  // namespace

float machineLogOdds(const VoiceFeatures& features) {
  std::array<float, kModelInputs> x = modelInputs(features);
  for (int i = 0; i < kModelInputs; ++i) x[i] = std::clamp((x[i] - kCentre[i]) * kScale[i], -4.0f, 4.0f);
  float sum = 0;
  for (const Network& network : kNetworks) sum += networkLogOdds(network, x);
  return sum / static_cast<float>(std::size(kNetworks));
}

}  // namespace cpd
