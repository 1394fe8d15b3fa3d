// Voices behind who speaks: they make nobody's greeting longer.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::Call;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

// A person's word, and a voice behind that goes on for the whole call.
std::vector<int16_t> personBeforeTelevision(const char* person, const char* behind, double behindDb) {
  Call word(-75), television(-75);
  word.silence(400).voice(person);
  television.voice(behind).voice(behind);
  std::vector<int16_t> audio = word.audio();
  const std::vector<int16_t> other = television.audio();
  audio.resize(other.size());
  for (size_t i = 0; i < audio.size(); ++i)
    audio[i] = static_cast<int16_t>(audio[i] + other[i] * std::pow(10, -behindDb / 20));
  return audio;
}

}  // namespace

TEST_CASE("a television behind a person makes no recording of them, at the verdict or later") {
  for (const char* const person : {"live-01-en", "live-02-en", "live-03-en", "live-04-en"}) {
    for (const char* const behind : {"machine-02-en", "machine-03-en", "machine-04-en"}) {
      CAPTURE(std::string(person));
      CAPTURE(std::string(behind));
      Detector detector;
      detector.start(settings(), StartAt::kAnswer);
      const auto said = hear(detector, personBeforeTelevision(person, behind, 12));
      const auto* verdict = first(said, ObservationKind::kVerdict);
      REQUIRE(verdict != nullptr);
      CHECK(verdict->verdict == Verdict::kLive);
      CHECK(first(said, ObservationKind::kCorrection) == nullptr);
    }
  }
}

TEST_CASE("nor do voices that are hardly softer") {
  for (const double db : {6.0, 7.0}) {
    Detector detector;
    detector.start(settings(), StartAt::kAnswer);
    const auto said = hear(detector, personBeforeTelevision("live-07-en", "announcement-1-en", db));
    const auto* verdict = first(said, ObservationKind::kVerdict);
    REQUIRE(verdict != nullptr);
    CHECK(verdict->verdict == Verdict::kLive);
  }
}
