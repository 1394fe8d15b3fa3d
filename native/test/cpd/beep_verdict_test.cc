// What a beep decides, and what it does not: a person's own line has single tones too.
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "cpd/analyze.h"
#include "detector_fixture.h"

using cpd::Detector;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

struct OwnTone {
  double hz, ms;
};
// Call waiting of several plans, the warning of a recorder, the telephone's own beeps.
constexpr OwnTone kOwnTones[] = {{440, 300}, {425, 60}, {425, 200}, {1400, 500}, {1000, 100}, {880, 150}};
const char* const kPeople[] = {"live-01-en", "live-04-en", "live-02-en", "live-25-fr", "live-28-es"};

cpd::AnalysisResult analyzed(Call& call) { return detector_fixture::analyzed(call, StartAt::kAnswer); }

}  // namespace

TEST_CASE("one short tone before or after a person's word makes no machine of them") {
  for (const char* person : kPeople) {
    for (const OwnTone& own : kOwnTones) {
      CAPTURE(std::string(person));
      CAPTURE(own.hz);
      const media::Signal signal = media::beepSignal(own.hz, own.ms);
      Call before, after, late;
      before.silence(300).tone(signal, own.ms).silence(400).voice(person).silence(3000);
      after.silence(400).voice(person).silence(250).tone(signal, own.ms).silence(3000);
      late.silence(400).voice(person).silence(1800).tone(signal, own.ms).silence(3000);
      CHECK(analyzed(before).verdict == Verdict::kLive);
      CHECK(analyzed(after).verdict == Verdict::kLive);
      Detector detector;
      detector.start(settings(), StartAt::kAnswer);
      const auto said = hear(detector, late.audio());
      CHECK(detector.evidence().verdict == Verdict::kLive);
      CHECK(count(said, ObservationKind::kCorrection) == 0);
    }
  }
}

TEST_CASE("after a recording's greeting the same tones are the beep of a machine") {
  for (const char* greeting : {"machine-01-en", "machine-02-en"}) {
    for (const OwnTone& own : {OwnTone{1000, 400}, OwnTone{440, 300}, OwnTone{1400, 500}}) {
      CAPTURE(std::string(greeting));
      CAPTURE(own.hz);
      Call call;
      call.silence(400).voice(greeting, 4500).silence(300);
      const int32_t beep = call.ms();
      call.tone(media::beepSignal(own.hz, own.ms), own.ms).silence(2500);
      const cpd::AnalysisResult r = analyzed(call);
      CHECK(r.verdict == Verdict::kMachine);
      CHECK(std::abs(r.beepMs - beep) <= 60);
    }
  }
}

TEST_CASE("a tone and nobody who speaks, before it or after it: a machine, but not before the deadline") {
  Call call;
  call.silence(500).tone(media::beepSignal(1000, 300), 300).silence(9000);
  const cpd::AnalysisResult r = analyzed(call);
  CHECK(r.verdict == Verdict::kMachine);
  CHECK(std::string(r.rule) == "beep");
  CHECK(r.decidedMs >= 8000);
}

TEST_CASE("a person who speaks after the beep of a machine takes the verdict back") {
  Call call;
  call.silence(400)
      .voice("machine-02-en", 4500)
      .silence(300)
      .tone(media::beepSignal(1000, 400), 400)
      .silence(1500);
  call.voice("live-01-en").silence(3000);
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  const auto said = hear(detector, call.audio());
  CHECK(detector.evidence().verdict == Verdict::kMachine);
  const cpd::Observation* const correction = first(said, ObservationKind::kCorrection);
  REQUIRE(correction != nullptr);
  CHECK(correction->verdict == Verdict::kLive);
}

TEST_CASE("a sound as long as a word that is no voice is a doubt; clicks and steady noise are silence") {
  const auto heard = [](int bursts, int burstMs) {
    Call quiet(-62);
    quiet.silence(9000);
    std::vector<int16_t> audio = quiet.audio();
    media::NoiseGenerator hiss(3, -30);
    for (int i = 0; i < bursts; ++i)
      hiss.add(
          std::span(audio).subspan(static_cast<size_t>(8000 + i * 16000), static_cast<size_t>(burstMs * 8)));
    return cpd::analyze(audio, *settings(), StartAt::kAnswer);
  };
  CHECK(heard(1, 400).verdict == Verdict::kUnknown);
  CHECK(std::string(heard(1, 400).rule) == "no-voice-heard");
  CHECK(heard(0, 0).verdict == Verdict::kSilence);
  CHECK(heard(3, 30).verdict == Verdict::kSilence);
}
