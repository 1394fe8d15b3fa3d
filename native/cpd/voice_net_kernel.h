// The voice network in lanes. Compiled once per instruction set by voice_net_*.cc; see lanes.h for the rules.
#include "cpd/lanes.h"
#include "cpd/voice_net_weights.h"

namespace cpd {
inline namespace CPD_LANES_ISA {
namespace {

constexpr int kUnitsAtOnce = 4;
static_assert(kVoiceUnits % kUnitsAtOnce == 0);

// Adds the products of some units' weights with one vector of figures to the sums of each gate.
template <int kFigures>
CPD_LANES_INLINE void multiply(const float (*weights)[kFigures], const Floats* x,
                               Floats (&reset)[kUnitsAtOnce], Floats (&update)[kUnitsAtOnce],
                               Floats (&fresh)[kUnitsAtOnce]) {
  for (int i = 0; i < kFigures; ++i) {
#pragma GCC unroll 4
    for (int u = 0; u < kUnitsAtOnce; ++u) {
      reset[u] += weights[u][i] * x[i];
      update[u] += weights[kVoiceUnits + u][i] * x[i];
      fresh[u] += weights[2 * kVoiceUnits + u][i] * x[i];
    }
  }
}

CPD_LANES_INLINE void stepNet(const VoiceNetWeights& w, const Floats* x, Floats* memory) {
  Floats next[kVoiceUnits];
  for (int unit = 0; unit < kVoiceUnits; unit += kUnitsAtOnce) {
    Floats reset[kUnitsAtOnce], update[kUnitsAtOnce], heard[kUnitsAtOnce], recalled[kUnitsAtOnce];
#pragma GCC unroll 4
    for (int u = 0; u < kUnitsAtOnce; ++u) {
      reset[u] = splat(w.inputBias[unit + u]);
      update[u] = splat(w.inputBias[kVoiceUnits + unit + u]);
      heard[u] = splat(w.inputBias[2 * kVoiceUnits + unit + u]);
      recalled[u] = splat(w.newBias[unit + u]);
    }
    multiply<kStepInputs>(w.input + unit, x, reset, update, heard);
    multiply<kVoiceUnits>(w.memory + unit, memory, reset, update, recalled);
#pragma GCC unroll 4
    for (int u = 0; u < kUnitsAtOnce; ++u) {
      const Floats fresh = tanh(heard[u] + sigmoid(reset[u]) * recalled[u]);
      next[unit + u] = fresh + sigmoid(update[u]) * (memory[unit + u] - fresh);
    }
  }
  for (int u = 0; u < kVoiceUnits; ++u) memory[u] = next[u];
}

void step(const int8_t* const* in, float* const* memories, int count) {
  for (int at = 0; at < count; at += kLanes) {
    const int used = count - at < kLanes ? count - at : kLanes;
    alignas(64) float figures[kVoiceMemory][kLanes];
    Floats x[kStepInputs], memory[kVoiceMemory];
    for (int lane = 0; lane < kLanes; ++lane) {
      const int8_t* const from = in[at + (lane < used ? lane : 0)];
      for (int i = 0; i < kStepInputs; ++i) figures[i][lane] = static_cast<float>(from[i]);
    }
    for (int i = 0; i < kStepInputs; ++i) x[i] = loadFloats(figures[i]);
    for (int lane = 0; lane < kLanes; ++lane) {
      const float* const from = memories[at + (lane < used ? lane : 0)];
      for (int i = 0; i < kVoiceMemory; ++i) figures[i][lane] = from[i];
    }
    for (int i = 0; i < kVoiceMemory; ++i) memory[i] = loadFloats(figures[i]);
    for (int net = 0; net < kVoiceNets; ++net) stepNet(kVoiceNetWeights[net], x, memory + net * kVoiceUnits);
    for (int i = 0; i < kVoiceMemory; ++i) store(figures[i], memory[i]);
    for (int lane = 0; lane < used; ++lane)
      for (int i = 0; i < kVoiceMemory; ++i) memories[at + lane][i] = figures[i][lane];
  }
}

}  // namespace
}  // namespace CPD_LANES_ISA
}  // namespace cpd
