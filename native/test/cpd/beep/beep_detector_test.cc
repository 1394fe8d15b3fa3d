// Beeps of answering machines after a greeting, and tones that are none.
#include <doctest/doctest.h>

#include <cmath>

#include <string>

#include "test/cpd/detector_fixture.h"

using cpd::ObservationKind;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;
using media::beepSignal;
using media::Signal;
using media::SignalStep;

namespace {

// What is heard when this comes 700 ms after a greeting, over noise of the level.
std::vector<cpd::Observation> afterGreeting(const Signal& signal, double ms, double dbm0, double noiseDbm0,
                                            int32_t& startMs) {
  Call call(noiseDbm0);
  call.silence(300).voice("machine-02-en", 2500).silence(700);
  startMs = call.ms();
  call.tone(signal, ms, dbm0).silence(4500);
  cpd::Detector detector;
  detector.start(settings(), cpd::StartAt::kAnswer);
  return hear(detector, call.audio());
}

void checkBeep(const Signal& signal, double ms, double dbm0 = -18, double noiseDbm0 = -65) {
  CAPTURE(ms);
  CAPTURE(noiseDbm0);
  int32_t startMs = 0;
  const auto said = afterGreeting(signal, ms, dbm0, noiseDbm0, startMs);
  CHECK(count(said, ObservationKind::kBeep) == 1);
  if (count(said, ObservationKind::kBeep) == 0) return;
  CHECK(std::abs(first(said, ObservationKind::kBeep)->startMs - startMs) <= 60);
}

void checkNone(const Signal& signal, double ms) {
  int32_t startMs = 0;
  CHECK(count(afterGreeting(signal, ms, -18, -65, startMs), ObservationKind::kBeep) == 0);
}

// One tone after the other, without a gap where `gapMs` is 0.
Signal tones(std::initializer_list<double> hz, double ms, double gapMs = 0) {
  Signal signal;
  for (const double each : hz) {
    SignalStep on, off;
    on.hz[0] = each;
    on.ms = ms;
    off.ms = gapMs;
    signal.steps.push_back(on);
    if (gapMs > 0) signal.steps.push_back(off);
  }
  return signal;
}

}  // namespace

TEST_CASE("beeps are found from 80 ms to 2 s, in noise and gliding") {
  for (const double hz : {420.0, 560.0, 800.0, 1004.0, 1400.0, 2050.0}) {
    CAPTURE(hz);
    checkBeep(beepSignal(hz, 80), 80);
    checkBeep(beepSignal(hz, 380), 380);
    checkBeep(beepSignal(hz, 1900), 1900);
    checkBeep(beepSignal(hz, 400), 400, -18, -28);
  }
  for (const double hz : {700.0, 1300.0, 1800.0}) {
    CAPTURE(hz);
    checkBeep(beepSignal(hz, 250, hz * 0.08), 250);
  }
}

TEST_CASE("double beeps and beeps of two tones count once, from the first") {
  checkBeep(tones({1000, 1000}, 150, 100), 500);
  checkBeep(tones({700, 700, 700}, 100, 80), 540);
  checkBeep(tones({900, 1200}, 200), 400);
  Signal overtones = beepSignal(480, 300);
  overtones.steps[0].hz[1] = 960;
  overtones.steps[0].gainDb[1] = -14;
  checkBeep(overtones, 300);
}

TEST_CASE("what comes again and again is no beep") {
  checkNone(tones({440, 440, 440, 440, 440}, 250, 250), 2500);
  checkNone(tones({400, 400, 400, 400}, 375, 375), 3000);
  checkNone(media::cngSignal(), 8000);
}

TEST_CASE("tunes, keys and information tones are no beeps") {
  checkNone(tones({660, 880, 740, 990, 660, 587, 784}, 180), 1300);
  checkNone(media::dtmfSignal("159D", 100, 80), 800);
  for (const cpd::SitCategory category :
       {cpd::SitCategory::kIC, cpd::SitCategory::kNC1, cpd::SitCategory::kITU})
    checkNone(media::sitSignal(category), 1200);
}

TEST_CASE("a tone that swells and dies like a whistle is no beep") {
  Call call;
  call.silence(300).voice("live-12-en").silence(400);
  std::vector<int16_t> audio = call.audio();
  constexpr size_t kSamples = 3200;
  for (size_t i = 0; i < kSamples; ++i) {
    const double part = static_cast<double>(i) / kSamples, t = static_cast<double>(i) / 8000;
    audio.push_back(static_cast<int16_t>(6000 * std::sin(3.14159 * part) * std::sin(6.28318 * 1150 * t)));
  }
  audio.resize(audio.size() + 24000, static_cast<int16_t>(3));
  cpd::Detector detector;
  detector.start(settings(), cpd::StartAt::kAnswer);
  CHECK(count(hear(detector, audio), ObservationKind::kBeep) == 0);
}
