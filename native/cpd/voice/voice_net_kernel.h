// The voice network in lanes. Compiled once per instruction set by voice_net_*.cc; see lanes.h for the rules.
#include "cpd/simd/lanes.h"
#include "cpd/voice/voice_net_weights.h"

namespace cpd {
inline namespace CPD_LANES_ISA {
namespace {

constexpr int kUnitsAtOnce = 4;
static_assert(kVoiceUnits % kUnitsAtOnce == 0 && kVoiceUnits % 2 == 0 && kStepInputs % 2 == 0);

// What some units' gates hear, whole numbers.
struct GateSums {
  Ints reset[kUnitsAtOnce], update[kUnitsAtOnce], fresh[kUnitsAtOnce];
};

template <int kFigures>
CPD_LANES_INLINE Ints weightPair(const int16_t (*weights)[kFigures], int row, int i) {
  int32_t pair;
  __builtin_memcpy(&pair, weights[row] + 2 * i, sizeof pair);
  return splat(pair);
}

// Products of some units' weights with the figures of a vector, two of 16 bits in each 32: sums that are
// exact in any order (voice_net_weights.h says why they do not overflow).
template <int kFigures>
CPD_LANES_INLINE GateSums multiply(const int16_t (*weights)[kFigures], const Ints* pairs) {
  GateSums sums{};
  for (int i = 0; i < kFigures / 2; ++i) {
#pragma GCC unroll 4
    for (int u = 0; u < kUnitsAtOnce; ++u) {
      sums.reset[u] += multiplyPairs(weightPair(weights, u, i), pairs[i]);
      sums.update[u] += multiplyPairs(weightPair(weights, kVoiceUnits + u, i), pairs[i]);
      sums.fresh[u] += multiplyPairs(weightPair(weights, 2 * kVoiceUnits + u, i), pairs[i]);
    }
  }
  return sums;
}

CPD_LANES_INLINE Floats inputOf(Ints sum, float bias) { return toFloats(sum) * kInputUnit + bias; }
CPD_LANES_INLINE Floats recallOf(Ints sum) { return toFloats(sum) * kRecallUnit; }

CPD_LANES_INLINE void stepNet(const VoiceNetWeights& w, const Ints* inputPairs, Floats* memory) {
  Ints memoryPairs[kVoiceUnits / 2];
  for (int i = 0; i < kVoiceUnits / 2; ++i)
    memoryPairs[i] =
        pairOf(roundToInts(memory[2 * i] * kMemorySteps), roundToInts(memory[2 * i + 1] * kMemorySteps));
  for (int unit = 0; unit < kVoiceUnits; unit += kUnitsAtOnce) {
    const GateSums heard = multiply<kStepInputs>(w.input + unit, inputPairs);
    const GateSums recalled = multiply<kVoiceUnits>(w.memory + unit, memoryPairs);
#pragma GCC unroll 4
    for (int u = 0; u < kUnitsAtOnce; ++u) {
      const float* const bias = w.inputBias + unit + u;
      const Floats reset = sigmoid(inputOf(heard.reset[u], bias[0]) + recallOf(recalled.reset[u]));
      const Floats update =
          sigmoid(inputOf(heard.update[u], bias[kVoiceUnits]) + recallOf(recalled.update[u]));
      const Floats own = recallOf(recalled.fresh[u]) + w.newBias[unit + u];
      const Floats fresh = tanh(inputOf(heard.fresh[u], bias[2 * kVoiceUnits]) + reset * own);
      memory[unit + u] = fresh + update * (memory[unit + u] - fresh);
    }
  }
}

void step(const int8_t* const* in, float* const* memories, int count) {
  for (int at = 0; at < count; at += kLanes) {
    const int used = count - at < kLanes ? count - at : kLanes;
    alignas(64) int32_t inputs[kStepInputs][kLanes];
    alignas(64) float figures[kVoiceMemory][kLanes];
    Ints inputPairs[kStepInputs / 2];
    Floats memory[kVoiceMemory];
    for (int lane = 0; lane < kLanes; ++lane) {
      const int8_t* const from = in[at + (lane < used ? lane : 0)];
      for (int i = 0; i < kStepInputs; ++i) inputs[i][lane] = from[i];
    }
    for (int i = 0; i < kStepInputs / 2; ++i)
      inputPairs[i] = pairOf(loadInts(inputs[2 * i]), loadInts(inputs[2 * i + 1]));
    for (int lane = 0; lane < kLanes; ++lane) {
      const float* const from = memories[at + (lane < used ? lane : 0)];
      for (int i = 0; i < kVoiceMemory; ++i) figures[i][lane] = from[i];
    }
    for (int i = 0; i < kVoiceMemory; ++i) memory[i] = loadFloats(figures[i]);
    for (int net = 0; net < kVoiceNets; ++net)
      stepNet(kVoiceNetWeights[net], inputPairs, memory + net * kVoiceUnits);
    for (int i = 0; i < kVoiceMemory; ++i) store(figures[i], memory[i]);
    for (int lane = 0; lane < used; ++lane)
      for (int i = 0; i < kVoiceMemory; ++i) memories[at + lane][i] = figures[i][lane];
  }
}

}  // namespace
}  // namespace CPD_LANES_ISA
}  // namespace cpd
