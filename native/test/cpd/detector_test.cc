#include "cpd/detector.h"

#include <doctest/doctest.h>

#include <string>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using cpd::Detector;
using cpd::Mode;
using cpd::ObservationKind;
using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::analyzed;
using detector_fixture::Call;
using detector_fixture::count;
using detector_fixture::first;
using detector_fixture::hear;
using detector_fixture::settings;

namespace {

const cpd::TonePlan& us() { return *cpd::findTonePlan("US"); }

}  // namespace

TEST_CASE("progress tones are verdicts of their own") {
  const auto verdict = [](const cpd::Cadence& cadence) {
    Call call;
    call.silence(300).tone(media::cadenceSignal(cadence), 9000);
    return analyzed(call, StartAt::kDial).verdict;
  };
  CHECK(verdict(us().busy) == Verdict::kBusy);
  CHECK(verdict(us().congestion) == Verdict::kCongestion);
  CHECK(verdict(us().ringback) == Verdict::kRingback);
  CHECK(verdict(us().dial) == Verdict::kDialtone);
  Call nothing;
  nothing.silence(9000);
  CHECK(analyzed(nothing, StartAt::kDial).verdict == Verdict::kSilence);
  CHECK(analyzed(nothing, StartAt::kAnswer).verdict == Verdict::kSilence);
}

TEST_CASE("a special information tone has its category, whatever is announced after it") {
  Call call;
  call.silence(200).tone(media::sitSignal(cpd::SitCategory::kVC), 1200).voice("announcement-1-en");
  const cpd::AnalysisResult r = analyzed(call, StartAt::kDial);
  CHECK(r.verdict == Verdict::kSit);
  CHECK(r.sit == cpd::SitCategory::kVC);
}

TEST_CASE("fax and modem tones are told in every mode that listens") {
  for (Mode mode : {Mode::kNoAmDetection, Mode::kPositiveAmDetection, Mode::kAccurateAmDetection}) {
    CAPTURE(static_cast<int>(mode));
    auto s = settings();
    s->mode = mode;
    Call call;
    call.silence(400).tone(media::faxAnswerSignal(), 6000);
    CHECK(cpd::analyze(call.audio(), *s, StartAt::kAnswer).verdict == Verdict::kFax);
  }
}

TEST_CASE("a voice after ringback is an answer, and ringback is not") {
  Call call;
  call.tone(media::cadenceSignal(us().ringback), 8500);
  const int32_t answer = call.ms();
  call.voice("live-01-en").silence(3000);
  const cpd::AnalysisResult r = analyzed(call, StartAt::kDial);
  CHECK(r.verdict == Verdict::kLive);
  CHECK(std::abs(r.answerMs - answer) <= 150);
  CHECK(r.decidedMs > answer);
}

TEST_CASE("before a signalled answer a voice decides nothing") {
  Detector detector;
  detector.start(settings(), StartAt::kDial);
  Call early, late;
  early.voice("announcement-2-en").silence(1000);
  CHECK(count(hear(detector, early.audio()), ObservationKind::kVerdict) == 0);
  detector.answered();
  const int32_t answer = detector.nowMs();
  late.silence(500).voice("live-02-en").silence(3000);
  const auto said = hear(detector, late.audio());
  REQUIRE(first(said, ObservationKind::kVerdict) != nullptr);
  CHECK(first(said, ObservationKind::kVerdict)->verdict == Verdict::kLive);
  CHECK(detector.evidence().answerMs == answer);
  CHECK(detector.evidence().speechStartMs >= answer + 300);
}

TEST_CASE("a recording with its beep is a machine, with greeting end and beep where they are") {
  Call call;
  call.silence(600).voice("machine-02-en");
  const int32_t end = call.ms();
  call.silence(600);
  const int32_t beep = call.ms();
  call.tone(media::beepSignal(1000, 400), 400, -14).silence(2500);
  const cpd::AnalysisResult r = analyzed(call, StartAt::kAnswer);
  CHECK(r.verdict == Verdict::kMachine);
  CHECK(std::abs(r.greetingEndMs - end) <= 250);
  CHECK(std::abs(r.beepMs - beep) <= 60);
}

TEST_CASE("beeps of many kinds are found, other tones are none") {
  for (double hz : {420.0, 620.0, 1000.0, 1400.0, 2000.0}) {
    for (double ms : {90.0, 300.0, 1200.0}) {
      CAPTURE(hz);
      CAPTURE(ms);
      Call call;
      call.silence(300).voice("machine-02-en", 3400).silence(300);  // before anything is decided
      const int32_t beep = call.ms();
      call.tone(media::beepSignal(hz, ms), ms).silence(2000);
      const cpd::AnalysisResult r = analyzed(call, StartAt::kAnswer);
      CHECK(std::abs(r.beepMs - beep) <= 60);
      CHECK(r.verdict == Verdict::kMachine);
    }
  }
  const media::Signal others[] = {media::cadenceSignal(us().ringback), media::cadenceSignal(us().busy),
                                  media::dtmfSignal("5309"), media::cngSignal(),
                                  media::sitSignal(cpd::SitCategory::kIC)};
  int which = 0;
  for (const media::Signal& signal : others) {
    CAPTURE(++which);
    Call call;
    call.silence(500).tone(signal, 7000).silence(500);
    CHECK(analyzed(call, StartAt::kAnswer).beepMs == cpd::kNever);
  }
}

