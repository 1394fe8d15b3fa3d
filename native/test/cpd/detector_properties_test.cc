#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::Mode;
using cpd::ObservationKind;
using cpd::StartAt;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

// Voices, tones, noise and silence in any order.
Call anyCall(std::mt19937& random) {
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const char* voices[] = {"live-01-en",    "live-08-en", "live-25-fr",    "machine-03-en",
                          "machine-12-fr", "music-1",    "screening-1-en"};
  Call call(-70 + below(40));
  const int parts = 1 + below(6);
  for (int i = 0; i < parts; ++i) {
    switch (below(4)) {
      case 0:
        call.silence(100 + below(3000));
        break;
      case 1:
        call.voice(voices[below(7)], 150 + below(6000));
        break;
      case 2:
        call.tone(media::beepSignal(300 + below(2000), 3000), 60 + below(2500), -30 + below(20));
        break;
      default:
        call.tone(media::cadenceSignal(below(2) ? cpd::findTonePlan("US")->ringback
                                                : cpd::findTonePlan("DE")->busy),
                  500 + below(6000));
    }
  }
  return call;
}

}  // namespace

TEST_CASE("one verdict, never later than the deadline, in every mode, whatever is heard") {
  std::mt19937 random(2024);
  for (int run = 0; run < 120; ++run) {
    CAPTURE(run);
    Call call = anyCall(random);
    const auto mode = static_cast<Mode>(random() % 6);
    const int32_t timeout = 300 + static_cast<int32_t>(random() % 8000);
    const bool fromAnswer = random() % 2 == 0;
    const unsigned lossPercent = random() % 3 == 0 ? random() % 60 : 0;
    auto s = settings("US", timeout);
    s->mode = mode;
    s->inferAnswer = random() % 2 == 0;
    Detector detector;
    detector.start(s, fromAnswer ? StartAt::kAnswer : StartAt::kDial);
    std::vector<int16_t> audio = call.silence(timeout + 200).audio();
    const auto said = hear(detector, audio, [&](int) { return random() % 100 < lossPercent; });
    CHECK(count(said, ObservationKind::kVerdict) <= 1);
    const cpd::Evidence& evidence = detector.evidence();
    if (fromAnswer) CHECK(count(said, ObservationKind::kVerdict) == 1);
    if (evidence.verdict != cpd::Verdict::kNone && evidence.answerMs != cpd::kNever)
      CHECK(evidence.decidedMs - evidence.answerMs <= timeout);
    detector.finish();
    CHECK(detector.evidence().verdict != cpd::Verdict::kNone);
    CHECK(std::strlen(detector.evidence().rule) > 0);
  }
}

TEST_CASE("the same audio gives the same words, on a used channel too") {
  std::mt19937 random(7);
  Detector used;
  for (int run = 0; run < 10; ++run) {
    CAPTURE(run);
    Call call = anyCall(random);
    const std::vector<int16_t> audio = call.silence(3000).audio();
    Detector fresh;
    fresh.start(settings(), StartAt::kAnswer);
    used.start(settings(), StartAt::kAnswer);
    const auto a = hear(fresh, audio), b = hear(used, audio);
    REQUIRE(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].kind == b[i].kind);
      CHECK(a[i].startMs == b[i].startMs);
      CHECK(a[i].verdict == b[i].verdict);
      CHECK(a[i].confidence == b[i].confidence);
    }
  }
}

TEST_CASE("levels 20 dB apart do not change who is a person") {
  for (const char* name : {"live-01-en", "live-10-en", "live-22-de", "live-28-es"}) {
    for (int shift : {0, 6, 18}) {
      INFO(std::string(name));
      CAPTURE(shift);
      Call call;
      std::vector<int16_t> audio = call.silence(500).voice(name).silence(3000).audio();
      for (int16_t& v : audio) v = static_cast<int16_t>(v / std::pow(10.0, shift / 20.0));
      CHECK(cpd::analyze(audio, *settings(), StartAt::kAnswer).verdict == cpd::Verdict::kLive);
    }
  }
}
