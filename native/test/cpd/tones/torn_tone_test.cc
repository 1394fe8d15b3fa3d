// Tones of which a loss or a coder leaves less than a generator makes, on trunks that do not tell of the
// answer.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "test/cpd/detector_fixture.h"

using namespace cpd;
using namespace detector_fixture;

namespace {

std::shared_ptr<Settings> untold(const char* plan) {
  auto s = settings(plan);
  s->inferAnswer = true;
  return s;
}

// The packet before is played once more every `everyMs` from `fromMs` on: nobody tells of the loss.
void playTwice(std::vector<int16_t>& audio, int fromMs, int everyMs) {
  constexpr auto kFrame = static_cast<std::ptrdiff_t>(kFrameSamples);
  for (auto at = static_cast<std::ptrdiff_t>(fromMs) / kFrameMs * kFrame;
       at + kFrame <= static_cast<std::ptrdiff_t>(audio.size()); at += everyMs / kFrameMs * kFrame)
    std::copy_n(audio.begin() + at - kFrame, kFrame, audio.begin() + at);
}

Verdict verdictOf(const char* plan, const std::vector<int16_t>& audio, std::vector<Observation>& said) {
  Detector detector;
  detector.start(untold(plan), StartAt::kDial);
  said = hear(detector, audio);
  return detector.evidence().verdict;
}

}  // namespace

TEST_CASE("a busy tone with lost packets is busy, and nobody answered") {
  for (const char* plan : {"DE", "FR", "US"}) {
    CAPTURE(plan);
    std::vector<int16_t> audio =
        Call().silence(600).tone(media::cadenceSignal(findTonePlan(plan)->busy), 3000).audio();
    playTwice(audio, 760, 240);
    std::vector<Observation> said;
    CHECK(verdictOf(plan, audio, said) == Verdict::kBusy);
    CHECK(count(said, ObservationKind::kAnswered) == 0);
  }
}

TEST_CASE("a word like a burst of busy, after which none comes, is an answer: late, but not lost") {
  // A voice that holds a note wavers more than a generator.
  const auto word = media::cadenceSignal(parseCadence("420/160,429/160,420/160,0/0"));
  std::vector<int16_t> audio = Call().silence(600).tone(word, 480).silence(3000).audio();
  std::vector<Observation> said;
  CHECK(verdictOf("DE", audio, said) == Verdict::kLive);
  REQUIRE(count(said, ObservationKind::kAnswered) == 1);
  CHECK(std::abs(first(said, ObservationKind::kAnswered)->startMs - 600) <= 40);
}

TEST_CASE("a dial tone of two near frequencies is one also where packets are lost") {
  std::vector<int16_t> audio =
      Call().silence(400).tone(media::cadenceSignal(findTonePlan("US")->dial), 4000).audio();
  for (const int lostMs : {560, 1500}) std::fill_n(audio.begin() + lostMs * 8, kFrameSamples, int16_t{0});
  std::vector<Observation> said;
  verdictOf("US", audio, said);
  CHECK(std::any_of(said.begin(), said.end(), [](const Observation& o) {
    return o.kind == ObservationKind::kTone && o.tone == cpd::ToneId::kDialtone;
  }));
  CHECK(count(said, ObservationKind::kAnswered) == 0);
}

TEST_CASE("ringback with lost packets goes on as ringback until somebody speaks") {
  std::vector<int16_t> audio = Call()
                                   .silence(600)
                                   .tone(media::cadenceSignal(findTonePlan("JP")->ringback), 7400)
                                   .voice("live-01-en")
                                   .silence(2000)
                                   .audio();
  std::vector<int16_t> ringing(audio.begin(), audio.begin() + 8000 * 8);
  playTwice(ringing, 800, 300);
  std::copy(ringing.begin(), ringing.end(), audio.begin());
  std::vector<Observation> said;
  CHECK(verdictOf("JP", audio, said) == Verdict::kLive);
  REQUIRE(count(said, ObservationKind::kAnswered) == 1);
  const auto answered = std::find_if(
      said.begin(), said.end(), [](const Observation& o) { return o.kind == ObservationKind::kAnswered; });
  CHECK(answered->startMs >= 7900);
}

TEST_CASE("special information tones with three packets lost in a row, nobody told, are whole") {
  std::vector<int16_t> audio =
      Call().silence(400).tone(media::sitSignal(SitCategory::kIC), 1000).silence(600).audio();
  std::fill_n(audio.begin() + 820 * 8, 3 * kFrameSamples, int16_t{0});
  Detector detector;
  detector.start(untold("US"), StartAt::kDial);
  hear(detector, audio);
  CHECK(detector.evidence().verdict == Verdict::kSit);
  CHECK(detector.evidence().sit == SitCategory::kIC);
}

TEST_CASE("noise like a word before a fax machine calls does not make a person of it") {
  Call call;
  call.silence(300).voice("live-01-en", 900).silence(200).tone(media::cngSignal(), 4200).silence(300);
  Detector detector;
  detector.start(settings("US"), StartAt::kAnswer);
  hear(detector, call.audio());
  CHECK(detector.evidence().verdict == Verdict::kFax);
}
