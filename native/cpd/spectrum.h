// Power spectrum of 256 samples (32 ms, Hann window) at 8 kHz: bins of 31.25 Hz.
#pragma once

#include <array>
#include <cstdint>

namespace cpd {

inline constexpr int kSpectrumSamples = 256;
inline constexpr int kSpectrumBins = kSpectrumSamples / 2 + 1;
inline constexpr float kSpectrumBinHz = 8000.0f / kSpectrumSamples;

// Offset from dB relative to full scale (mean square of 1.0 as 0 dB) to dBm0: a sine of 0 dBm0 is 3.14 dB
// below a full-scale sine (G.711 A-law).
inline constexpr float kDbm0OfFullScale = 6.15f;

// Power per bin, scaled so that the sum over bins is the mean square of the samples (1.0 = full scale
// squared).
using PowerSpectrum = std::array<float, kSpectrumBins>;

void powerSpectrum(const int16_t* samples, PowerSpectrum& power);

// Level of a mean square in dBm0; never below -90.
float toDbm0(float meanSquare);

}  // namespace cpd
