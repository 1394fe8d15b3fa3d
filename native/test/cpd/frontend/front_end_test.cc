// The front end on signals whose figures are known: silence, tones, a pair, a keypad, noise, a buzz like a voice.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

#include "cpd/frontend/front_end.h"

namespace {

using cpd::FrontEnd;
using cpd::FrontEndFrame;
using cpd::FrontEndInput;

constexpr int kFrames = 8;  // more than the longest window

// Peak of a sine of this level: 0 dBm0 is 3.14 dB below a full-scale sine.
double amplitude(double dbm0) { return 32767 * std::pow(10.0, (dbm0 - 3.14) / 20); }

using Signal = std::function<double(int sample)>;

Signal sine(double hz, double dbm0) {
  return
      [=](int i) { return amplitude(dbm0) * std::sin(2 * std::numbers::pi * hz * i / cpd::kSampleRateHz); };
}

Signal sum(Signal a, Signal b) {
  return [a = std::move(a), b = std::move(b)](int i) { return a(i) + b(i); };
}

// White up to 4 kHz, of this level in all.
Signal noise(double dbm0) {
  std::mt19937 random(7);
  std::normal_distribution<double> draw(0, amplitude(dbm0) / std::numbers::sqrt2);
  std::vector<double> samples(kFrames * cpd::kFrameSamples);
  for (double& sample : samples) sample = draw(random);
  return [samples](int i) { return samples[static_cast<size_t>(i)]; };
}

// Harmonics of equal strength up to 3400 Hz, as of vocal cords.
Signal buzz(double pitchHz, double dbm0) {
  const int harmonics = static_cast<int>(3400 / pitchHz);
  Signal all = [](int) { return 0.0; };
  for (int k = 1; k <= harmonics; ++k) {
    all = sum(all, sine(k * pitchHz, dbm0 - 10 * std::log10(harmonics)));
  }
  return all;
}

cpd::SampleHistory heard(const Signal& signal) {
  cpd::SampleHistory history;
  for (int frame = 0; frame < kFrames; ++frame) {
    int16_t samples[cpd::kFrameSamples];
    for (int i = 0; i < cpd::kFrameSamples; ++i) {
      samples[i] = static_cast<int16_t>(std::lround(signal(frame * cpd::kFrameSamples + i)));
    }
    history.push(samples);
  }
  return history;
}

FrontEndFrame measure(const cpd::SampleHistory& history, const FrontEnd& frontEnd = FrontEnd()) {
  FrontEndInput in;
  in.ring = history.ring();
  in.end = history.end();
  in.meanSquare = history.meanSquare();
  FrontEndFrame out;
  const FrontEndInput* const from = &in;
  FrontEndFrame* const to = &out;
  frontEnd.measure({&from, 1}, {&to, 1}, true);
  return out;
}

FrontEndFrame measure(const Signal& signal) { return measure(heard(signal)); }

// The band of the features that a frequency is in.
int bandOf(double hz) {
  int band = 0;
  while (hz >= cpd::kVoiceBandEdgesHz[band + 1]) ++band;
  return band;
}

}  // namespace

TEST_CASE("front end: digital silence has no level, no line and no voice") {
  const FrontEndFrame frame = measure([](int) { return 0; });
  CHECK(frame.voice.digitalSilence);
  CHECK(frame.voice.levelDbm0 == doctest::Approx(-90));
  CHECK(frame.voice.voicing == doctest::Approx(0));
  CHECK(frame.tone.count == 0);
  CHECK_FALSE(frame.tone.tonal);
  for (const float band : frame.voice.bandDbm0) CHECK(band <= -90);
}

TEST_CASE("front end: an idle line is heard at the level of its noise, and is no digital silence") {
  const FrontEndFrame frame = measure(noise(-65));
  CHECK_FALSE(frame.voice.digitalSilence);
  // 3300 of 4000 Hz are in the band: 0.8 dB less; a frame of noise varies.
  CHECK(frame.voice.levelDbm0 == doctest::Approx(-65.8).epsilon(0.03));
  CHECK_FALSE(frame.tone.tonal);
  CHECK(frame.voice.purity < 0.3f);
}

