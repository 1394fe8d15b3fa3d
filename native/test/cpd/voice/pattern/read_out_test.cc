// A number that is read out is a recording; a person who says a word again is none.
#include "cpd/voice/pattern/read_out.h"

#include <doctest/doctest.h>

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

constexpr int kWordMs = 340;
const std::vector<int> kPlaces = {3900, 7800, 750, 2950, 4750, 9350, 9650};

// Words of a recording, one at a time with equal pauses: those that begin at these places of it.
std::vector<int16_t> words(const std::string& voice, const std::vector<int>& atMs, double pauseMs) {
  std::vector<int16_t> recording = media::readWav(std::string(EXAMPLES "/speech/") + voice + ".wav");
  std::vector<int16_t> audio(4000);
  for (const int ms : atMs) {
    const auto from = recording.begin() + ms * 8;
    audio.insert(audio.end(), from, from + kWordMs * 8);
    audio.resize(audio.size() + static_cast<size_t>(pauseMs * 8));
  }
  audio.resize((audio.size() + 24000) / cpd::kFrameSamples * cpd::kFrameSamples);
  media::NoiseGenerator(5, -58).add(audio);
  return audio;
}

struct Heard {
  std::string rule;
  Verdict verdict, finally;
};

Heard heard(const std::vector<int16_t>& audio) {
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  const auto said = hear(detector, audio);
  detector.finish();
  const auto* corrected = detector_fixture::first(said, ObservationKind::kCorrection);
  const Verdict verdict = detector.evidence().verdict;
  return {detector.evidence().rule, verdict, corrected != nullptr ? corrected->verdict : verdict};
}

}  // namespace

TEST_CASE("a number that is read out with short pauses is a recording") {
  const Heard call = heard(words("machine-03-en", kPlaces, 320));
  CHECK(call.verdict == Verdict::kMachine);
  CHECK(call.rule == "read-out");
}

TEST_CASE("where the pauses are longer than a person's before an answer it is corrected") {
  const Heard call = heard(words("machine-03-en", kPlaces, 620));
  CHECK(call.finally == Verdict::kMachine);
}

TEST_CASE("one word said five times, however evenly, is a person's") {
  for (const char* voice : {"live-01-en", "live-02-en", "live-04-en", "live-25-fr"})
    for (const double pauseMs : {300.0, 600.0}) {
      CAPTURE(std::string(voice));
      CAPTURE(pauseMs);
      Call call;
      call.silence(400);
      for (int i = 0; i < 5; ++i) call.voice(voice, 480).silence(pauseMs);
      call.silence(2500);
      CHECK(heard(call.audio()).finally == Verdict::kLive);
    }
}

TEST_CASE("a phrase of two words said three times is a person's") {
  for (const char* voice : {"live-24-de", "live-29-es"}) {
    CAPTURE(std::string(voice));
    Call call;
    call.silence(400);
    for (int i = 0; i < 3; ++i) call.voice(voice).silence(250);
    call.silence(3000);
    CHECK(heard(call.audio()).rule != "read-out");
  }
}
