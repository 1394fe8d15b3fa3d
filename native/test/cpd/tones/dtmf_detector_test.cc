// DTMF at the limits of ITU-T Q.24, and none in speech.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "media/wav.h"
#include "test/cpd/tones/tone_fixture.h"

using media::ToneOptions;
using tone_fixture::Line;

namespace {

const std::string kAll = "1234567890*#ABCD";

std::string digitsIn(const std::vector<cpd::ToneEvent>& events) {
  std::string digits;
  for (const cpd::ToneEvent& event : events)
    if (event.tone == cpd::ToneId::kDtmf) digits += event.digit;
  return digits;
}

std::string heard(const std::string& digits, double onMs, double offMs, const ToneOptions& options = {},
                  const Line& line = {}) {
  static const auto kSet = cpd::makeToneSet(*cpd::findTonePlan("US"));
  const double ms = line.leadMs + static_cast<double>(digits.size()) * (onMs + offMs) + 200;
  return digitsIn(tone_fixture::hear(
      kSet, tone_fixture::render(media::dtmfSignal(digits, onMs, offMs), options, ms, line), line));
}

}  // namespace

TEST_CASE("DTMF: every key, 40 ms long with pauses of 40 ms, wherever the frames fall") {
  for (int at = 0; at < 20; at += 3) {
    Line line;
    line.leadMs = 100 + at;
    INFO("begins ", at, " ms into a frame");
    CHECK(heard(kAll, 40, 40, {}, line) == kAll);
    CHECK(heard("55555", 40, 40, {}, line) == "55555");
    CHECK(heard("19", 400, 70, {}, line) == "19");
  }
}

TEST_CASE("DTMF: frequency, level and twist") {
  for (const double factor : {0.985, 1.015}) {
    ToneOptions options;
    options.hzFactor = factor;
    CHECK(heard(kAll, 50, 50, options) == kAll);
  }
  for (const double factor : {0.965, 1.035}) {
    ToneOptions options;
    options.hzFactor = factor;
    CHECK(heard(kAll, 80, 60, options) == "");
  }
  for (const double dbm0 : {-4.0, -30.0}) {
    ToneOptions options;
    options.dbm0 = dbm0;
    CHECK(heard(kAll, 50, 50, options) == kAll);
  }
  ToneOptions low, high, beyond;
  low.twistDb = -8;
  high.twistDb = 4;
  beyond.twistDb = 14;
  CHECK(heard(kAll, 50, 50, low) == kAll);
  CHECK(heard(kAll, 50, 50, high) == kAll);
  CHECK(heard(kAll, 50, 50, beyond) == "");
}

TEST_CASE("DTMF: noise 15 dB below, and lost frames do not press a key twice") {
  Line noisy;
  noisy.noiseDbm0 = -32;
  CHECK(heard(kAll, 60, 60, {}, noisy) == kAll);
  Line lossy;
  lossy.loseEvery = 9;
  const std::string some = heard(kAll, 120, 100, {}, lossy);
  CHECK(some == kAll);
}

TEST_CASE("DTMF: digits of 20 ms and single frequencies are none") {
  CHECK(heard("123", 18, 60) == "");
  const auto set = cpd::makeToneSet(*cpd::findTonePlan("US"));
  for (const double hz : {697.0, 941.0, 1209.0, 1633.0})
    CHECK(digitsIn(tone_fixture::hear(set, tone_fixture::render(media::beepSignal(hz, 500), {}, 900))) == "");
}

TEST_CASE("DTMF: none in the speech and music of the examples") {
  const auto set = cpd::makeToneSet(*cpd::findTonePlan("US"));
  double seconds = 0;
  std::string digits;
  for (const auto& entry : std::filesystem::directory_iterator(EXAMPLES "/speech")) {
    if (entry.path().extension() != ".wav") continue;
    const std::vector<int16_t> samples = media::readWav(entry.path());
    seconds += static_cast<double>(samples.size()) / cpd::kSampleRateHz;
    digits += digitsIn(tone_fixture::hear(set, samples));
  }
  CHECK(seconds > 60);
  CHECK(digits == "");
}
