// What one frame sounds like, before anybody decides what it is: levels, periodicity, tonality, spectrum.
#pragma once

namespace cpd {

// Edges of the voice bands in Hz; about equal steps on the ear's scale within the telephone channel.
inline constexpr int kVoiceBandEdgesHz[] = {200, 450, 700, 1000, 1350, 1800, 2300, 2900, 3500};
inline constexpr int kVoiceBands = 8;

// Two bands for each of these and three outside, for what models learn: kFineBandEdgesHz[2 * b + 2] is
// kVoiceBandEdgesHz[b].
inline constexpr int kFineBandEdgesHz[] = {60,   125,  200,  325,  450,  575,  700,  850,  1000, 1175,
                                           1350, 1575, 1800, 2050, 2300, 2600, 2900, 3200, 3500, 3900};
inline constexpr int kFineBands = 19;

// Offset from dB relative to full scale (mean square of 1.0 as 0 dB) to dBm0: a sine of 0 dBm0 is 3.14 dB
// below a full-scale sine (G.711 A-law).
inline constexpr float kDbm0OfFullScale = 6.15f;

// Levels are those of a spectrum of 32 ms (Hann window), in dBm0, never below -90.
struct FrameFeatures {
  bool lost = false;            // nothing was heard; the other fields say nothing
  bool digitalSilence = false;  // all samples equal: a muted source or a concealed loss, no line noise
  float levelDbm0 = -90;        // 200 to 3500 Hz
  float voicing = 0;            // 0 to 1, height of the best normalised autocorrelation peak, 70 to 400 Hz
  float pitchHz = 0;
  float peakHz = 0;  // strongest spectral line, interpolated
  float peakDbm0 = -90;
  float purity = 0;      // share of the power (100 to 3900 Hz) within two bins of the strongest line
  float pairPurity = 0;  // the same with the second strongest line too
  float bandDbm0[kVoiceBands] = {};
  float fineDbm0[kFineBands] = {};
};

}  // namespace cpd
