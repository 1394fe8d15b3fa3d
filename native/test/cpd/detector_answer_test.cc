// What is heard around the moment of answer: ringback that the answer cuts, short words, silence.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "cpd/analyze.h"
#include "test/board/sim/harness.h"
#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::analyzed;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

constexpr const char* kPlans[] = {"US", "DE", "GB", "JP"};

media::Signal ringback(const char* plan) { return media::cadenceSignal(cpd::findTonePlan(plan)->ringback); }

// Ringback of the plan for `ringMs`, answer by signal `delayMs` later than the sound, then `after`.
Verdict answeredBySignal(const char* plan, int ringMs, int delayMs, Call& after) {
  Detector detector;
  detector.start(settings(plan, 4500), StartAt::kDial);
  Call before;
  before.tone(ringback(plan), ringMs);
  if (delayMs > 0) before.silence(delayMs);
  hear(detector, before.audio());
  detector.answered();
  hear(detector, after.audio());
  detector.finish();
  return detector.evidence().verdict;
}

}  // namespace

TEST_CASE("silence after a signalled answer is silence, wherever the answer cuts the ringback") {
  for (const char* plan : kPlans) {
    for (int ringMs : {5120, 5360, 5700, 6500, 8200, 9300}) {
      INFO(std::string(plan));
      CAPTURE(ringMs);
      Call nothing;
      nothing.silence(6000);
      CHECK(answeredBySignal(plan, ringMs, 0, nothing) == Verdict::kSilence);
    }
  }
}

TEST_CASE("the last ringback burst is no beep: who answers within it is live") {
  for (const char* plan : kPlans) {
    for (int ringMs : {5060, 5120, 5200, 5360, 5700, 9300}) {
      // The answer may be signalled before the tone stops.
      for (int tailMs : {0, 80, 160}) {
        INFO(std::string(plan));
        CAPTURE(ringMs);
        CAPTURE(tailMs);
        Detector detector;
        detector.start(settings(plan, 4500), StartAt::kDial);
        Call call;
        call.tone(ringback(plan), ringMs + tailMs).silence(400).voice("live-12-en").silence(3500);
        const std::vector<int16_t> audio = call.audio();
        int at = 0;
        std::vector<cpd::Observation> said;
        for (size_t i = 0; i < audio.size(); i += cpd::kFrameSamples, at += cpd::kFrameMs) {
          if (at == ringMs) detector.answered();
          const auto more = detector.process(audio.data() + i);
          said.insert(said.end(), more.begin(), more.end());
        }
        CHECK(count(said, ObservationKind::kBeep) == 0);
        CHECK(detector.evidence().verdict == Verdict::kLive);
      }
    }
  }
}

TEST_CASE("ringback that goes on after a signalled answer is a false answer, and no beep") {
  for (const char* plan : kPlans) {
    INFO(std::string(plan));
    auto s = settings(plan, 8000);
    Detector detector;
    detector.start(s, StartAt::kAnswer);
    Call call;
    call.silence(300).tone(ringback(plan), 9000);
    const auto said = hear(detector, call.audio());
    CHECK(count(said, ObservationKind::kBeep) == 0);
    CHECK(detector.evidence().verdict == Verdict::kFalseAnswer);
  }
}

TEST_CASE("short words after ringback are an answer, also where none is signalled") {
  for (const char* plan : kPlans) {
    for (const char* name : {"live-04-en", "live-05-en", "live-10-en", "live-12-en", "live-25-fr"}) {
      for (int ringMs : {5300, 6100, 8400}) {
        INFO(std::string(plan));
        INFO(std::string(name));
        CAPTURE(ringMs);
        Call call;
        call.tone(ringback(plan), ringMs).silence(500).voice(name).silence(4000);
        auto s = settings(plan, 4500);
        CHECK(cpd::analyze(call.audio(), *s, StartAt::kDial).verdict == Verdict::kLive);
        Call after;
        after.silence(500).voice(name).silence(4000);
        CHECK(answeredBySignal(plan, ringMs, 0, after) == Verdict::kLive);
      }
    }
  }
}

TEST_CASE("a recording of a word that ends with the word is live, not silence") {
  for (const char* name : {"live-04-en", "live-05-en", "live-09-en", "live-25-fr"}) {
    INFO(std::string(name));
    const std::vector<int16_t> audio = media::readWav(std::string(EXAMPLES "/speech/") + name + ".wav");
    CHECK(cpd::analyze(audio, *settings("US", 4500), StartAt::kAnswer).verdict == Verdict::kLive);
  }
}

TEST_CASE("music is no beep") {
  Call call;
  call.silence(300).voice("music-1").silence(1000);
  CHECK(analyzed(call, StartAt::kAnswer).beepMs == cpd::kNever);
}

TEST_CASE("where ringing stops unanswered and nothing follows it is silence; while it rings it is ringback") {
  Call stopped, rings;
  stopped.tone(ringback("US"), 8200).silence(9000);
  rings.tone(ringback("US"), 15000);
  CHECK(analyzed(stopped, StartAt::kDial).verdict == Verdict::kSilence);
  CHECK(analyzed(rings, StartAt::kDial).verdict == Verdict::kRingback);
}

