// What goes on beside a call: joining, announcements, digits, and how it is ended.
#include "test/board/dialogic/each_line.h"

namespace {

using namespace dialogictest;

TEST_CASE("dialogic: two calls are joined and parted") {
  onEach([](Bench& bench, const Line&) {
    board::DialParameters agent;
    agent.noDetection = true;
    REQUIRE_MESSAGE(bench.answered(2, 5, "7001", agent), bench.board->report(Topic::kTrace));
    REQUIRE_MESSAGE(bench.answered(1, 6, "5550001"), bench.board->report(Topic::kTrace));
    const double asked = bench.board->now();
    REQUIRE(bench.board->join(1, 6, 2) == Status::kOk);
    const Event joined = bench.until(1, EventType::kJoined, 2'000);
    REQUIRE_MESSAGE(joined.type == EventType::kJoined, bench.board->report(Topic::kTrace));
    CHECK(joined.other == 2);
    CHECK(joined.at - asked <= 20);
    CHECK(bench.until(2, EventType::kJoined, 0).other == 1);
    CHECK(bench.board->join(1, 6, 2) == Status::kIllegalState);
    bench.pass(500);
    REQUIRE(bench.board->part(1, 6) == Status::kOk);
    CHECK(bench.came(1, EventType::kParted, 1'000));
    CHECK(bench.came(2, EventType::kParted, 1'000));
    CHECK(bench.state(1) == LineState::kAnswered);
    CHECK(bench.state(2) == LineState::kAnswered);
    const size_t from = bench.mark();
    REQUIRE(bench.board->join(1, 6, 2) == Status::kOk);
    CHECK(bench.came(1, EventType::kJoined, 1'000, from));
    CHECK(bench.dropped(1, 6));
    CHECK(bench.came(2, EventType::kParted, 1'000, from));
    CHECK(bench.state(2) == LineState::kAnswered);
    CHECK(bench.dropped(2, 5));
  });
}

TEST_CASE("dialogic: an announcement is played to its end, or until it is stopped") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550007"), bench.board->report(Topic::kTrace));
    REQUIRE(bench.board->play(1, 7, announcement()) == Status::kOk);
    CHECK(bench.board->play(1, 7, announcement()) == Status::kIllegalState);
    const Event played = bench.until(1, EventType::kPlayed, 30'000);
    CHECK_MESSAGE(played.completed, bench.board->report(Topic::kTrace));
    const size_t from = bench.mark();
    REQUIRE(bench.board->play(1, 7, announcement()) == Status::kOk);
    bench.pass(200);
    REQUIRE(bench.board->stopPlay(1, 7) == Status::kOk);
    const Event stopped = bench.until(1, EventType::kPlayed, 5'000, from);
    REQUIRE(stopped.type == EventType::kPlayed);
    CHECK(!stopped.completed);
    CHECK(bench.state(1) == LineState::kAnswered);
    CHECK(bench.board->play(1, 7, "/nowhere/announcement.wav") == Status::kBadArgument);
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: digits are collected up to the terminator or the time limit") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550007"), bench.board->report(Topic::kTrace));
    board::DigitLimits limits;
    limits.count = 5;
    limits.terminator = '#';
    limits.timeoutMs = 30'000;
    REQUIRE(bench.board->collectDigits(1, 7, limits) == Status::kOk);
    REQUIRE(bench.board->play(1, 7, announcement()) == Status::kOk);
    const Event digits = bench.until(1, EventType::kDigits, 40'000);
    CHECK(digits.text == "42");
    CHECK(std::string(digits.digitsReason) == "terminator");
    const size_t from = bench.mark();
    limits = {};
    limits.count = 5;
    limits.timeoutMs = 1'000;
    REQUIRE(bench.board->collectDigits(1, 7, limits) == Status::kOk);
    CHECK(std::string(bench.until(1, EventType::kDigits, 5'000, from).digitsReason) == "timeout");
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: a call is dropped in any state, once") {
  onEach([](Bench& bench, const Line& line) {
    CallRef ref = 10;
    for (int stage = 0; stage < 6; ++stage) {
      CAPTURE(stage);
      ++ref;
      board::DialParameters parameters;
      parameters.plan = "US";
      const size_t from = bench.mark();
      REQUIRE(bench.board->seize(1, ref) == Status::kOk);
      if (stage > 0) REQUIRE(bench.came(1, EventType::kSeized, 4'000, from));
      if (stage > 1) REQUIRE(bench.board->dial(1, ref, "5550001", parameters) == Status::kOk);
      if (stage > 2) REQUIRE(bench.came(1, EventType::kDialled, 10'000, from));
      // Springware tells its ringback tone after a whole cycle of it, and this call is answered before.
      const bool tellsRinging = line.span.kind != board::TrunkKind::kAnalog || line.span.cpa == Cpa::kOurs;
      if (stage > 3 && tellsRinging)
        REQUIRE_MESSAGE(bench.came(1, EventType::kRinging, 10'000, from), bench.board->report(Topic::kTrace));
      if (stage > 4) REQUIRE(bench.came(1, EventType::kAnswered, 20'000, from));
      CHECK(bench.dropped(1, ref));
      bench.pass(1'000);
      const std::string story = bench.story(ref);
      CHECK(story.ends_with("released"));
      CHECK(story.find("released") == story.rfind("released"));
      CHECK(bench.state(1) == LineState::kIdle);
    }
  });
}

TEST_CASE("dialogic: a channel is reset, with a call on it or without") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE(bench.board->reset(1) == Status::kOk);
    CHECK(bench.until(1, EventType::kReset, 5'000).type == EventType::kReset);
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
    const size_t from = bench.mark();
    REQUIRE(bench.board->reset(1) == Status::kOk);
    const Event reset = bench.until(1, EventType::kReset, 10'000, from);
    REQUIRE_MESSAGE(reset.type == EventType::kReset, bench.board->report(Topic::kTrace));
    CHECK(reset.ref == 7);
    CHECK(bench.state(1) == LineState::kIdle);
    CHECK(bench.board->drop(1, 7) == Status::kIllegalState);
    CHECK(bench.seize(1, 8));
    CHECK(bench.dropped(1, 8));
  });
}

}  // namespace
