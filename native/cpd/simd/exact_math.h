// Logarithms, powers and the like for single figures: the same to the last bit on every machine, which the C
// library's are not (it takes other instructions on other processors). Those of lanes.h.
#pragma once

#include "cpd/simd/lanes.h"

namespace cpd {

inline float exactLog(float x) { return log(splat(x))[0]; }
inline float exactLog2(float x) { return log2(splat(x))[0]; }
inline float exactLog10(float x) { return log10(splat(x))[0]; }
inline float exactExp(float x) { return exp(splat(x))[0]; }
inline float exactTanh(float x) { return tanh(splat(x))[0]; }

// 10^(dB / 10).
inline float powerOfDb(float db) { return exactExp(db * 0.230258509299404568f); }
inline float dbOfPower(float power) { return 10.0f * exactLog10(power); }

// dBm0 of a mean square in 16 bit units; -99 for nothing.
inline float toneDbm0(float meanSquare) {
  constexpr float kOffsetDb = 6.15f - 90.309f;  // 20 log10(32768)
  return meanSquare < 1e-2f ? -99.0f : dbOfPower(meanSquare) + kOffsetDb;
}

}  // namespace cpd
