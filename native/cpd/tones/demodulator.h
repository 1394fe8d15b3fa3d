// One frequency out of a stretch of samples, in blocks of 5 ms.
#pragma once

#include <cstdint>

namespace cpd {

inline constexpr int kDemodulatorBlock = 40;  // samples

// `re`, `im`: of each of the `blocks` blocks from `samples` on, the sum of sample times e^(i phase), the
// phase running on from block to block.
void demodulate(float hz, const float* samples, int blocks, float* re, float* im);

// `count`: a multiple of 8.
void widen(const int16_t* samples, int count, float* to);

// The strongest rate of `lowest` to 60 Hz in an envelope of `count` steps of 5 ms, at most 64. `power`:
// square of its amplitude times half the count, as a Fourier sum gives it.
struct Modulation {
  float hz = 0;
  float power = 0;
};
inline constexpr int kMostEnvelope = 64;
Modulation strongestModulation(const float* envelope, int count, int lowestHz);

// Hann window of `count` points, at most kMostEnvelope, in the middle of its steps.
void hannWindow(int count, float* window);

}  // namespace cpd
