#include "board/sim/sound/voice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "board/sim/random.h"
#include "cpd/types.h"

namespace board::sim {
namespace {

constexpr double kRate = cpd::kSampleRateHz;

// First three formants of common vowels in Hz, after Peterson and Barney 1952 (adult speakers).
constexpr std::array<std::array<double, 3>, 6> kVowels = {{
    {730, 1090, 2440},  // as in hot
    {530, 1840, 2480},  // head
    {270, 2290, 3010},  // heed
    {570, 840, 2410},   // hawed
    {300, 870, 2240},   // who'd
    {660, 1720, 2410},  // had
}};
constexpr std::array<double, 3> kBandwidthHz = {80, 110, 160};

// Two-pole resonator with unity gain at its peak, roughly.
class Formant {
 public:
  void tune(double hz, double bandwidthHz) {
    const double radius = std::exp(-std::numbers::pi * bandwidthHz / kRate);
    a1_ = 2 * radius * std::cos(2 * std::numbers::pi * hz / kRate);
    a2_ = -radius * radius;
    gain_ = (1 - radius) *
            std::sqrt(1 - 2 * radius * std::cos(4 * std::numbers::pi * hz / kRate) + radius * radius);
  }
  double operator()(double in) {
    const double out = gain_ * in + a1_ * y1_ + a2_ * y2_;
    y2_ = y1_;
    y1_ = out;
    return out;
  }

 private:
  double a1_ = 0, a2_ = 0, gain_ = 0, y1_ = 0, y2_ = 0;
};

class Speaker {
 public:
  explicit Speaker(uint64_t seed) : random_(seed), pitchHz_(random_.between(95, 210)) {}

  void syllable(std::vector<double>& out, double phraseProgress) {
    if (random_.chance(0.5)) hiss(out, random_.whole(40, 90));
    const auto& from = kVowels[random_.next() % kVowels.size()];
    const auto& to = kVowels[random_.next() % kVowels.size()];
    const int32_t samples = random_.whole(90, 190) * 8;
    // Pitch falls through the phrase as in a statement, and is never still: a steady one would be a tone.
    const double base = pitchHz_ * (1.2 - 0.35 * phraseProgress);
    const double bend = random_.between(0.1, 0.2) * (random_.chance(0.7) ? -1 : 1);
    const double pitchFrom = base * (1 - bend);
    const double pitchTo = base * (1 + bend);
    for (int32_t i = 0; i < samples; ++i) {
      const double t = static_cast<double>(i) / samples;
      if (i % 40 == 0) {
        for (size_t f = 0; f < formants_.size(); ++f) {
          formants_[f].tune(std::lerp(from[f], to[f], t), kBandwidthHz[f]);
        }
      }
      phase_ += std::lerp(pitchFrom, pitchTo, t) / kRate;
      double pulse = 0.05 * random_.between(-1, 1);
      if (phase_ >= 1) {
        phase_ += random_.between(-0.03, 0.03) - 1;
        pulse += random_.between(0.9, 1.1);
      }
      const double voiced = formants_[0](pulse) + 0.6 * formants_[1](pulse) + 0.35 * formants_[2](pulse);
      out.push_back(voiced * std::min({1.0, t / 0.15, (1 - t) / 0.25}));
    }
  }

  int32_t whole(int32_t low, int32_t high) { return random_.whole(low, high); }

 private:
  void hiss(std::vector<double>& out, int32_t ms) {
    double last = 0;
    for (int32_t i = 0; i < ms * 8; ++i) {
      const double white = random_.between(-1, 1);
      out.push_back(0.004 * (white - last));  // differences: more highs than lows
      last = white;
    }
  }

  Random random_;
  double pitchHz_;
  double phase_ = 0;
  std::array<Formant, 3> formants_;
};

}  // namespace

std::vector<int16_t> synthesizeVoice(uint64_t seed, int32_t ms, int32_t phraseMs, int32_t pauseMs) {
  Speaker speaker(seed);
  std::vector<double> wave;
  const size_t total = static_cast<size_t>(ms) * 8;
  while (wave.size() < total) {
    const size_t start = wave.size();
    const size_t phrase = std::min(total - start, static_cast<size_t>(phraseMs) * 8);
    while (wave.size() - start < phrase) {
      speaker.syllable(wave, static_cast<double>(wave.size() - start) / static_cast<double>(phrase));
      if (speaker.whole(0, 2) == 0) wave.resize(wave.size() + static_cast<size_t>(speaker.whole(20, 60)) * 8);
    }
    if (wave.size() < total) wave.resize(wave.size() + static_cast<size_t>(pauseMs) * 8);
  }
  double energy = 0;
  for (const double x : wave) energy += x * x;
  // Full scale is +3.14 dBm0; speech peaks stand up to 18 dB above its mean.
  const double scale = 1600 / std::sqrt(energy / static_cast<double>(wave.size()));
  std::vector<int16_t> samples(wave.size());
  std::transform(wave.begin(), wave.end(), samples.begin(), [scale](double x) {
    return static_cast<int16_t>(std::clamp(x * scale, -32768.0, 32767.0));
  });
  return samples;
}

}  // namespace board::sim
