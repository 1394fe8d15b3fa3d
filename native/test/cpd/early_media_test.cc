// An announcement before the ringing, where the trunk does not tell of an answer: nobody has answered yet.
#include <doctest/doctest.h>

#include <string>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::Call;
using detector_fixture::settings;

namespace {

media::Signal ringback(const char* plan) { return media::cadenceSignal(cpd::findTonePlan(plan)->ringback); }

Call announcementThenRinging(const char* plan, const char* voice, double gapMs, double ringMs) {
  Call call;
  call.silence(400).voice(voice).silence(gapMs).tone(ringback(plan), ringMs);
  return call;
}

}  // namespace

TEST_CASE("an announcement and then ringing is no answer") {
  for (const char* plan : {"US", "DE"})
    for (const char* voice : {"announcement-1-en", "announcement-2-en"})
      for (const double gapMs : {0.0, 400.0}) {
        INFO(std::string(plan) << " " << voice << " " << gapMs);
        Call call = announcementThenRinging(plan, voice, gapMs, 20000);
        const auto result = cpd::analyze(call.audio(), *settings(plan), StartAt::kDial);
        CHECK(result.verdict == Verdict::kRingback);
        CHECK(result.answerMs == cpd::kNever);
      }
}

TEST_CASE("who speaks after the announcement and the ringing has answered then") {
  for (const char* plan : {"US", "DE"}) {
    INFO(std::string(plan));
    Call call = announcementThenRinging(plan, "announcement-1-en", 400, 12000);
    const int32_t answerMs = call.ms();
    call.silence(300).voice("live-12-en").silence(3000);
    const auto result = cpd::analyze(call.audio(), *settings(plan), StartAt::kDial);
    CHECK(result.verdict == Verdict::kLive);
    CHECK(result.answerMs >= answerMs);
  }
}
