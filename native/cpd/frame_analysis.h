// What one frame sounds like, before anybody decides what it is: levels, periodicity, tonality, spectrum.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/spectrum.h"
#include "cpd/types.h"

namespace cpd {

// Edges of the voice bands in Hz; about equal steps on the ear's scale within the telephone channel.
inline constexpr std::array<int, 9> kVoiceBandEdgesHz = {200, 450, 700, 1000, 1350, 1800, 2300, 2900, 3500};
inline constexpr int kVoiceBands = static_cast<int>(kVoiceBandEdgesHz.size()) - 1;

// Two bands for each of these and three outside, for what models learn: kFineBandEdgesHz[2 * b + 2] is
// kVoiceBandEdgesHz[b].
inline constexpr std::array<int, 20> kFineBandEdgesHz = {60,   125,  200,  325,  450,  575,  700,
                                                         850,  1000, 1175, 1350, 1575, 1800, 2050,
                                                         2300, 2600, 2900, 3200, 3500, 3900};
inline constexpr int kFineBands = static_cast<int>(kFineBandEdgesHz.size()) - 1;

struct FrameFeatures {
  bool lost = false;            // nothing was heard; the other fields are those of the frame before
  bool digitalSilence = false;  // all samples equal: a muted source or a concealed loss, no line noise
  float levelDbm0 = -90;        // 200 to 3500 Hz
  float voicing = 0;            // 0 to 1, height of the best normalised autocorrelation peak, 70 to 400 Hz
  float pitchHz = 0;
  float peakHz = 0;  // strongest spectral line, interpolated
  float peakDbm0 = -90;
  float purity = 0;      // share of the power (100 to 3900 Hz) within two bins of the strongest line
  float pairPurity = 0;  // the same with the second strongest line too
  std::array<float, kVoiceBands> bandDbm0{};
  std::array<float, kFineBands> fineDbm0{};
};

class FrameAnalyzer {
 public:
  // `samples`: kFrameSamples. The spectrum covers these and the 12 ms before them.
  const FrameFeatures& push(const int16_t* samples);
  const FrameFeatures& pushLost();

 private:
  void measureSpectrum();
  void measurePitch();

  static constexpr int kHistorySamples = 362;  // 45 ms for the pitch, and one on each side
  std::array<int16_t, kHistorySamples> history_{};
  FrameFeatures features_;
};

}  // namespace cpd
