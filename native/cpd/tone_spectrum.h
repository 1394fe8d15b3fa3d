// The front end of the tone receiver: a 64 ms spectrum and the lines in it.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/tone_receiver.h"

namespace cpd {

inline constexpr int kToneWindowSamples = 512;
inline constexpr int kToneWindowMs = kToneWindowSamples * 1000 / kSampleRateHz;
inline constexpr int kToneBins = kToneWindowSamples / 2;
inline constexpr float kToneBinHz = static_cast<float>(kSampleRateHz) / kToneWindowSamples;

using TonePower = std::array<float, kToneBins>;

// Below this a line is not a tone: the receiver must hear -40 dBm0 and must not hear -48.
inline constexpr float kToneFloorDbm0 = -44;

// Hann window and real transform of 512 samples. Power as ToneReceiver::spectrum() describes it.
void toneSpectrum(const int16_t* samples, TonePower& power);

// The lines of a spectrum. A pair closer than about 65 Hz and a modulated carrier make one line.
ToneFrame measureLines(const TonePower& power);

// dBm0 of a mean square in 16 bit units; -99 for nothing.
float meanSquareDbm0(float meanSquare);

}  // namespace cpd
