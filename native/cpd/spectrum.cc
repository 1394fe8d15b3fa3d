#include "cpd/spectrum.h"

#include <cmath>
#include <numbers>

namespace cpd {
namespace {

constexpr int kHalf = kSpectrumSamples / 2;  // points of the complex transform

// Constant after construction: shared by all channels and threads.
struct Tables {
  std::array<float, kSpectrumSamples> window;
  std::array<float, kHalf> cosine, sine;        // e^(-2 pi i k / 128), k < 64 used by the transform
  std::array<float, kHalf> splitCos, splitSin;  // e^(-2 pi i k / 256)
  std::array<uint8_t, kHalf> reversed;

  Tables() {
    constexpr double kTurn = 2 * std::numbers::pi;
    for (int i = 0; i < kSpectrumSamples; ++i)
      window[i] = static_cast<float>((0.5 - 0.5 * std::cos(kTurn * i / kSpectrumSamples)) / 32768);
    for (int k = 0; k < kHalf; ++k) {
      cosine[k] = static_cast<float>(std::cos(kTurn * k / kHalf));
      sine[k] = static_cast<float>(-std::sin(kTurn * k / kHalf));
      splitCos[k] = static_cast<float>(std::cos(kTurn * k / kSpectrumSamples));
      splitSin[k] = static_cast<float>(-std::sin(kTurn * k / kSpectrumSamples));
      int r = 0;
      for (int bit = 0; bit < 7; ++bit) r |= ((k >> bit) & 1) << (6 - bit);
      reversed[k] = static_cast<uint8_t>(r);
    }
  }
};

const Tables& tables() {
  static const Tables kTables;
  return kTables;
}

}  // namespace

// A real transform of 256 points as a complex one of 128 (even samples real, odd imaginary), then split.
void powerSpectrum(const int16_t* samples, PowerSpectrum& power) {
  const Tables& t = tables();
  float re[kHalf], im[kHalf];
  for (int i = 0; i < kHalf; ++i) {
    const int r = t.reversed[i];
    re[i] = static_cast<float>(samples[2 * r]) * t.window[2 * r];
    im[i] = static_cast<float>(samples[2 * r + 1]) * t.window[2 * r + 1];
  }
  for (int span = 1; span < kHalf; span *= 2) {
    const int step = kHalf / (2 * span);
    for (int base = 0; base < kHalf; base += 2 * span) {
      for (int k = 0; k < span; ++k) {
        const float c = t.cosine[k * step], s = t.sine[k * step];
        const int a = base + k, b = a + span;
        const float xr = re[b] * c - im[b] * s, xi = re[b] * s + im[b] * c;
        re[b] = re[a] - xr;
        im[b] = im[a] - xi;
        re[a] += xr;
        im[a] += xi;
      }
    }
  }
  // One-sided: inner bins count twice. 3/8 is the mean square of the Hann window.
  constexpr float kScale = 1.0f / (kSpectrumSamples * (kSpectrumSamples * 0.375f));
  power[0] = (re[0] + im[0]) * (re[0] + im[0]) * kScale;
  power[kHalf] = (re[0] - im[0]) * (re[0] - im[0]) * kScale;
  for (int k = 1; k < kHalf; ++k) {
    const int m = kHalf - k;
    const float er = 0.5f * (re[k] + re[m]), ei = 0.5f * (im[k] - im[m]);
    const float orr = 0.5f * (im[k] + im[m]), oi = -0.5f * (re[k] - re[m]);
    const float xr = er + orr * t.splitCos[k] - oi * t.splitSin[k];
    const float xi = ei + orr * t.splitSin[k] + oi * t.splitCos[k];
    power[k] = (xr * xr + xi * xi) * (2 * kScale);
  }
}

float toDbm0(float meanSquare) {
  const float db = 10 * std::log10(meanSquare + 1e-12f) + kDbm0OfFullScale;
  return db > -90.0f ? db : -90.0f;
}

}  // namespace cpd
