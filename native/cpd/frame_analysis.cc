#include "cpd/frame_analysis.h"

#include <algorithm>
#include <cmath>

namespace cpd {
namespace {

constexpr int binOf(int hz) { return static_cast<int>(hz / kSpectrumBinHz + 0.5f); }

constexpr int kToneLowBin = binOf(100);
constexpr int kToneHighBin = binOf(3900);
constexpr int kLineBins = 2;            // a steady line with a Hann window lies within two bins of its peak
constexpr float kPitchFloorDbm0 = -60;  // below this there is nothing to find a pitch in

// Frequency of a line from the powers of its three bins (parabola through the logarithms).
float interpolatedHz(const PowerSpectrum& power, int bin) {
  const float a = std::log(power[bin - 1] + 1e-20f), b = std::log(power[bin] + 1e-20f),
              c = std::log(power[bin + 1] + 1e-20f);
  const float curve = a - 2 * b + c;
  const float offset = curve < -1e-6f ? 0.5f * (a - c) / curve : 0.0f;
  return (static_cast<float>(bin) + std::clamp(offset, -0.5f, 0.5f)) * kSpectrumBinHz;
}

}  // namespace

const FrameFeatures& FrameAnalyzer::push(const int16_t* samples) {
  std::copy(history_.begin() + kFrameSamples, history_.end(), history_.begin());
  std::copy(samples, samples + kFrameSamples, history_.end() - kFrameSamples);
  const auto [low, high] = std::minmax_element(samples, samples + kFrameSamples);
  features_.lost = false;
  features_.digitalSilence = *low == *high;

  measureSpectrum();
  measurePitch();
  return features_;
}

const FrameFeatures& FrameAnalyzer::pushLost() {
  features_.lost = true;
  return features_;
}

void FrameAnalyzer::measureSpectrum() {
  PowerSpectrum power;
  powerSpectrum(history_.data() + kHistorySamples - kSpectrumSamples, power);
  std::array<float, kFineBands> fine;
  for (int b = 0; b < kFineBands; ++b) {
    float sum = 0;
    for (int k = binOf(kFineBandEdgesHz[b]); k < binOf(kFineBandEdgesHz[b + 1]); ++k) sum += power[k];
    fine[b] = sum;
    features_.fineDbm0[b] = toDbm0(sum);
  }
  float voice = 0;
  for (int b = 0; b < kVoiceBands; ++b) {
    const float sum = fine[2 * b + 2] + fine[2 * b + 3];
    voice += sum;
    features_.bandDbm0[b] = toDbm0(sum);
  }
  features_.levelDbm0 = toDbm0(voice);

  float total = 0;
  int peak = kToneLowBin;
  for (int k = kToneLowBin; k <= kToneHighBin; ++k) {
    total += power[k];
    if (power[k] > power[peak]) peak = k;
  }
  const auto around = [&power](int bin) {
    float sum = 0;
    for (int k = std::max(1, bin - kLineBins); k <= std::min(kSpectrumBins - 1, bin + kLineBins); ++k)
      sum += power[k];
    return sum;
  };
  const float line = around(peak);
  int second = -1;
  for (int k = kToneLowBin; k <= kToneHighBin; ++k) {
    if (std::abs(k - peak) <= 2 * kLineBins) continue;
    if (second < 0 || power[k] > power[second]) second = k;
  }
  features_.peakHz = interpolatedHz(power, peak);
  features_.peakDbm0 = toDbm0(line);
  features_.purity = std::min(1.0f, line / (total + 1e-12f));
  features_.pairPurity = std::min(1.0f, (line + around(second)) / (total + 1e-12f));
}

void FrameAnalyzer::measurePitch() {
  features_.voicing = 0;
  features_.pitchHz = 0;
  if (features_.levelDbm0 < kPitchFloorDbm0) return;
  constexpr int kMinLag = 10, kMaxLag = 57;  // 400 to 70 Hz at 4 kHz
  constexpr int kPitchSamples = (kHistorySamples - 2) / 2;
  constexpr int kWindow = kPitchSamples - kMaxLag;
  std::array<float, kPitchSamples> centred;  // at 4 kHz
  float mean = 0;
  for (int i = 0; i < kPitchSamples; ++i) {
    const int16_t* h = history_.data() + 2 * i + 1;
    centred[i] = static_cast<float>(h[-1] + 2 * h[0] + h[1]);
    mean += centred[i];
  }
  mean /= kPitchSamples;
  for (float& v : centred) v -= mean;
  const float* x = centred.data() + kMaxLag;
  float energy = 0;
  for (int i = 0; i < kWindow; ++i) energy += x[i] * x[i];
  if (energy <= 0) return;
  float lagged = 0;
  for (int i = 0; i < kWindow; ++i) lagged += x[i - kMinLag] * x[i - kMinLag];
  std::array<float, kMaxLag - kMinLag + 1> r;
  for (int lag = kMinLag; lag <= kMaxLag; ++lag) {
    float a0 = 0, a1 = 0, a2 = 0, a3 = 0;
    const float* y = x - lag;
    int i = 0;
    for (; i + 3 < kWindow; i += 4) {
      a0 += x[i] * y[i];
      a1 += x[i + 1] * y[i + 1];
      a2 += x[i + 2] * y[i + 2];
      a3 += x[i + 3] * y[i + 3];
    }
    for (; i < kWindow; ++i) a0 += x[i] * y[i];
    r[lag - kMinLag] = (a0 + a1 + a2 + a3) / std::sqrt(energy * std::max(lagged, 0.0f) + 1e-6f);
    if (lag < kMaxLag) lagged += y[-1] * y[-1] - y[kWindow - 1] * y[kWindow - 1];
  }
  // A multiple of the period fits as well as the period: a later peak must be clearly better.
  float best = 0;
  int bestLag = 0;
  for (int i = 1; i + 1 < static_cast<int>(r.size()); ++i) {
    if (r[i] < r[i - 1] || r[i] < r[i + 1] || r[i] <= best * 1.05f) continue;
    best = r[i];
    bestLag = i + kMinLag;
  }
  features_.voicing = std::clamp(best, 0.0f, 1.0f);
  features_.pitchHz = bestLag ? 4000.0f / static_cast<float>(bestLag) : 0;
}

}  // namespace cpd
