// Faults of the simulated board, each injected on request.
#include <doctest/doctest.h>

#include "test/board/sim/harness.h"

using board::FailureReason;
using board::LineState;
using board::TrunkKind;
using board::sim::Fault;
using board::sim::FaultKind;
using board::sim::Kind;
using simtest::Bench;
using simtest::Event;
using simtest::EventType;
using simtest::Status;

namespace {

constexpr const char* kNumber = "15550100";

Fault fault(FaultKind kind, board::ChannelId channel = 0) {
  Fault f{.kind = kind, .event = {}, .number = {}};
  f.channel = channel;
  return f;
}

board::sim::Config world(TrunkKind kind, const Fault& f) {
  board::sim::Subscriber person = simtest::subscriber(kNumber, Kind::kLive);
  person.patienceMs = 60'000;
  board::sim::Config c = simtest::config(kind, {person});
  c.world.faults = {f};
  return c;
}

}  // namespace

TEST_CASE("fault: no dial tone") {
  Bench bench(world(TrunkKind::kAnalog, fault(FaultKind::kNoDialTone, 1)));
  REQUIRE(bench.board->seize(1, 5) == Status::kOk);
  const Event* failed = bench.until(1, EventType::kFailed, 4000);
  REQUIRE(failed != nullptr);
  CHECK(failed->text == "seize");
  CHECK(failed->failure == FailureReason::kNoDialTone);
  CHECK(failed->at == 3000);
  CHECK(failed->ref == 5);
  CHECK(bench.state(1) == LineState::kIdle);
  CHECK_FALSE(bench.has(1, EventType::kSeized));
  CHECK(bench.call(2, 6, kNumber));
}

TEST_CASE("fault: glare, so many times") {
  for (const TrunkKind kind : {TrunkKind::kAnalog, TrunkKind::kIsdn}) {
    Fault glare = fault(FaultKind::kGlare, 1);
    glare.times = 2;
    Bench bench(world(kind, glare));
    for (int i = 1; i <= 2; ++i) {
      REQUIRE(bench.board->seize(1, 5) == Status::kOk);
      bench.board->advance(200);
      CHECK(bench.count(1, EventType::kFailed) == i);
      CHECK(bench.events.all.back().failure == FailureReason::kGlare);
      CHECK(bench.state(1) == LineState::kIdle);
    }
    CHECK(bench.call(1, 5, kNumber));
  }
}

TEST_CASE("fault: an event that never comes, for one number") {
  Fault lost = fault(FaultKind::kLostEvent);
  lost.event = "released";
  lost.number = kNumber;
  Bench bench(world(TrunkKind::kIsdn, lost));
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.board->drop(1, 5) == Status::kOk);
  bench.board->advance(5000);
  CHECK_FALSE(bench.has(1, EventType::kReleased));
  CHECK(bench.state(1) == LineState::kIdle);
  REQUIRE(bench.call(1, 6, "15550199"));
  REQUIRE(bench.board->drop(1, 6) == Status::kOk);
  CHECK(bench.until(1, EventType::kReleased, 100) != nullptr);
}

TEST_CASE("fault: a channel that hangs from the second call on, until the second reset") {
  Fault hang = fault(FaultKind::kHang, 1);
  hang.calls = 2;
  hang.resets = 2;
  Bench bench(world(TrunkKind::kIsdn, hang));
  REQUIRE(bench.call(1, 5, kNumber));
  REQUIRE(bench.board->drop(1, 5) == Status::kOk);
  bench.board->advance(100);
  const size_t mark = bench.mark();
  REQUIRE(bench.board->seize(1, 6) == Status::kOk);
  bench.board->advance(5000);
  CHECK(bench.board->drop(1, 6) == Status::kOk);
  bench.board->advance(5000);
  CHECK(bench.board->reset(1) == Status::kOk);
  bench.board->advance(5000);
  CHECK(bench.mark() == mark);
  CHECK(bench.board->reset(1) == Status::kOk);
  bench.board->advance(200);
  CHECK(bench.count(1, EventType::kReset) == 1);
  CHECK(bench.answered(1, 7, kNumber));
}

