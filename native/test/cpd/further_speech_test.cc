// After a verdict of live: a recording goes on, a person says something else.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>

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

constexpr int32_t kDeadlineMs = 3000;  // before anybody has spoken for 3 s, so that who still speaks is live

// When who is live at the deadline is told to be a machine; kNever if he is not.
int32_t toldMs(const std::vector<int16_t>& audio, float scoreOffset = 0) {
  auto own = settings("US", kDeadlineMs);
  own->scoreOffset = scoreOffset;
  Detector detector;
  detector.start(own, StartAt::kAnswer);
  const auto said = hear(detector, audio);
  CHECK(detector.evidence().verdict == Verdict::kLive);
  const auto* const correction = first(said, ObservationKind::kCorrection);
  if (correction == nullptr) return cpd::kNever;
  CHECK(correction->verdict == Verdict::kMachine);
  return correction->startMs;
}

int16_t softer(int16_t sample, double db) {
  return static_cast<int16_t>(std::lrint(sample * std::pow(10, -db / 20)));
}

std::vector<int16_t> greeting(const char* voice) {
  return Call().silence(300).voice(voice).silence(2000).audio();
}

}  // namespace

TEST_CASE("a recording that seemed a person at the deadline is told within 2 s of what it says then") {
  for (const auto& [voice, scoreOffset] :
       {std::pair("machine-07-en", 0.3f), {"machine-08-en", 0.3f}, {"machine-16-pl", 0.0f}}) {
    CAPTURE(std::string(voice));
    const int32_t at = toldMs(greeting(voice), scoreOffset);
    CHECK(at > kDeadlineMs);
    CHECK(at <= kDeadlineMs + 2000);
  }
}

TEST_CASE("what is softer than who spoke does not count: it is behind a person") {
  std::vector<int16_t> audio = greeting("machine-16-pl");
  for (size_t i = kDeadlineMs * 8; i < audio.size(); ++i) audio[i] = softer(audio[i], 14);
  CHECK(toldMs(audio) == cpd::kNever);
}

TEST_CASE("the log odds at the verdict count as well as those behind it") {
  CHECK(toldMs(greeting("machine-07-en")) == cpd::kNever);
}

TEST_CASE("a recording that is less clear is told once it has gone on for 8 s") {
  for (const char* const voice : {"machine-01-en", "machine-03-en", "machine-10-de"}) {
    CAPTURE(std::string(voice));
    const int32_t at = toldMs(greeting(voice));
    CHECK(at > 8000);
    CHECK(at <= 9500);
    CHECK(toldMs(greeting(voice), -2) == cpd::kNever);
  }
}

TEST_CASE("a person who says something else after the verdict stays live") {
  for (const char* const voice : {"live-03-en", "live-07-en", "live-12-en", "live-22-de", "live-28-es"}) {
    CAPTURE(std::string(voice));
    Call call;
    call.silence(300).voice(voice).silence(900).voice("live-01-en").silence(2000);
    CHECK(toldMs(call.audio()) == cpd::kNever);
  }
}

TEST_CASE("nor is a television told behind who was live in spite of it") {
  Call word(-75), television(-75);
  word.silence(300).voice("live-01-en");
  std::vector<int16_t> behind = television.voice("machine-07-en").voice("machine-07-en").audio();
  for (const double db : {8.0, 10.0}) {
    CAPTURE(db);
    std::vector<int16_t> audio = word.audio();
    audio.resize(behind.size());
    for (size_t i = 0; i < audio.size(); ++i)
      audio[i] = static_cast<int16_t>(audio[i] + softer(behind[i], db));
    CHECK(toldMs(audio, 2) == cpd::kNever);
  }
}
