// An announcement that begins again is a recording; a person who says something again is none.
#include "cpd/voice/pattern/repetition.h"

#include <doctest/doctest.h>

#include <cmath>

#include <string>
#include <vector>

#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::Call;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

// What a call ended with: the verdict, or what it was corrected to.
Verdict finallyHeard(std::vector<int16_t> audio) {
  audio.resize(audio.size() / cpd::kFrameSamples * cpd::kFrameSamples);
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  const auto said = hear(detector, audio);
  detector.finish();
  const auto* corrected = detector_fixture::first(said, ObservationKind::kCorrection);
  return corrected != nullptr ? corrected->verdict : detector.evidence().verdict;
}

// The announcement twice, the second time softer and elsewhere in the frames.
std::vector<int16_t> twice(const std::string& voice, int ms, double gapMs, double gainDb, double noiseDbm0) {
  Call call(-80);
  call.silence(400).voice(voice, ms);
  std::vector<int16_t> audio = call.audio();
  Call again(-80);
  std::vector<int16_t> second = again.voice(voice, ms).audio();
  const double gain = std::pow(10, gainDb / 20);
  for (int16_t& sample : second) sample = static_cast<int16_t>(gain * sample);
  audio.resize(audio.size() + static_cast<size_t>(gapMs * 8));
  audio.insert(audio.end(), second.begin(), second.end());
  audio.resize(audio.size() + 24000);
  media::NoiseGenerator(3, noiseDbm0).add(audio);
  return audio;
}

}  // namespace

TEST_CASE("an announcement said twice, word for word, is a recording") {
  for (const char* voice : {"machine-02-en", "announcement-1-en"})
    for (const double gapMs : {803.0, 1201.0})
      for (const double gainDb : {0.0, -2.0}) {
        CAPTURE(std::string(voice));
        CAPTURE(gapMs);
        CAPTURE(gainDb);
        const Verdict heard = finallyHeard(twice(voice, 1900, gapMs, gainDb, -55));
        CHECK((heard == Verdict::kMachine || heard == Verdict::kScreening));
      }
}

TEST_CASE("a person who says a word again, twice and three times, stays a person") {
  for (const char* voice : {"live-01-en", "live-04-en", "live-02-en", "live-25-fr"}) {
    for (const double gapMs : {500.0, 900.0, 1300.0}) {
      CAPTURE(std::string(voice));
      CAPTURE(gapMs);
      Call call;
      call.silence(400).voice(voice).silence(gapMs).voice(voice).silence(gapMs).voice(voice).silence(3000);
      CHECK(finallyHeard(call.audio()) == Verdict::kLive);
    }
  }
}

TEST_CASE("a repetition is near at one place only, and long enough") {
  cpd::Repetition same{.distanceDb = 1, .elsewhereDb = 5, .frames = 90};
  CHECK(cpd::isSameRecording(same));
  same.frames = 50;
  CHECK_FALSE(cpd::isSameRecording(same));
  CHECK_FALSE(cpd::isSameRecording({.distanceDb = 2.5f, .elsewhereDb = 9, .frames = 90}));
  CHECK_FALSE(cpd::isSameRecording({.distanceDb = 0.1f, .elsewhereDb = 0.4f, .frames = 90}));  // a tone
  CHECK_FALSE(cpd::isSameRecording({.distanceDb = 2, .elsewhereDb = 3, .frames = 90}));
}
