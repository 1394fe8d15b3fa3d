// Moving a call: transfers, bridges, and the switch that takes both calls.
#include "test/board/dialogic/each_line.h"

namespace {

using namespace dialogictest;

TEST_CASE("dialogic: a call is transferred and its channel is free") {
  onEach([](Bench& bench, const Line& line) {
    if (line.span.kind == board::TrunkKind::kIsdn) return;  // bridged: another case
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
    REQUIRE(bench.board->transfer(1, 7, "7001", TransferStyle::kBlind) == Status::kOk);
    REQUIRE_MESSAGE(bench.came(1, EventType::kReleased, 20'000), bench.board->report(Topic::kTrace));
    CHECK(bench.story(7).ends_with("transferred released"));
    CHECK(bench.state(1) == LineState::kIdle);
  });
}

TEST_CASE("dialogic: it is said why a transfer failed, and the call is kept") {
  onEach([](Bench& bench, const Line& line) {
    if (line.span.kind == board::TrunkKind::kIsdn) return;
    const struct {
      const char* extension;
      FailureReason reason;
    } kTransfers[] = {{"7002", FailureReason::kTransferBusy}, {"7003", FailureReason::kTransferRefused}};
    CallRef ref = 10;
    for (const auto& transfer : kTransfers) {
      const std::string extension = transfer.extension;
      CAPTURE(extension);
      REQUIRE_MESSAGE(bench.answered(1, ++ref, "5550001"), bench.board->report(Topic::kTrace));
      const size_t from = bench.mark();
      REQUIRE(bench.board->transfer(1, ref, transfer.extension, TransferStyle::kConsult) == Status::kOk);
      const Event failed = bench.until(1, EventType::kFailed, 60'000, from);
      REQUIRE_MESSAGE(failed.type == EventType::kFailed, bench.board->report(Topic::kTrace));
      // An analog switch refuses by the tone that it gives; to the vendor's analysis that is busy too.
      const bool analog = line.span.kind == board::TrunkKind::kAnalog;
      CHECK(
          (failed.failure == transfer.reason || (analog && failed.failure == FailureReason::kTransferBusy)));
      CHECK(bench.state(1) == LineState::kAnswered);
      CHECK(bench.dropped(1, ref));
    }
  });
}

TEST_CASE("dialogic: a bridge takes a second line and keeps the channel") {
  SpanConfig span = isdnSpan();
  span.bridgeLines = 1;
  Bench bench(worldOf(kIsdnBoard, kPeople), configOf({span}));
  REQUIRE(bench.board->inventory().spans[0].channels.size() == 3);
  REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
  REQUIRE(bench.board->transfer(1, 7, "7002", TransferStyle::kBlind) == Status::kOk);
  const Event failed = bench.until(1, EventType::kFailed, 20'000);
  CHECK(failed.failure == FailureReason::kTransferBusy);
  bench.pass(1'000);
  REQUIRE(bench.board->transfer(1, 7, "7001", TransferStyle::kBlind) == Status::kOk);
  CHECK_MESSAGE(bench.came(1, EventType::kTransferred, 20'000), bench.board->report(Topic::kTrace));
  CHECK(bench.state(1) == LineState::kAnswered);
  CHECK(bench.board->report(Topic::kChannels).find("\"bridge\":true") != std::string::npos);
  CHECK(bench.dropped(1, 7));
  bench.pass(2'000);
}

// A span whose switch is asked to take a bridge over, and the call on it that is to be moved.
struct TwoChannel {
  explicit TwoChannel(const std::string& more = "") : bench(worldOf(kIsdnBoard, kPeople, more), config()) {}

  static Config config() {
    SpanConfig span = isdnSpan();
    span.bridgeLines = 1;
    span.consult = board::dialogic::TransferMethod::kTwoChannel;
    return configOf({span});
  }

  Bench bench;
};

TEST_CASE("dialogic: a switch that offers two-channel transfer takes both calls, and both lines are free") {
  TwoChannel moved;
  Bench& bench = moved.bench;
  for (const CallRef ref : {7, 8}) {  // the second line too is there again
    REQUIRE(bench.answered(1, ref, "5550001"));
    CHECK(bench.board->transfer(1, ref, "7001", TransferStyle::kConsult) == Status::kOk);
    CHECK(bench.came(1, EventType::kReleased, 20000, bench.mark()));
    CHECK(bench.story(ref, {EventType::kVerdict}) ==
          "seized dialled proceeding ringing answered transferred released");
    CHECK(bench.state(1) == LineState::kIdle);
  }
  // Nobody hung up on anybody: the far ends talk on without us.
  const std::string calls = standIn().text(standIn().calls);
  CHECK_MESSAGE(calls.find("\"endedBy\": \"drop\"") == std::string::npos, calls);
  CHECK(calls.find("\"endedAt\": -1") != std::string::npos);
}

TEST_CASE("dialogic: a switch that will not transfer, or says nothing, leaves a bridge") {
  const char* silent = R"(,"faults":[{"kind":"lost_event","event":"GCEV_TASKFAIL"},)"
                       R"({"kind":"task_fail","function":"gc_SndMsg"}])";
  for (const std::string more : {R"(,"faults":[{"kind":"task_fail","function":"gc_SndMsg"}])", silent}) {
    CAPTURE(more);
    TwoChannel moved(more);
    Bench& bench = moved.bench;
    REQUIRE(bench.answered(1, 7, "5550001"));
    CHECK(bench.board->transfer(1, 7, "7001", TransferStyle::kConsult) == Status::kOk);
    REQUIRE(bench.came(1, EventType::kTransferred, 20000));
    CHECK(bench.state(1) == LineState::kAnswered);
    CHECK(bench.board->report(Topic::kRoutes).find("\"hears\":\"second_leg\"") != std::string::npos);
    CHECK(bench.dropped(1, 7));
  }
}

TEST_CASE("dialogic: a transfer that the switch made is found though its word got lost") {
  TwoChannel moved(R"(,"faults":[{"kind":"lost_event","event":"GCEV_DISCONNECTED","device":"dtiB1T1"}])");
  Bench& bench = moved.bench;
  REQUIRE(bench.answered(1, 7, "5550001"));
  CHECK(bench.board->transfer(1, 7, "7001", TransferStyle::kConsult) == Status::kOk);
  // The switch did it, but its word on this call is lost: the call is looked at, and is over.
  CHECK(bench.came(1, EventType::kReleased, 30000));
  CHECK(bench.story(7, {EventType::kVerdict}) ==
        "seized dialled proceeding ringing answered transferred released");
}

TEST_CASE("dialogic: a call that has a bridge can neither be moved nor joined once more") {
  SpanConfig span = isdnSpan();
  span.bridgeLines = 1;
  Bench bench(worldOf(kIsdnBoard, kPeople), configOf({span}));
  REQUIRE(bench.answered(2, 5, "5550001"));
  REQUIRE(bench.answered(1, 7, "5550001"));
  REQUIRE(bench.board->transfer(1, 7, "7001", TransferStyle::kBridge) == Status::kOk);
  REQUIRE_MESSAGE(bench.came(1, EventType::kTransferred, 20'000), bench.board->report(Topic::kTrace));
  CHECK(bench.board->transfer(1, 7, "7001", TransferStyle::kBridge) == Status::kIllegalState);
  CHECK(bench.board->join(1, 7, 2) == Status::kIllegalState);
  CHECK(bench.board->join(2, 5, 1) == Status::kIllegalState);
  CHECK(bench.dropped(1, 7));
  CHECK(bench.dropped(2, 5));
}

}  // namespace
