// Where calls of a trunk go, and when it takes none.
#include "board/sip/line/trunk_line.h"

#include <doctest/doctest.h>

#include <string>

using board::sip::Ending;
using board::sip::Registration;
using board::sip::Trunk;
using board::sip::TrunkLine;

namespace {

Trunk trunk(bool registers = false) {
  Trunk made;
  made.registers = registers;
  made.callsPerSecond = 10;
  return made;
}

Ending response(int status, int retryAfterS = -1, int reasonCause = -1) {
  return {
      .by = Ending::By::kResponse, .status = status, .reasonCause = reasonCause, .retryAfterS = retryAfterS};
}

std::string why(const TrunkLine& line, double now) {
  const char* reason = line.whyNoCalls(now);
  return reason == nullptr ? "" : reason;
}

}  // namespace

TEST_CASE("trunk line: calls go to the first address that can be used") {
  TrunkLine line(trunk(), 3, 30'000);
  CHECK(line.choose(0, 0) == 0U);
  CHECK(line.choose(0, 0b001) == 1U);
  CHECK(line.choose(0, 0b011) == 2U);
  CHECK_FALSE(line.choose(0, 0b111).has_value());
  CHECK(line.callFailed(0, 0, {.by = Ending::By::kSilence}));
  CHECK(line.choose(4'999, 0) == 1U);
  CHECK(line.choose(5'000, 0) == 0U);
  // Silent again: left alone for twice as long; one call that gets through, and it starts anew.
  (void)line.callFailed(5'000, 0, {.by = Ending::By::kSilence});
  CHECK(line.choose(14'999, 0) == 1U);
  CHECK(line.choose(15'000, 0) == 0U);
  line.callTaken(0);
  (void)line.callFailed(20'000, 0, {.by = Ending::By::kSilence});
  CHECK(line.choose(25'000, 0) == 0U);
}

TEST_CASE("trunk line: another address is tried for what may be the first one's fault alone") {
  TrunkLine line(trunk(), 2, 30'000);
  for (const int status : {408, 500, 503, 504}) {
    CAPTURE(status);
    CHECK(line.callFailed(0, 0, response(status)));
    CHECK_FALSE(line.callFailed(0, 0, response(status, -1, 34)));
  }
  for (const int status : {302, 401, 403, 404, 480, 486, 487, 502, 603}) {
    CAPTURE(status);
    CHECK_FALSE(line.callFailed(0, 0, response(status)));
  }
  CHECK_FALSE(line.callFailed(0, 0, {.by = Ending::By::kUnusable}));
}

TEST_CASE("trunk line: 503 with Retry-After rests the address, and the trunk when it is the last one") {
  TrunkLine line(trunk(), 2, 30'000);
  CHECK(line.callFailed(0, 0, response(503, 10)));
  CHECK_FALSE(line.pace().isSlow());
  CHECK(why(line, 0).empty());
  CHECK(line.callFailed(0, 1, response(503, 20)));
  CHECK(why(line, 0) == "retry_after");
  CHECK(why(line, 9'999) == "retry_after");
  CHECK(why(line, 10'000).empty());
  CHECK(line.choose(10'000, 0) == 0U);
  CHECK_FALSE(line.isDown());
  // However long it asks for.
  (void)line.callFailed(30'000, 0, response(503, 86'400));
  (void)line.callFailed(30'000, 1, response(503, 86'400));
  CHECK(why(line, 629'999) == "retry_after");
  CHECK(why(line, 630'000).empty());
}

TEST_CASE("trunk line: limits of the provider's make calls fewer") {
  TrunkLine line(trunk(), 1, 30'000);
  CHECK(line.callFailed(1'000, 0, response(503)));
  CHECK(line.pace().gapMs() == 200);
  Ending limit = response(403);
  CHECK_FALSE(line.callFailed(1'000, 0, limit));
  CHECK(line.pace().gapMs() < 200);  // no limit: a sign of life
  limit.limitText = true;
  CHECK_FALSE(line.callFailed(1'000, 0, limit));
  CHECK(line.pace().gapMs() > 200);
  CHECK(why(line, 1'000).empty());
}

TEST_CASE("trunk line: one channel at a time begins, as often as calls may start") {
  TrunkLine line(trunk(), 1, 30'000);
  CHECK(line.allowsTurn(0));
  line.turnTaken(0);
  CHECK_FALSE(line.allowsTurn(99));
  CHECK(line.allowsTurn(100));
  // A call that began by itself, an agent's, counts too.
  line.callStarted(100);
  CHECK_FALSE(line.allowsTurn(199));
  CHECK(line.allowsTurn(200));
}

TEST_CASE("trunk line: down when no address answers, and only then") {
  TrunkLine line(trunk(), 2, 1'000);
  for (double now = 0; now <= 5'000; now += 20) {
    for (const size_t address : line.tick(now).probes)
      if (address == 1) line.probeAnswered(address);
  }
  CHECK(line.isDown(0));
  CHECK_FALSE(line.isDown());
  CHECK(line.choose(5'000, 0) == 1U);
  for (double now = 5'020; now <= 10'000; now += 20) (void)line.tick(now);
  CHECK(line.isDown());
  CHECK(why(line, 10'000).empty());  // the alarm says it
  line.probeAnswered(0);
  CHECK_FALSE(line.isDown());
}

TEST_CASE("trunk line: one that registers takes calls while it is registered") {
  TrunkLine line(trunk(true), 2, 30'000);
  CHECK(why(line, 0) == "not_registered");
  CHECK(line.tick(0).registration == 0U);
  CHECK_FALSE(line.tick(20).registration.has_value());
  line.registered(100, 60);
  CHECK(why(line, 100).empty());
  CHECK_FALSE(line.tick(48'080).registration.has_value());
  CHECK(line.tick(48'100).registration == 0U);
  // Nobody answers: the next time it is the other address; what was granted counts to its end.
  line.registrationFailed(50'000, 0, -1);
  CHECK(why(line, 60'099).empty());
  CHECK(why(line, 60'100) == "not_registered");
  CHECK_FALSE(line.tick(54'980).registration.has_value());
  CHECK(line.tick(55'000).registration == 1U);
  line.registered(55'000, 60);
  CHECK(why(line, 60'100).empty());
  // A refusal ends it at once.
  line.registrationFailed(61'000, 403, -1);
  CHECK(why(line, 61'000) == "not_registered");
}

TEST_CASE("registration: asks again at growing intervals, and as late as it is told to") {
  Registration registration;
  double now = 0;
  const auto wait = [&](int status, int retryAfterS) {
    CHECK(registration.tick(now));
    registration.failed(now, status, retryAfterS);
    const double from = now;
    while (!registration.tick(now)) now += 100;
    registration.failed(now, 500, -1);
    registration.granted(now, 1);
    const double waited = now - from;
    now += 100'000;
    return waited;
  };
  CHECK(wait(500, -1) == 5'000);
  CHECK(wait(503, 90) == 90'000);
  CHECK(wait(503, 90'000) == 300'000);
  CHECK(registration.tick(now));
  for (int i = 0; i < 20; ++i) registration.failed(now, 500, -1);
  CHECK_FALSE(registration.tick(now + 299'999));
  CHECK(registration.tick(now + 300'000));
  CHECK(registration.lastStatus() == 500);
}
