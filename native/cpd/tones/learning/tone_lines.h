// The frequencies of a steady tone, measured over the whole of it: more exact than the detector needs them in
// a call, for tone plans that are learnt from a recording.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cpd {

// A pair 20 Hz apart is told from one tone where the tone lasts 0.2 s.
struct ToneLines {
  std::vector<double> hz;  // rising; of a modulated tone its carrier. None of a stretch below 50 ms
  std::optional<double> modulationHz;  // rate of amplitude modulation
  double share = 0;                    // of the power, in the lines, 0 to 1: 0.94 in noise 12 dB below
};

// `samples`: 8 kHz, 16 bit linear; the stretch in ms from their start.
ToneLines toneLines(std::span<const int16_t> samples, double startMs, double endMs);

// Whether both halves of the stretch have the same frequency, to 1 % or 5 Hz: a vowel glides, a tone does
// not. Halves too short to measure say nothing against it.
bool isSteadyTone(std::span<const int16_t> samples, double startMs, double endMs);

}  // namespace cpd