TEST_CASE("front end: a tone has its frequency, its level and nothing beside it") {
  for (const double hz : {350.0, 575.0, 1180.0, 1550.0, 2100.0}) {
    for (const double dbm0 : {-3.0, -20.0, -40.0}) {
      CAPTURE(hz);
      CAPTURE(dbm0);
      const FrontEndFrame frame = measure(sine(hz, dbm0));
      REQUIRE(frame.tone.count == 1);
      CHECK(std::abs(frame.tone.lines[0].hz - hz) < 1);
      CHECK(std::abs(frame.tone.lines[0].dbm0 - dbm0) < 0.3);
      CHECK(std::abs(frame.tone.dbm0 - dbm0) < 0.3);
      CHECK(frame.tone.purity > 0.98f);
      CHECK(frame.tone.tonal);
      CHECK(std::abs(frame.voice.levelDbm0 - dbm0) < 0.3);
      CHECK(std::abs(frame.voice.peakHz - hz) < 3);
      CHECK(frame.voice.purity > 0.95f);
      const int band = bandOf(hz);
      for (int other = 0; other < cpd::kVoiceBands; ++other)
        CHECK(frame.voice.bandDbm0[other] <= frame.voice.bandDbm0[band]);
    }
  }
}

TEST_CASE("front end: a line is a tone from the receiver's floor up") {
  CHECK(measure(sine(440, cpd::kToneFloorDbm0 + 1)).tone.tonal);
  CHECK_FALSE(measure(sine(440, cpd::kToneFloorDbm0 - 1)).tone.tonal);
}

TEST_CASE("front end: levels follow the signal dB for dB") {
  const float loud = measure(buzz(120, -12)).voice.levelDbm0;
  const float soft = measure(buzz(120, -32)).voice.levelDbm0;
  CHECK(std::abs(loud - soft - 20) < 0.1f);
}

TEST_CASE("front end: two tones are two lines, a close pair is one") {
  const FrontEndFrame keys = measure(sum(sine(770, -10), sine(1336, -8)));
  REQUIRE(keys.tone.count == 2);
  CHECK(std::abs(keys.tone.lines[0].hz - 1336) < 2);  // the stronger first
  CHECK(std::abs(keys.tone.lines[1].hz - 770) < 2);
  CHECK(std::abs(keys.keypad.rowHz - 770) < 4);
  CHECK(std::abs(keys.keypad.columnHz - 1336) < 4);
  CHECK(keys.keypad.rowPower < keys.keypad.columnPower);
  CHECK(keys.voice.purity < keys.voice.pairPurity);
  CHECK(keys.voice.pairPurity > 0.9f);

  const FrontEndFrame ringback = measure(sum(sine(440, -19), sine(480, -19)));
  REQUIRE(ringback.tone.count == 1);
  CHECK(std::abs(ringback.tone.lines[0].hz - 460) < 10);
  CHECK(std::abs(ringback.tone.lines[0].dbm0 + 16) < 2);  // of both together
}

TEST_CASE("front end: what repeats like vocal cords is voiced and has its pitch, noise is not") {
  for (const double pitch : {100.0, 140.0, 210.0}) {
    CAPTURE(pitch);
    const FrontEndFrame voiced = measure(buzz(pitch, -20));
    CHECK(voiced.voice.voicing > 0.75f);
    CHECK(std::abs(voiced.voice.pitchHz - pitch) < 0.05 * pitch);
    CHECK_FALSE(voiced.tone.tonal);
  }
  CHECK(measure(noise(-20)).voice.voicing < 0.5f);
}

TEST_CASE("front end: a frame is the same to the last bit in any company and by any instruction set") {
  const cpd::SampleHistory history = heard(sum(buzz(130, -20), noise(-45)));
  const FrontEndFrame alone = measure(history);
  const cpd::SampleHistory others = heard(noise(-10));
  for (const cpd::InstructionSet set : cpd::instructionSets()) {
    INFO(cpd::name(set));
    constexpr int kMany = 40;
    std::vector<FrontEndInput> in(kMany);
    std::vector<FrontEndFrame> out(kMany);
    std::vector<const FrontEndInput*> from;
    std::vector<FrontEndFrame*> to;
    for (int i = 0; i < kMany; ++i) {
      const cpd::SampleHistory& of = i == 17 ? history : others;
      in[i].ring = of.ring();
      in[i].end = of.end();
      in[i].meanSquare = of.meanSquare();
      from.push_back(&in[i]);
      to.push_back(&out[i]);
    }
    FrontEnd(set).measure(from, to, true);
    const FrontEndFrame& same = out[17];
    CHECK(same.tone.power == alone.tone.power);
    CHECK(same.voice.levelDbm0 == alone.voice.levelDbm0);
    CHECK(same.voice.voicing == alone.voice.voicing);
    CHECK(same.voice.peakHz == alone.voice.peakHz);
    for (int band = 0; band < cpd::kFineBands; ++band)
      CHECK(same.voice.fineDbm0[band] == alone.voice.fineDbm0[band]);
  }
}
