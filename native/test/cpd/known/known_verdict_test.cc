// A known recording decides a call, with its name and its own result.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "test/cpd/detector_fixture.h"
#include "test/cpd/known/known_fixture.h"

using cpd::Detector;
using cpd::Evidence;
using cpd::Mode;
using cpd::ObservationKind;
using cpd::SitCategory;
using cpd::StartAt;
using cpd::Verdict;
using cpd::known::Library;
using cpd::known::Recording;
using detector_fixture::Call;
using detector_fixture::hear;

namespace {

std::shared_ptr<cpd::Settings> settingsWith(std::vector<Recording> recordings) {
  auto settings = detector_fixture::settings();
  settings->recordings = std::make_shared<const Library>(std::move(recordings));
  return settings;
}

Recording announcement() {
  Recording recording = known_fixture::recordingOf("announcement-1-en");
  recording.name = "not in service";
  recording.verdict = Verdict::kSit;
  recording.sit = SitCategory::kVC;
  return recording;
}

}  // namespace

TEST_CASE("a known recording decides at once, with its name") {
  const std::vector<int16_t> audio = Call(-60).silence(400).voice("machine-03-en").audio();
  Detector detector;
  detector.start(settingsWith({known_fixture::recordingOf("machine-03-en")}), StartAt::kAnswer);
  hear(detector, audio);
  const Evidence known = detector.evidence();
  CHECK(known.verdict == Verdict::kMachine);
  CHECK(std::string(known.rule) == "known-recording");
  CHECK(known.recording == "machine-03-en");
  CHECK(known.confidence > 0.9f);
  CHECK(known.decidedMs < 400 + 2600);
  detector.start(settingsWith({known_fixture::recordingOf("machine-04-en")}), StartAt::kAnswer);
  hear(detector, audio);
  CHECK(std::string(detector.evidence().rule) != "known-recording");
  CHECK(detector.evidence().recording.empty());
}

TEST_CASE("a recording with a result of its own gives that, before the answer too") {
  const std::vector<int16_t> audio = Call(-60).silence(400).voice("announcement-1-en").audio();
  for (const StartAt at : {StartAt::kDial, StartAt::kAnswer}) {
    Detector detector;
    detector.start(settingsWith({announcement()}), at);
    hear(detector, audio);
    CHECK(detector.evidence().verdict == Verdict::kSit);
    CHECK(detector.evidence().sit == SitCategory::kVC);
    CHECK(detector.evidence().recording == "not in service");
  }
}

TEST_CASE("a machine is not known before anybody answered, nor where machines are not told from people") {
  const std::vector<int16_t> audio = Call(-60).silence(400).voice("machine-03-en").audio();
  Detector detector;
  detector.start(settingsWith({known_fixture::recordingOf("machine-03-en")}), StartAt::kDial);
  hear(detector, audio);
  CHECK(detector.evidence().verdict == Verdict::kNone);
  auto settings = settingsWith({known_fixture::recordingOf("machine-03-en")});
  settings->mode = Mode::kNoAmDetection;
  detector.start(settings, StartAt::kAnswer);
  hear(detector, audio);
  CHECK(detector.evidence().verdict == Verdict::kLive);
}

TEST_CASE("a person is heard as without known recordings") {
  for (const char* name : {"live-06-en", "live-08-en", "live-18-en", "live-27-fr"}) {
    CAPTURE(std::string(name));
    const std::vector<int16_t> audio = Call(-60).silence(400).voice(name).silence(3000).audio();
    Detector with, without;
    with.start(settingsWith({known_fixture::recordingOf("machine-03-en"), announcement()}), StartAt::kAnswer);
    without.start(detector_fixture::settings(), StartAt::kAnswer);
    hear(with, audio);
    hear(without, audio);
    CHECK(with.evidence().verdict == without.evidence().verdict);
    CHECK(with.evidence().decidedMs == without.evidence().decidedMs);
    CHECK(with.evidence().recording.empty());
  }
}

TEST_CASE("what a machine said can be learnt when its beep comes, and nothing of a person") {
  Call call(-60);
  const std::vector<int16_t> machine = call.silence(400).voice("machine-02-en").silence(2000).audio();
  Detector detector;
  detector.start(settingsWith({}), StartAt::kAnswer);
  hear(detector, machine);
  REQUIRE(detector.evidence().verdict == Verdict::kMachine);
  const std::vector<cpd::known::Print> heard(detector.heardPrints().begin(), detector.heardPrints().end());
  CHECK(cpd::known::usablePrints(heard) > cpd::known::kLeastUsablePrints);
  const Library learnt({{.name = "learnt", .prints = heard}});
  CHECK(cpd::known::findMatch(cpd::known::fingerprint(known_fixture::voice("machine-02-en")), learnt));

  Detector without;
  without.start(detector_fixture::settings(), StartAt::kAnswer);
  hear(without, machine);
  CHECK(without.heardPrints().empty());

  detector.start(settingsWith({}), StartAt::kAnswer);
  hear(detector, Call(-60).silence(400).voice("live-02-en").silence(12000).audio());
  REQUIRE(detector.evidence().verdict == Verdict::kLive);
  CHECK(detector.heardPrints().empty());
}

TEST_CASE(
    "a check of what was learnt names it and decides as if it were not known; what was taught decides") {
  const std::string person = "live-06-en";
  const std::vector<int16_t> audio = Call(-60).silence(400).voice(person).silence(3000).audio();
  for (const bool learnt : {true, false}) {
    for (const bool check : {true, false}) {
      CAPTURE(learnt);
      CAPTURE(check);
      Recording recording = known_fixture::recordingOf(person);
      recording.learnt = learnt;
      auto settings = settingsWith({recording});
      settings->checkLearnt = check;
      Detector detector;
      detector.start(settings, StartAt::kAnswer);
      hear(detector, audio);
      CHECK(detector.evidence().recording == person);
      CHECK(detector.evidence().verdict == (learnt && check ? Verdict::kLive : Verdict::kMachine));
    }
  }
}

TEST_CASE(
    "who was taken for a person stays one: what is known after the verdict is named and corrects nothing") {
  int named = 0;
  for (const char* hello : {"live-01-en", "live-02-en", "live-06-en"}) {
    for (const double pauseMs : {300, 500, 700, 900}) {
      CAPTURE(std::string(hello));
      CAPTURE(pauseMs);
      const std::vector<int16_t> audio =
          Call(-60).silence(400).voice(hello).silence(pauseMs).voice("machine-03-en", 3000).audio();
      Detector detector;
      detector.start(settingsWith({known_fixture::recordingOf("machine-03-en")}), StartAt::kAnswer);
      const auto said = hear(detector, audio);
      if (detector.evidence().verdict != Verdict::kLive || detector.evidence().recording.empty()) continue;
      ++named;
      CHECK(detector_fixture::first(said, ObservationKind::kCorrection) == nullptr);
    }
  }
  CHECK(named > 0);
}

TEST_CASE("another party on the line is listened to anew") {
  Detector detector;
  detector.start(settingsWith({known_fixture::recordingOf("machine-03-en")}), StartAt::kAnswer);
  hear(detector, Call(-60).silence(400).voice("live-02-en").silence(3000).audio());
  REQUIRE(detector.evidence().verdict == Verdict::kLive);
  detector.rearm();
  hear(detector, Call(-60).silence(400).voice("machine-03-en").audio());
  CHECK(detector.evidence().recording == "machine-03-en");
}

TEST_CASE("without known recordings a channel takes no more than 16 KiB") {
  CHECK(Detector::stateBytes() <= 16384);
  CHECK(Detector::recordingBytes() <= 4096);
}
