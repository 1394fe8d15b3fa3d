// Channels out of service, alarms, and closing with calls up.
#include "test/board/dialogic/each_line.h"

namespace {

using namespace dialogictest;

// Two minutes of red alarm from before the board is opened.
constexpr const char* kRedFromTheStart =
    R"(,"faults":[{"kind":"alarm","span":1,"alarm":"red","atMs":0,"forMs":120000}])";

// The alarm is told, and is why no line is in service; when it is over, that is told too, and the line is.
void checkAlarmFromTheStart(Bench& bench) {
  const Event alarm = bench.until(1, EventType::kAlarm, 0);
  REQUIRE_MESSAGE(alarm.type == EventType::kAlarm, bench.board->report(Topic::kTrace));
  CHECK(alarm.on);
  CHECK(alarm.span == 1);
  CHECK(alarm.alarm == board::AlarmKind::kRed);
  for (const board::ChannelState& state : bench.board->channels()) {
    CHECK(state.state == LineState::kOutOfService);
    CHECK(state.reason == "alarm_red");
  }
  const size_t from = bench.mark();
  const Event over = bench.until(1, EventType::kAlarm, 180'000, from);
  CHECK(over.type == EventType::kAlarm);
  CHECK_FALSE(over.on);
  CHECK(bench.came(1, EventType::kInService, 60'000, from));
}

TEST_CASE("dialogic: a channel goes out of service and comes back") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE(bench.board->setInService(1, false) == Status::kOk);
    CHECK(bench.until(1, EventType::kOutOfService, 1'000).text == "administrative");
    CHECK(bench.board->seize(1, 7) == Status::kChannelOutOfService);
    REQUIRE(bench.board->setInService(1, true) == Status::kOk);
    CHECK(bench.came(1, EventType::kInService, 1'000));
    REQUIRE(bench.seize(1, 7));
    CHECK(bench.board->setInService(1, false) == Status::kChannelBusy);
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: an alarm ends the calls of its span, and the span comes back") {
  onEach([](Bench& bench, const Line& line) {
    if (line.span.kind == board::TrunkKind::kAnalog) return;  // an analog board has no alarms to tell
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
    REQUIRE(standIn().alarm(1, "red", 1) == 0);
    const Event alarm = bench.until(1, EventType::kAlarm, 2'000);
    REQUIRE_MESSAGE(alarm.on, bench.board->report(Topic::kTrace));
    CHECK(alarm.span == 1);
    CHECK(alarm.alarm == board::AlarmKind::kRed);
    CHECK(bench.came(1, EventType::kDisconnected, 2'000));
    CHECK(bench.until(2, EventType::kOutOfService, 2'000).text == "alarm_red");
    CHECK(bench.board->seize(2, 8) == Status::kChannelOutOfService);
    CHECK_MESSAGE(bench.dropped(1, 7), bench.board->report(Topic::kTrace));
    const size_t from = bench.mark();
    REQUIRE(standIn().alarm(1, "red", 0) == 0);
    const Event over = bench.until(1, EventType::kAlarm, 2'000, from);
    CHECK(over.type == EventType::kAlarm);
    CHECK(!over.on);
    CHECK(bench.came(2, EventType::kInService, 2'000, from));
    CHECK(bench.came(1, EventType::kInService, 2'000, from));
    CHECK(bench.seize(1, 9));
    CHECK(bench.dropped(1, 9));
  });
}

TEST_CASE("dialogic: an alarm that stands at the start is told, and is why no line comes into service") {
  for (const Line& line :
       {Line{"ISDN", kIsdnBoard, isdnSpan()}, Line{"ISDN, ours", kIsdnBoard, with(isdnSpan(), Cpa::kOurs)}}) {
    // The span, whose alarms are asked for, and a line.
    Bench bench(worldOf(line.board, kPeople, kRedFromTheStart), configOf({line.span}), 2);
    checkAlarmFromTheStart(bench);
  }
}

TEST_CASE("dialogic: an alarm that came before its events were asked for is found, and its end is told") {
  Bench bench(worldOf(kIsdnBoard, kPeople, kRedFromTheStart), configOf({isdnSpan()}), 0, 100);
  checkAlarmFromTheStart(bench);
  CHECK(bench.board->report(Topic::kAlarms).find(R"("inferred":1)") != std::string::npos);
}

TEST_CASE("dialogic: the board closes with calls up, twice, and is silent then") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
    REQUIRE(bench.board->seize(2, 8) == Status::kOk);
    std::future<void> closing = std::async(std::launch::async, [&] { bench.board->close(); });
    while (closing.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) standIn().advance(20);
    const size_t before = bench.mark();
    bench.board->close();
    CHECK(bench.board->seize(2, 9) == Status::kBoardDead);
    CHECK(bench.mark() == before);
  });
}

}  // namespace
