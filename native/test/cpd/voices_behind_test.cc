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

// From the end of a person's word to the verdict; they are connected.
int32_t waited(const std::vector<int16_t>& audio, int32_t wordEndMs) {
  const auto result = cpd::analyze(audio, *settings(), StartAt::kAnswer);
  CHECK(result.verdict == Verdict::kLive);
  return result.decidedMs - wordEndMs;
}

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

TEST_CASE("who is clearly a person need not wait until the television is quiet") {
  const int32_t wordEndMs = Call().silence(400).voice("live-03-en").ms();
  for (const double db : {12.0, 14.0}) {
    CAPTURE(db);
    CHECK(waited(personBeforeTelevision("live-03-en", "machine-02-en", db), wordEndMs) <= 560);
  }
}

TEST_CASE("notes of a tune before a word make nobody wait for more of it") {
  const auto notes =
      media::cadenceSignal(cpd::parseCadence("523/310,587/290,494/420,523/210,440/350,392/280"));
  for (const char* const person : {"live-02-en", "live-03-en", "live-04-en", "live-05-en"}) {
    CAPTURE(std::string(person));
    Call call(-75);
    call.tone(notes, 1000, -30).silence(50).voice(person);
    const int32_t wordEndMs = call.ms();
    CHECK(waited(call.silence(4000).audio(), wordEndMs) <= 700);
  }
}

TEST_CASE("a soft tone that goes on behind the word of who is surely a person is not heard to its end") {
  const auto tone = media::cadenceSignal(cpd::parseCadence("1400/0"));
  for (const char* const person : {"live-03-en", "live-12-en"}) {
    CAPTURE(std::string(person));
    Call call;
    call.silence(400).voice(person);
    const int32_t wordEndMs = call.ms();
    CHECK(waited(call.silence(60).tone(tone, 4000, -28).silence(2500).audio(), wordEndMs) <= 1200);
  }
}
