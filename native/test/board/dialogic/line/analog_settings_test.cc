// What the settings of analog lines do to a call.
#include "test/board/dialogic/harness.h"

namespace {

using namespace dialogictest;
using board::Topic;
using board::TransferStyle;

constexpr const char* kBoards = R"({"family":"springware","channels":4})";
constexpr const char* kPeople = R"({"number":"5550001","kind":"live","ringMs":3000})";

// A call's way to the extension by hook flash, in ms.
double flashTakes(std::optional<int32_t> flashMs, std::optional<int32_t> pauseMs) {
  Config config = configOf({analogSpan()});
  config.analog.flashMs = flashMs;
  config.analog.pauseMs = pauseMs;
  Bench bench(worldOf(kBoards, kPeople), config);
  REQUIRE_MESSAGE(bench.answered(4, 7, "5550001"), bench.board->report(Topic::kTrace));
  REQUIRE(bench.came(4, EventType::kVerdict, 10'000));
  const double asked = bench.board->now();
  REQUIRE(bench.board->transfer(4, 7, "7001", TransferStyle::kBlind) == Status::kOk);
  const Event moved = bench.until(4, EventType::kTransferred, 60'000);
  REQUIRE_MESSAGE(moved.type == EventType::kTransferred, bench.board->report(Topic::kTrace));
  return moved.at - asked;
}

TEST_CASE("dialogic: the hook flash and the pause after it last as long as they are set") {
  const double usual = flashTakes(500, 2'000);
  CHECK(flashTakes(std::nullopt, std::nullopt) == usual);  // what the stand-in's boards have
  CHECK(flashTakes(100, 2'000) == usual - 400);
  CHECK(flashTakes(500, 10'000) == usual + 8'000);
}

TEST_CASE("dialogic: pauses to get an outside line are no reason to give the call up") {
  for (const board::Cpa cpa : {board::Cpa::kBoard, board::Cpa::kOurs}) {
    SpanConfig span = analogSpan();
    span.cpa = cpa;
    Config config = configOf({span});
    config.analog.prefix = "9,,,,,,,";
    config.analog.pauseMs = 5'000;
    Bench bench(worldOf(R"({"family":"springware","channels":4,"access":"9"})", kPeople), config);
    REQUIRE(bench.call(1, 7, "5550001"));
    CHECK_MESSAGE(bench.came(1, EventType::kAnswered, 80'000), bench.board->report(Topic::kTrace));
    CHECK(bench.dropped(1, 7));
  }
}

TEST_CASE("dialogic: a flash or pause that the boards cannot count is refused by name") {
  for (const int32_t ms : {0, 505, 10'010, -10}) {
    CAPTURE(ms);
    Config config = configOf({analogSpan()});
    config.analog.flashMs = ms;
    const std::string expected =
        "analog.flashMs: found " + std::to_string(ms) + " ms, expected 10 to 10000 in steps of 10";
    CHECK_THROWS_WITH_AS(board::dialogic::makeDialogicBoard(config), expected.c_str(), std::invalid_argument);
  }
}

}  // namespace