TEST_CASE("on simulated trunks of four countries no person is lost and silence is silence") {
  using board::sim::Kind;
  for (const char* plan : kPlans) {
    for (board::TrunkKind trunk : {board::TrunkKind::kAnalog, board::TrunkKind::kIsdn}) {
      std::vector<board::sim::Subscriber> people;
      for (int i = 0; i < 24; ++i) {
        board::sim::Subscriber s = simtest::subscriber("155501" + std::to_string(10 + i), Kind::kLive);
        if (i % 6 == 5) s.kind = Kind::kSilence;
        s.ringMs = 3000 + 437 * i;
        s.answerPauseMs = 200 + 37 * i;
        s.levelDbm0 = -14 - static_cast<float>(i % 4) * 5;
        s.noiseDbm0 = -70 + static_cast<float>(i % 3) * 8;
        const char* words[] = {"01-en", "04-en", "05-en", "10-en", "25-fr", "09-en"};
        s.speech = {std::string(EXAMPLES "/speech/live-") + words[i % 6] + ".wav"};
        if (s.kind == Kind::kSilence) s.speech.clear();
        people.push_back(s);
      }
      auto config = simtest::config(trunk, people, static_cast<int>(people.size()));
      config.plan = plan;
      simtest::Bench bench(config);
      board::DialParameters parameters;
      parameters.plan = plan;
      for (board::ChannelId c = 1; c <= people.size(); ++c) bench.board->seize(c, c);
      bench.board->advance(4000);
      for (board::ChannelId c = 1; c <= people.size(); ++c)
        REQUIRE(bench.board->dial(c, c, people[c - 1].number, parameters) == board::Status::kOk);
      bench.board->advance(45'000);
      for (board::ChannelId c = 1; c <= people.size(); ++c) {
        INFO(std::string(plan));
        CAPTURE(static_cast<int>(trunk));
        CAPTURE(c);
        const simtest::Event* verdict = bench.find(c, board::EventType::kVerdict);
        REQUIRE(verdict != nullptr);
        const bool silent = people[c - 1].kind == Kind::kSilence;
        CHECK(verdict->evidence->verdict == (silent ? Verdict::kSilence : Verdict::kLive));
      }
    }
  }
}

TEST_CASE("re-armed for a transferred leg, the detector decides once more, from there") {
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  Call call;
  call.silence(300).voice("machine-01-en").silence(2500);
  hear(detector, call.audio());
  REQUIRE(detector.evidence().verdict == Verdict::kMachine);
  const int32_t movedMs = detector.nowMs();
  detector.rearm();
  CHECK(detector.evidence().verdict == Verdict::kNone);
  Call person;
  person.silence(400).voice("live-12-en").silence(2500);
  hear(detector, person.audio());
  CHECK(detector.evidence().verdict == Verdict::kLive);
  CHECK(detector.evidence().answerMs == movedMs);
  CHECK(detector.evidence().speechStartMs >= movedMs + 300);
}

TEST_CASE("a person who takes over from a recording corrects the verdict; one who does not, does not") {
  for (const bool comes : {true, false}) {
    Detector detector;
    detector.start(settings(), StartAt::kAnswer);
    Call call;
    call.silence(300).voice("machine-04-en").silence(2600);
    if (comes) call.voice("live-12-en").silence(2500);
    const auto said = hear(detector, call.audio());
    CAPTURE(comes);
    CHECK(detector.evidence().verdict == Verdict::kMachine);
    const cpd::Observation* correction = detector_fixture::first(said, ObservationKind::kCorrection);
    REQUIRE((correction != nullptr) == comes);
    if (correction) CHECK(correction->verdict == Verdict::kLive);
  }
}

TEST_CASE("a synthetic voice that asks who calls is told from a voicemail greeting") {
  int told = 0;
  for (const char* name : {"screening-1-en", "screening-3-en"}) {
    Call call;
    call.silence(500).voice(name).silence(3000);
    told += analyzed(call, StartAt::kAnswer).verdict == Verdict::kScreening;
  }
  CHECK(told == 2);
  for (const char* name : {"machine-01-en", "machine-05-en", "machine-12-fr"}) {
    Call call;
    call.silence(500).voice(name).silence(3000);
    CHECK(analyzed(call, StartAt::kAnswer).verdict == Verdict::kMachine);
  }
}

TEST_CASE("a sentence of a synthetic voice is not enough for a screening assistant") {
  const std::pair<const char*, int> said[] = {
      {"live-22-de", 3}, {"live-23-de", 2}, {"live-24-de", 3}, {"live-29-es", 2}, {"live-36-sv", 2}};
  for (const auto& [name, times] : said) {
    Call call;
    call.silence(500);
    for (int i = 0; i < times; ++i) call.voice(name).silence(250);
    call.silence(3000);
    INFO(std::string(name));
    CHECK(analyzed(call, StartAt::kAnswer).verdict == Verdict::kLive);
  }
}

TEST_CASE("silence is heard; where half of it or more was lost it is a doubt") {
  const std::vector<int16_t> nothing(cpd::kFrameSamples, 0);
  const auto verdict = [&](int lostOfTen) {
    cpd::Detector detector;
    detector.start(detector_fixture::settings(), cpd::StartAt::kAnswer);
    for (int i = 0; i < 600; ++i)
      detector.process(nothing.data(), i % 10 < lostOfTen ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio);
    return detector.evidence().verdict;
  };
  CHECK(verdict(0) == cpd::Verdict::kSilence);
  CHECK(verdict(3) == cpd::Verdict::kSilence);
  CHECK(verdict(7) == cpd::Verdict::kUnknown);
  CHECK(verdict(10) == cpd::Verdict::kUnknown);
}
