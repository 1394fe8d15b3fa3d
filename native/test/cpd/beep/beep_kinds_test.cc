// Beeps as systems make them: dying away, high, of two tones, soft on a quiet line; and pairs that are none.
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "test/cpd/detector_fixture.h"

using cpd::ObservationKind;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

struct Tone {
  double hz, ms, dbm0;
  double otherHz = 0;
  double riseMs = 4;
  double decayDbPerS = 0;
};

std::vector<int16_t> samplesOf(const Tone& tone) {
  std::vector<int16_t> samples(static_cast<size_t>(tone.ms * 8));
  for (size_t i = 0; i < samples.size(); ++i) {
    const double ms = static_cast<double>(i) / 8, turn = 2 * std::numbers::pi * static_cast<double>(i) / 8000;
    const double edge = std::min({1.0, ms / tone.riseMs, (tone.ms - ms) / 4});
    const double wave = std::sin(turn * tone.hz) + (tone.otherHz > 0 ? std::sin(turn * tone.otherHz) : 0);
    const double gain = std::pow(10, -tone.decayDbPerS * ms / 20000);
    samples[i] = static_cast<int16_t>(std::lround(media::sineAmplitude(tone.dbm0) * gain * edge * wave));
  }
  return samples;
}

// What is heard when the tone comes 800 ms after a greeting.
std::vector<cpd::Observation> afterGreeting(const Tone& tone, double noiseDbm0, int32_t& startMs) {
  Call call(noiseDbm0);
  call.silence(300).voice("machine-02-en", 2500).silence(800);
  startMs = call.ms();
  std::vector<int16_t> audio = call.silence(tone.ms + 4500).audio();
  const std::vector<int16_t> samples = samplesOf(tone);
  for (size_t i = 0; i < samples.size(); ++i) audio[static_cast<size_t>(startMs) * 8 + i] += samples[i];
  cpd::Detector detector;
  detector.start(settings(), cpd::StartAt::kAnswer);
  return hear(detector, audio);
}

void checkBeep(const Tone& tone, double noiseDbm0 = -65) {
  CAPTURE(tone.hz);
  CAPTURE(tone.otherHz);
  CAPTURE(tone.ms);
  CAPTURE(tone.dbm0);
  int32_t startMs = 0;
  const auto said = afterGreeting(tone, noiseDbm0, startMs);
  REQUIRE(count(said, ObservationKind::kBeep) == 1);
  CHECK(std::abs(first(said, ObservationKind::kBeep)->startMs - startMs) <= 60);
}

int beepsOf(const Tone& tone, double noiseDbm0 = -65) {
  int32_t startMs = 0;
  return count(afterGreeting(tone, noiseDbm0, startMs), ObservationKind::kBeep);
}

}  // namespace

TEST_CASE("a tone that dies away at once, as coders leave it, is a beep") {
  for (const double hz : {520.0, 600.0, 740.0, 870.0, 1000.0, 1500.0})
    for (const double decay : {60.0, 120.0})
      checkBeep({.hz = hz, .ms = 190, .dbm0 = -14, .riseMs = 14, .decayDbPerS = decay});
}

TEST_CASE("beeps up to 2,800 Hz") {
  for (const double hz : {2350.0, 2500.0, 2680.0, 2790.0}) {
    checkBeep({.hz = hz, .ms = 160, .dbm0 = -18});
    checkBeep({.hz = hz, .ms = 400, .dbm0 = -18});
  }
}

TEST_CASE("beeps of two tones that are no keys, long and short ones") {
  checkBeep({.hz = 2000, .ms = 187, .dbm0 = -18, .otherHz = 2770});
  checkBeep({.hz = 1800, .ms = 580, .dbm0 = -18, .otherHz = 2530});
  checkBeep({.hz = 440, .ms = 130, .dbm0 = -18, .otherHz = 560});
  checkBeep({.hz = 700, .ms = 300, .dbm0 = -18, .otherHz = 1100});
  // Between the rows and columns of keys, and the two of ringing and dialling tones that no network sounds together.
  checkBeep({.hz = 730, .ms = 150, .dbm0 = -18, .otherHz = 1270});
  checkBeep({.hz = 800, .ms = 300, .dbm0 = -18, .otherHz = 1270});
  checkBeep({.hz = 440, .ms = 300, .dbm0 = -18, .otherHz = 620});
  // 200 Hz apart, as modems key, but not where they do.
  checkBeep({.hz = 1250, .ms = 120, .dbm0 = -18, .otherHz = 1450});
}

TEST_CASE("a beep that is gone within 60 ms") {
  for (const double hz : {650.0, 1100.0, 1900.0})
    checkBeep({.hz = hz, .ms = 200, .dbm0 = -14, .decayDbPerS = 200});
}

TEST_CASE("a note some seconds behind a tune is no beep, and one that comes later is") {
  const auto beepsBehindTune = [](double pauseMs) {
    Call call(-65);
    call.silence(300).voice("machine-02-en", 2500).silence(800);
    size_t at = static_cast<size_t>(call.ms()) * 8;
    std::vector<int16_t> audio = call.silence(12000).audio();
    const auto play = [&audio, &at](double hz, double ms) {
      const std::vector<int16_t> note = samplesOf({.hz = hz, .ms = ms, .dbm0 = -16});
      for (size_t i = 0; i < note.size(); ++i) audio[at + i] += note[i];
      at += note.size();
    };
    for (const double hz : {800.0, 900.0, 700.0, 850.0, 760.0, 1000.0}) play(hz, 120);
    at += static_cast<size_t>(pauseMs * 8);
    play(1100, 200);
    cpd::Detector detector;
    detector.start(settings(), cpd::StartAt::kAnswer);
    return count(hear(detector, audio), ObservationKind::kBeep);
  };
  CHECK(beepsBehindTune(2000) == 0);
  CHECK(beepsBehindTune(5000) == 1);
}

TEST_CASE("a moment of two frequencies that modems key is no beep") {
  for (const double low : {980.0, 1070.0, 1650.0})
    CHECK(beepsOf({.hz = low, .ms = 110, .dbm0 = -18, .otherHz = low + 200}) == 0);
  CHECK(beepsOf({.hz = 1660, .ms = 95, .dbm0 = -18, .otherHz = 1820}) == 0);
  CHECK(beepsOf({.hz = 770, .ms = 300, .dbm0 = -18, .otherHz = 1336}) == 0);  // a key
}

TEST_CASE("a soft beep counts where nothing else is on the line") {
  // The example voice's louder parts are 26 dB above it and more.
  checkBeep({.hz = 1000, .ms = 400, .dbm0 = -40}, -70);
  CHECK(beepsOf({.hz = 1000, .ms = 400, .dbm0 = -40}, -42) == 0);
}