TEST_CASE("fault: an alarm cuts the calls of its span, and passes") {
  Fault alarm = fault(FaultKind::kAlarm);
  alarm.span = 1;
  alarm.alarm = board::AlarmKind::kYellow;
  alarm.atMs = 20'000;
  alarm.forMs = 5'000;
  board::sim::Config c = world(TrunkKind::kIsdn, alarm);
  c.trunks.push_back({TrunkKind::kIsdn, 1});
  Bench bench(c);
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.answered(3, 6, kNumber));
  bench.board->advance(20'000 - bench.board->now());
  const Event* on = bench.find(1, EventType::kAlarm);
  REQUIRE(on != nullptr);
  CHECK(on->on);
  CHECK(on->span == 1);
  CHECK(on->alarm == board::AlarmKind::kYellow);
  CHECK(on->at == 20'000);
  REQUIRE(bench.has(1, EventType::kDisconnected));
  CHECK(bench.find(1, EventType::kDisconnected)->cause == 27);
  CHECK(bench.find(1, EventType::kOutOfService)->text == "alarm_yellow");
  CHECK(bench.has(2, EventType::kOutOfService));
  CHECK(bench.state(2) == LineState::kOutOfService);
  CHECK_FALSE(bench.has(3, EventType::kOutOfService));
  CHECK(bench.state(3) == LineState::kAnswered);
  CHECK(bench.board->seize(2, 7) == Status::kChannelOutOfService);
  CHECK(bench.board->drop(1, 5) == Status::kOk);
  CHECK(bench.until(1, EventType::kReleased, 100) != nullptr);
  CHECK(bench.state(1) == LineState::kOutOfService);
  REQUIRE(bench.until(2, EventType::kInService, 5'100) != nullptr);
  CHECK_FALSE(bench.events.all[bench.mark() - 3].on);  // alarm off, then both channels
  CHECK(bench.has(1, EventType::kInService));
  CHECK(std::string(bench.board->groundTruth()[0].endedBy) == "fault");
  CHECK(bench.answered(1, 8, kNumber));
}

TEST_CASE("a call cut by an alarm and never dropped does not outlive it") {
  Fault alarm = fault(FaultKind::kAlarm);
  alarm.span = 1;
  alarm.atMs = 10'000;
  alarm.forMs = 1'000;
  Bench bench(world(TrunkKind::kIsdn, alarm));
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.until(1, EventType::kInService, 20'000) != nullptr);
  CHECK(bench.state(1) == LineState::kIdle);
  CHECK(bench.answered(1, 6, kNumber));
}

TEST_CASE("an alarm raised and ended by hand; one on top of another") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {}, 1));
  bench.board->raiseAlarm(1, board::AlarmKind::kRed);
  bench.board->raiseAlarm(1, board::AlarmKind::kLayer2);
  bench.board->advance(20);
  CHECK(bench.count(1, EventType::kAlarm) == 2);
  CHECK(bench.count(1, EventType::kOutOfService) == 1);
  bench.board->endAlarm(1);
  bench.board->advance(40);
  CHECK(bench.count(1, EventType::kAlarm) == 4);
  CHECK(bench.count(1, EventType::kInService) == 1);
}

TEST_CASE("fault: the board dies; its clock is the host's and goes on") {
  Fault dead = fault(FaultKind::kDead);
  dead.atMs = 10'000;
  Bench bench(world(TrunkKind::kIsdn, dead));
  REQUIRE(bench.answered(1, 5, kNumber));
  bench.board->advance(10'000 - bench.board->now());
  CHECK(bench.events.all.back().type == EventType::kDead);
  CHECK(bench.board->drop(1, 5) == Status::kBoardDead);
  CHECK(bench.board->seize(2, 6) == Status::kBoardDead);
  CHECK(std::string(bench.board->groundTruth()[0].endedBy) == "fault");
  const size_t mark = bench.mark();
  bench.board->setTimer(3, 500);
  bench.board->advance(60'000);
  REQUIRE(bench.mark() == mark + 1);
  CHECK(bench.events.all.back().type == EventType::kTimer);
}

TEST_CASE("faults that cannot be are refused by name") {
  const auto refused = [](const Fault& f) {
    CHECK_THROWS_AS(board::sim::makeSimBoard(world(TrunkKind::kIsdn, f)), std::invalid_argument);
  };
  refused(fault(FaultKind::kGlare, 9));
  refused(fault(FaultKind::kNoDialTone, 1));  // ISDN has none
  refused(fault(FaultKind::kAlarm));
  Fault lost = fault(FaultKind::kLostEvent);
  lost.event = "nonsense";
  refused(lost);
}
