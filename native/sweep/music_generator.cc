#include "sweep/music_generator.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sweep {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kLowestHz = 250, kHighestHz = 3500;  // that the telephone passes
constexpr double kPeak = 8192;
constexpr int kLowestNote = 3,
              kHighestNote = 15;  // of a melody, in steps of the scale above the tonic at 220 to 440 Hz

struct Instrument {
  double attackMs, releaseMs;
  double decayPerS;                // of the amplitude, in e-folds
  double vibratoHz, vibratoDepth;  // depth as a share of the frequency
  double detune;                   // a second voice so much higher; 0: none
  std::array<double, 8> partials;
};

constexpr Instrument kInstruments[] = {
    {8, 40, 3.0, 0, 0, 0, {1, 0.6, 0.35, 0.2, 0.12, 0.08, 0.05, 0.03}},          // plucked
    {3, 60, 1.6, 0, 0, 0.0006, {1, 0.4, 0.25, 0.12, 0.1, 0.05, 0.03, 0.02}},     // struck
    {15, 30, 0, 6.2, 0.002, 0, {1, 0.7, 0.1, 0.5, 0, 0, 0, 0.3}},                // organ
    {60, 80, 0, 5.3, 0.006, 0, {1, 0.25, 0.12, 0.04, 0, 0, 0, 0}},               // blown
    {120, 160, 0, 5.8, 0.004, 0.003, {1, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05}},  // bowed, several
    {4, 12, 0.8, 0, 0, 0.004, {1, 0, 0.33, 0, 0.2, 0, 0.14, 0}},                 // of a computer game
};

void addNote(Sound& to, const Instrument& how, size_t from, double hz, double ms, double gain) {
  const double seconds = (ms + how.releaseMs) / 1000;
  const auto n = std::min(to.size() - std::min(to.size(), from), static_cast<size_t>(seconds * 8000));
  for (const double voice : {1.0, 1 + how.detune}) {
    double phase = 0;
    for (size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) / 8000;
      const double swing = 1 + how.vibratoDepth * std::sin(kTurn * how.vibratoHz * t);
      phase += kTurn * hz * voice * swing / 8000;
      double v = 0;
      for (size_t k = 0; k < how.partials.size(); ++k) {
        const double at = hz * static_cast<double>(k + 1);
        if (how.partials[k] > 0 && at > kLowestHz && at < kHighestHz)
          v += how.partials[k] * std::sin(static_cast<double>(k + 1) * phase);
      }
      const double release = std::max(0.0, t * 1000 - ms) / how.releaseMs;
      const double edge = std::min(1.0, t * 1000 / how.attackMs) * std::max(0.0, 1 - release);
      to[from + i] += static_cast<float>(gain * edge * std::exp(-how.decayPerS * t) * v);
    }
    if (how.detune == 0) return;
  }
}

void addDrum(Sound& to, size_t from, double decayPerS, double gain, Random& random) {
  const auto n = std::min(to.size() - std::min(to.size(), from), static_cast<size_t>(2400));
  double low = 0;
  for (size_t i = 0; i < n; ++i) {
    const double noise = random.normal();
    low = 0.7 * low + noise;  // darker than white
    to[from + i] += static_cast<float>(gain * std::exp(-decayPerS * static_cast<double>(i) / 8000) * low);
  }
}

}  // namespace

Sound playMusic(double ms, Random& random) {
  constexpr int kMajor[] = {0, 2, 4, 5, 7, 9, 11}, kMinor[] = {0, 2, 3, 5, 7, 8, 10};
  constexpr int kChords[] = {0, 3, 4, 5, 1};
  Sound x(static_cast<size_t>(ms * kSamplesPerMs), 0.0f);
  const int(&scale)[7] = random.chance(0.6) ? kMajor : kMinor;
  // Most pieces are tuned to 440 Hz, old recordings and instruments are not.
  const double tonicHz =
      (random.chance(0.7) ? 440 : random.between(430, 450)) * std::exp2((random.below(12) - 12) / 12.0);
  const auto hzOf = [&](int degree) {
    const int octave = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
    return tonicHz * std::exp2(octave + scale[degree - 7 * octave] / 12.0);
  };
  const auto any = [&random]() -> const Instrument& {
    return kInstruments[random.below(static_cast<int>(std::size(kInstruments)))];
  };
  const Instrument &bass = any(), &chords = any(), &lead = any();
  const bool hasBass = random.chance(0.6), hasChords = random.chance(0.7), hasDrums = random.chance(0.4);
  const bool hasLead = !hasChords || random.chance(0.8);
  const double beatMs = 60000 / random.between(66, 168);
  const double sparse = random.between(0.1, 0.5);
  int chord = 0, note = 7 + random.below(7);
  const auto at = [](double whenMs) { return static_cast<size_t>(whenMs * kSamplesPerMs); };
  const int beats = static_cast<int>(std::ceil(ms / beatMs));
  for (int beat = 0; beat < beats; ++beat) {
    const double now = beat * beatMs;
    if (beat % 4 == 0) {
      chord = kChords[random.below(5)];
      if (hasChords)
        for (const int third : {0, 2, 4})
          addNote(x, chords, at(now), hzOf(chord + third), beatMs * random.between(2, 3.9), 0.5);
    }
    if (hasBass && beat % 2 == 0) addNote(x, bass, at(now), hzOf(chord - 7), beatMs * 1.6, 0.8);
    if (hasDrums) addDrum(x, at(now), beat % 2 == 0 ? 25 : 60, beat % 2 == 0 ? 0.5 : 0.25, random);
    if (!hasLead) continue;
    const int notes = 1 << random.below(3);
    for (int i = 0; i < notes; ++i) {
      if (random.chance(sparse)) continue;
      note = std::clamp(note + random.below(5) - 2, kLowestNote, kHighestNote);
      const double lengthMs = beatMs / notes;
      addNote(x, lead, at(now + i * lengthMs), hzOf(note), lengthMs * random.between(0.5, 0.98), 1);
    }
  }
  float loudest = 1e-6f;
  for (const float v : x) loudest = std::max(loudest, std::abs(v));
  for (float& v : x) v *= static_cast<float>(kPeak) / loudest;
  return x;
}

}  // namespace sweep
