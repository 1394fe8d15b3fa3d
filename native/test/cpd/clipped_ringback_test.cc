// A line that is heard from its answer on: what still rings there is no beep, and who then speaks is a
// person.
#include <doctest/doctest.h>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using detector_fixture::analyzed;
using detector_fixture::Call;

TEST_CASE("the rest of a burst of ringback after answer is no beep") {
  for (const char* ringback : {"425/0", "440+480/0", "400+450/0", "440/0"}) {
    for (const int restMs : {150, 300, 700, 950}) {
      CAPTURE(ringback);
      CAPTURE(restMs);
      Call call;
      call.tone(media::cadenceSignal(cpd::parseCadence(ringback)), restMs, -20)
          .silence(600)
          .voice("live-01-en")
          .silence(4000);
      const cpd::AnalysisResult heard = analyzed(call, cpd::StartAt::kAnswer);
      CHECK(heard.verdict == cpd::Verdict::kLive);
      CHECK(heard.beepMs == cpd::kNever);
    }
  }
}

TEST_CASE("a beep is one all the same, long enough after answer") {
  Call call;
  call.silence(400).tone(media::cadenceSignal(cpd::parseCadence("1000/0")), 400, -15).silence(4000);
  CHECK(analyzed(call, cpd::StartAt::kAnswer).beepMs >= 380);
}
