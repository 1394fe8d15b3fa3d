// Music in the place of ringback.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::analyzed;
using detector_fixture::Call;
using detector_fixture::settings;

namespace {

media::Signal chords() {
  return media::cadenceSignal(cpd::parseCadence(
      "523+659+784/310,587+440+698/290,494+392+587/420,523+330+659/210,440+523+659/350,392+494+587/280"));
}

// With its first overtone.
media::Signal note(int hz) {
  return media::cadenceSignal(cpd::parseCadence(std::to_string(hz) + "+" + std::to_string(2 * hz) + "/0"));
}

}  // namespace

TEST_CASE("music from dialling on is ringing where the trunk does not tell of an answer") {
  const auto result =
      cpd::analyze(Call().silence(400).tone(chords(), 9000).audio(), *settings(), StartAt::kDial);
  CHECK(result.verdict == Verdict::kRingback);
  CHECK(result.answerMs == cpd::kNever);
  int32_t musicMs = 0;
  for (const cpd::Segment& segment : result.segments)
    if (segment.kind == cpd::SegmentKind::kMusic) musicMs += segment.endMs - segment.startMs;
  CHECK(musicMs > 7000);
}

TEST_CASE("who speaks after the music has answered") {
  for (const double pauseMs : {120.0, 600.0}) {
    CAPTURE(pauseMs);
    Call call;
    call.silence(400).tone(chords(), 6000, -24).silence(pauseMs);
    const int32_t answerMs = call.ms();
    call.voice("live-12-en").silence(3000);
    const auto result = analyzed(call, StartAt::kDial);
    CHECK(result.verdict == Verdict::kLive);
    CHECK(std::abs(result.answerMs - answerMs) < 800);
  }
}

TEST_CASE("music after a signalled answer is no ringing") {
  cpd::Detector detector;
  detector.start(settings(), StartAt::kAnswer);
  detector_fixture::hear(detector, Call().silence(400).tone(chords(), 9000).audio());
  CHECK(detector.evidence().verdict != Verdict::kRingback);
  CHECK(detector.evidence().verdict != Verdict::kFalseAnswer);
}

TEST_CASE("a tune before a greeting is no greeting: nobody is live before somebody speaks") {
  for (const double noteMs : {150.0, 220.0}) {
    CAPTURE(noteMs);
    const int hz[] = {523, 587, 659, 523, 784, 659, 587, 523, 440, 494, 523, 659, 587, 494};
    Call call;
    call.silence(300);
    for (const int each : hz) call.tone(note(each), noteMs, -20).silence(220);
    const int32_t endMs = call.ms();
    call.voice("machine-02-en").silence(1500);
    const auto result = analyzed(call, StartAt::kAnswer);
    CHECK(result.decidedMs > endMs);
  }
}