TEST_CASE("modes: answer is live, voice is live, or the voice is weighed") {
  auto at = [](Mode mode) {
    auto s = settings();
    s->mode = mode;
    Call call;
    call.silence(400).voice("machine-01-en").silence(2000);
    return cpd::analyze(call.audio(), *s, StartAt::kAnswer);
  };
  CHECK(at(Mode::kNoProgressDetection).verdict == Verdict::kLive);
  CHECK(at(Mode::kNoProgressDetection).decidedMs == 0);
  CHECK(at(Mode::kNoAmDetection).verdict == Verdict::kLive);
  CHECK(at(Mode::kNoAmDetection).decidedMs <= 400 + 700);
  CHECK(at(Mode::kAccurateAmDetection).verdict == Verdict::kMachine);
  CHECK(at(Mode::kPositiveAmDetection).decidedMs <= at(Mode::kAccurateAmDetection).decidedMs);
}

TEST_CASE("a person after a special information tone corrects the verdict") {
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  Call call;
  call.tone(media::sitSignal(cpd::SitCategory::kIC), 1100).silence(700).voice("live-01-en").silence(1500);
  const auto said = hear(detector, call.audio());
  REQUIRE(first(said, ObservationKind::kVerdict) != nullptr);
  CHECK(first(said, ObservationKind::kVerdict)->verdict == Verdict::kSit);
  REQUIRE(first(said, ObservationKind::kCorrection) != nullptr);
  CHECK(first(said, ObservationKind::kCorrection)->verdict == Verdict::kLive);
}

TEST_CASE("lost frames are not silence") {
  Call call;
  call.silence(400).voice("live-06-en");
  const int lostFrom = call.ms() / cpd::kFrameMs - 3;
  call.silence(4000);
  Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  const auto said = hear(detector, call.audio(),
                         [lostFrom](int frame) { return frame >= lostFrom && frame < lostFrom + 60; });
  REQUIRE(first(said, ObservationKind::kVerdict) != nullptr);
  CHECK(first(said, ObservationKind::kVerdict)->verdict == Verdict::kLive);
  CHECK(first(said, ObservationKind::kVerdict)->startMs >= (lostFrom + 60) * cpd::kFrameMs);
}

TEST_CASE("bursts of a tone and the silence between them are segments, and nothing else") {
  Call call;
  call.silence(1000).tone(media::cadenceSignal(us().busy), 6000);
  bool busy = false;
  for (const cpd::Segment& s : analyzed(call, StartAt::kDial).segments) {
    busy = busy || s.kind == cpd::SegmentKind::kTone;
    CHECK((s.kind == cpd::SegmentKind::kTone || s.kind == cpd::SegmentKind::kSilence));
    if (busy && s.endMs < 6500) CHECK(s.endMs - s.startMs > 300);
  }
  CHECK(busy);
}

TEST_CASE("segments cover the whole time axis without gap or overlap") {
  Call call;
  call.tone(media::cadenceSignal(us().ringback), 7000).voice("live-07-en").silence(1500).voice("live-08-en");
  call.silence(1200);
  const cpd::AnalysisResult r = analyzed(call, StartAt::kDial);
  REQUIRE(!r.segments.empty());
  int32_t at = 0;
  for (const cpd::Segment& s : r.segments) {
    CHECK(s.startMs == at);
    CHECK(s.endMs > s.startMs);
    at = s.endMs;
  }
  CHECK(at == static_cast<int32_t>(call.audio().size()) / 8);
}

TEST_CASE("a channel takes no more than 16 KB") { CHECK(Detector::stateBytes() <= 16 * 1024); }

TEST_CASE("every example of a person is live in every mode, every example of a recording a machine") {
  const char* people[] = {"01-en", "02-en", "03-en", "04-en", "05-en", "06-en", "07-en", "08-en",
                          "09-en", "10-en", "11-en", "12-en", "13-en", "14-en", "15-en", "16-en",
                          "17-en", "18-en", "19-en", "20-en", "21-de", "22-de", "23-de", "24-de",
                          "25-fr", "26-fr", "27-fr", "28-es", "29-es", "30-it", "31-it", "32-pt",
                          "33-pt", "34-pl", "35-nl", "36-sv", "37-cs", "38-ja", "39-tr", "40-hi"};
  for (const char* name : people) {
    for (Mode mode : {Mode::kNoAmDetection, Mode::kPositiveAmDetection, Mode::kAccurateAmDetection}) {
      INFO(std::string(name));
      CAPTURE(static_cast<int>(mode));
      auto s = settings("US", 4500);
      s->mode = mode;
      Call call;
      call.silence(500).voice(std::string("live-") + name).silence(3500);
      CHECK(cpd::analyze(call.audio(), *s, StartAt::kAnswer).verdict == Verdict::kLive);
    }
  }
  for (const char* name : {"01-en", "05-en", "09-en", "10-de", "12-fr", "13-es", "14-it", "16-pl"}) {
    INFO(std::string(name));
    Call call;
    call.silence(500).voice(std::string("machine-") + name).silence(3500);
    CHECK(analyzed(call, StartAt::kAnswer).verdict == Verdict::kMachine);
  }
}
