#include "cpd/tone_spectrum.h"

#include <cmath>
#include <numbers>

namespace cpd {

namespace {

constexpr int kPoints = kToneWindowSamples / 2;  // of the complex transform: even samples real, odd imaginary
constexpr int kStages = 8;
static_assert(1 << kStages == kPoints);

// Built once, never changed.
struct Tables {
  std::array<float, kToneWindowSamples> window;
  std::array<float, kPoints> cosine, sine;  // one stage after the other: 1, 2, 4 ... 128 factors
  std::array<float, kPoints / 2 + 1> splitCos, splitSin;
  std::array<uint8_t, kPoints> reversed;

  Tables() {
    constexpr double kTurn = 2 * std::numbers::pi;
    for (int i = 0; i < kToneWindowSamples; ++i)
      window[i] = static_cast<float>(0.5 - 0.5 * std::cos(kTurn * i / kToneWindowSamples));
    int at = 0;
    for (int span = 1; span < kPoints; span *= 2) {
      for (int k = 0; k < span; ++k, ++at) {
        cosine[at] = static_cast<float>(std::cos(kTurn * k / (2 * span)));
        sine[at] = static_cast<float>(-std::sin(kTurn * k / (2 * span)));
      }
    }
    for (int k = 0; k <= kPoints / 2; ++k) {
      splitCos[k] = static_cast<float>(std::cos(kTurn * k / kToneWindowSamples));
      splitSin[k] = static_cast<float>(-std::sin(kTurn * k / kToneWindowSamples));
    }
    for (int k = 0; k < kPoints; ++k) {
      int r = 0;
      for (int bit = 0; bit < kStages; ++bit) r |= (k >> bit & 1) << (kStages - 1 - bit);
      reversed[k] = static_cast<uint8_t>(r);
    }
  }
};

const Tables kTables;

void transform(float* re, float* im) {
  const float* cosine = kTables.cosine.data();
  const float* sine = kTables.sine.data();
  for (int span = 1; span < kPoints; span *= 2) {
    for (int base = 0; base < kPoints; base += 2 * span) {
      float* const ar = re + base;
      float* const ai = im + base;
      float* const br = ar + span;
      float* const bi = ai + span;
      for (int k = 0; k < span; ++k) {
        const float xr = br[k] * cosine[k] - bi[k] * sine[k];
        const float xi = br[k] * sine[k] + bi[k] * cosine[k];
        br[k] = ar[k] - xr;
        bi[k] = ai[k] - xi;
        ar[k] += xr;
        ai[k] += xi;
      }
    }
    cosine += span;
    sine += span;
  }
}

// Everything counts from 156 Hz up, so that hum and offset do not. Lines are looked for where tones are.
constexpr int kFirstBin = 10;
constexpr int kFirstLineBin = 16;  // 250 Hz
constexpr int kLastLineBin = 160;  // 2500 Hz
constexpr int kLobe = 3;           // bins on each side that belong to a line
constexpr int kChain = 4;          // next peak this near is the same line: beat or sideband
constexpr int kChainSpan = 7;
constexpr float kChainShare = 0.04f;  // of the strongest peak's power: 14 dB below
constexpr float kTwistShare = 0.08f;  // 11 dB below the strongest line: 8 dB must be heard, 12 must not
constexpr float kTonalPurity = 0.72f;

bool isPeak(const TonePower& power, int k) { return power[k] > power[k - 1] && power[k] >= power[k + 1]; }

struct Cluster {
  int low, high;
};

Cluster growCluster(const TonePower& power, int peak) {
  const float floor = power[peak] * kChainShare;
  Cluster cluster{peak, peak};
  for (bool grew = true; grew;) {
    grew = false;
    for (int k = cluster.high + kChain; k > cluster.high + 1; --k) {
      if (k - cluster.low <= kChainSpan && k < kLastLineBin + kChain && isPeak(power, k) &&
          power[k] > floor) {
        cluster.high = k;
        grew = true;
        break;
      }
    }
    for (int k = cluster.low - kChain; k < cluster.low - 1; ++k) {
      if (cluster.high - k <= kChainSpan && k > kFirstBin && isPeak(power, k) && power[k] > floor) {
        cluster.low = k;
        grew = true;
        break;
      }
    }
  }
  return {cluster.low - kLobe, cluster.high + kLobe};
}

}  // namespace

void toneSpectrum(const int16_t* samples, TonePower& power) {
  alignas(64) float re[kPoints], im[kPoints];
  for (int i = 0; i < kPoints; ++i) {
    const int from = 2 * kTables.reversed[i];
    re[i] = static_cast<float>(samples[from]) * kTables.window[from];
    im[i] = static_cast<float>(samples[from + 1]) * kTables.window[from + 1];
  }
  transform(re, im);
  // One-sided, so bins count twice; 3/8 is the mean square of the window.
  constexpr float kScale =
      2.0f / (0.375f * static_cast<float>(kToneWindowSamples) * static_cast<float>(kToneWindowSamples));
  power[0] = 0.5f * kScale * (re[0] + im[0]) * (re[0] + im[0]);
  for (int k = 1; k <= kPoints / 2; ++k) {
    const int m = kPoints - k;
    const float evenRe = 0.5f * (re[k] + re[m]), evenIm = 0.5f * (im[k] - im[m]);
    const float oddRe = 0.5f * (im[k] + im[m]), oddIm = 0.5f * (re[m] - re[k]);
    const float turnedRe = oddRe * kTables.splitCos[k] - oddIm * kTables.splitSin[k];
    const float turnedIm = oddRe * kTables.splitSin[k] + oddIm * kTables.splitCos[k];
    const float aRe = evenRe + turnedRe, aIm = evenIm + turnedIm;
    const float bRe = evenRe - turnedRe, bIm = evenIm - turnedIm;
    power[k] = kScale * (aRe * aRe + aIm * aIm);
    power[m] = kScale * (bRe * bRe + bIm * bIm);
  }
}

float meanSquareDbm0(float meanSquare) {
  constexpr float kOffsetDb = 6.15f - 90.309f;  // 20 log10(32768)
  return meanSquare < 1e-2f ? -99.0f : 10.0f * std::log10(meanSquare) + kOffsetDb;
}

ToneFrame measureLines(const TonePower& power) {
  ToneFrame frame;
  float total = 0;
  for (int k = kFirstBin; k < kToneBins; ++k) total += power[k];
  frame.dbm0 = meanSquareDbm0(total);
  if (frame.dbm0 < kToneFloorDbm0) return frame;

  Cluster taken[3] = {};
  float inLines = 0, strongest = 0;
  for (int line = 0; line < 3; ++line) {
    int peak = 0;
    float best = 0;
    for (int k = kFirstLineBin; k <= kLastLineBin; ++k) {
      if (power[k] <= best) continue;
      bool free = true;
      for (int i = 0; i < line; ++i) free = free && (k < taken[i].low || k > taken[i].high);
      if (!free) continue;
      best = power[k];
      peak = k;
    }
    if (peak == 0) break;
    Cluster cluster = growCluster(power, peak);
    for (int i = 0; i < line; ++i) {  // a lobe ends where that of a stronger line begins
      if (cluster.low <= taken[i].high && cluster.high > taken[i].high) cluster.low = taken[i].high + 1;
      if (cluster.high >= taken[i].low && cluster.low < taken[i].low) cluster.high = taken[i].low - 1;
    }
    float sum = 0, moment = 0;
    for (int k = cluster.low; k <= cluster.high; ++k) {
      sum += power[k];
      moment += power[k] * static_cast<float>(k);
    }
    if (line == 0) strongest = sum;
    if (sum < strongest * kTwistShare || meanSquareDbm0(sum) < kToneFloorDbm0) break;
    taken[line] = cluster;
    inLines += sum;
    frame.lines[line] = {moment / sum * kToneBinHz, meanSquareDbm0(sum)};
    frame.count = line + 1;
  }
  frame.purity = inLines / total;
  frame.tonal = frame.count > 0 && frame.purity >= kTonalPurity;
  return frame;
}

}  // namespace cpd
