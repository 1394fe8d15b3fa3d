// What every kind of line shows on the stand-in libraries: results, transfers, joining, announcements,
// digits, alarms, resets, and closing with calls up.
#include "dialogic_harness.h"

namespace {

using namespace dialogictest;
using board::Cpa;
using board::FailureReason;
using board::Topic;
using board::TransferStyle;
using cpd::Verdict;

constexpr const char* kAnalogBoard = R"({"family":"springware","channels":4})";
constexpr const char* kIsdnBoard = R"({"family":"dm3","network":"t1","channels":4})";
constexpr const char* kHmpBoard = R"({"family":"hmp","channels":4})";

constexpr const char* kPeople =
    R"({"number":"5550001","kind":"live","ringMs":3000},{"number":"5550002","kind":"busy"},)"
    R"({"number":"5550003","kind":"machine","ringMs":3000},{"number":"5550004","kind":"fax","ringMs":3000},)"
    R"({"number":"5550005","kind":"sit","sit":"IC"},{"number":"5550006","kind":"no_answer"},)"
    R"({"number":"5550007","kind":"live","ringMs":3000,"dtmf":"42#"})";

struct Line {
  const char* name;
  const char* board;
  SpanConfig span;
};

SpanConfig with(SpanConfig span, Cpa cpa) {
  span.cpa = cpa;
  return span;
}

SpanConfig byDial(SpanConfig span) {
  span.method = board::dialogic::CpaMethod::kDial;
  return span;
}

std::vector<Line> lines() {
  return {
      {"analog, board", kAnalogBoard, analogSpan()},
      {"ISDN, board", kIsdnBoard, isdnSpan()},
      {"SIP, board", kHmpBoard, sipSpan()},
      {"SIP, board by dx_dial", kHmpBoard, byDial(sipSpan())},
      {"analog, ours", kAnalogBoard, with(analogSpan(), Cpa::kOurs)},
      {"ISDN, ours", kIsdnBoard, with(isdnSpan(), Cpa::kOurs)},
      {"SIP, both", kHmpBoard, with(sipSpan(), Cpa::kBoth)},
  };
}

template <typename Run>
void onEach(Run&& run) {
  for (const Line& line : lines()) {
    const std::string name = line.name;
    CAPTURE(name);
    Bench bench(worldOf(line.board, kPeople), configOf({line.span}));
    run(bench, line);
  }
}

TEST_CASE("dialogic: a live call is told in order") {
  onEach([](Bench& bench, const Line&) {
    CHECK(bench.state(1) == LineState::kIdle);
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001"), bench.board->report(Topic::kTrace));
    const Event verdict = bench.until(1, EventType::kVerdict, 10000);
    CHECK(bench.dropped(1, 7));
    REQUIRE(verdict.evidence.has_value());
    CHECK_MESSAGE(verdict.evidence->verdict == Verdict::kLive, verdict.evidence->rule);
    CHECK(!verdict.evidence->segments.empty());
    const std::string story = bench.story(7, {EventType::kProceeding, EventType::kRinging});
    CHECK_MESSAGE(story == "seized dialled answered verdict released", bench.board->report(Topic::kTrace));
    CHECK(bench.state(1) == LineState::kIdle);
  });
}

TEST_CASE("dialogic: a busy number is told by its tone or its cause") {
  onEach([](Bench& bench, const Line&) {
    REQUIRE(bench.call(1, 7, "5550002"));
    bool told = false;
    for (int waited = 0; !told && waited < 20'000; waited += 100) {
      bench.pass(100);
      for (const Event& event : bench.events.all()) {
        told = told || (event.type == EventType::kVerdict && event.evidence->verdict == Verdict::kBusy) ||
               (event.type == EventType::kDisconnected && event.cause == 17);
      }
    }
    CHECK_MESSAGE(told, bench.board->report(Topic::kTrace));
    CHECK(bench.story(7).find("answered") == std::string::npos);
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: a machine, a fax and special information tones are heard") {
  onEach([](Bench& bench, const Line&) {
    const struct {
      const char* number;
      Verdict verdict;
    } kCalls[] = {{"5550003", Verdict::kMachine}, {"5550004", Verdict::kFax}, {"5550005", Verdict::kSit}};
    CallRef ref = 10;
    for (const auto& call : kCalls) {
      const std::string number = call.number;
      CAPTURE(number);
      REQUIRE(bench.call(1, ++ref, call.number));
      const Event verdict = bench.until(1, EventType::kVerdict, 40'000, bench.mark());
      REQUIRE_MESSAGE(verdict.evidence.has_value(), bench.board->report(Topic::kTrace));
      CHECK_MESSAGE(verdict.evidence->verdict == call.verdict, verdict.evidence->rule,
                    bench.board->report(Topic::kCpa));
      CHECK(bench.dropped(1, ref));
    }
  });
}

TEST_CASE("dialogic: it is said when nobody answers in time") {
  onEach([](Bench& bench, const Line&) {
    board::DialParameters parameters;
    parameters.ringTimeoutMs = 15'000;
    REQUIRE(bench.call(1, 7, "5550006", parameters));
    const Event dialled = bench.until(1, EventType::kDialled, 5'000);
    const Event end = bench.until(1, EventType::kNoAnswer, 20'000);
    REQUIRE_MESSAGE(end.type == EventType::kNoAnswer, bench.story(7));
    CHECK(end.at - dialled.at >= 15'000);
    CHECK(end.at - dialled.at < 16'000);
    CHECK(bench.story(7).find("ringing") != std::string::npos);
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: the verdict comes before its deadline") {
  onEach([](Bench& bench, const Line&) {
    board::DialParameters parameters;
    parameters.cpdTimeoutMs = 1'000;
    REQUIRE_MESSAGE(bench.answered(1, 7, "5550001", parameters), bench.board->report(Topic::kTrace));
    const Event answered = bench.until(1, EventType::kAnswered, 0);
    const Event verdict = bench.until(1, EventType::kVerdict, 5'000);
    REQUIRE(verdict.type == EventType::kVerdict);
    CHECK(verdict.at - answered.at <= 1'040);
    CHECK(bench.dropped(1, 7));
  });
}

TEST_CASE("dialogic: a call says itself who analyses it, where its line has that") {
  onEach([](Bench& bench, const Line& line) {
    const std::vector<Cpa> offered = bench.board->inventory().spans[0].cpa;
    CallRef ref = 7;
    for (const Cpa cpa : {Cpa::kBoard, Cpa::kOurs, Cpa::kBoth}) {
      CAPTURE(static_cast<int>(cpa));
      board::DialParameters parameters;
      parameters.plan = "US";
      parameters.cpa = cpa;
      ++ref;
      const size_t from = bench.mark();
      if (std::find(offered.begin(), offered.end(), cpa) == offered.end()) {
        CHECK(cpa == Cpa::kBoth);
        const std::string name = line.name;
        CHECK((name.starts_with("analog") || name.find("dx_dial") != std::string::npos));
        REQUIRE(bench.seize(1, ref));
        CHECK(bench.board->dial(1, ref, "5550003", parameters) == Status::kNotSupported);
      } else {
        REQUIRE(bench.call(1, ref, "5550003", parameters));
        const Event verdict = bench.until(1, EventType::kVerdict, 60'000, from);
        REQUIRE(verdict.evidence);
        CHECK(verdict.evidence->verdict == Verdict::kMachine);
        CHECK(verdict.evidence->rule.starts_with("board: ") == (cpa != Cpa::kOurs));
        const auto& scores = verdict.evidence->scores;
        const bool sides = std::any_of(scores.begin(), scores.end(), [](const auto& score) {
          return std::string(score.name).starts_with("board:");
        });
        CHECK(sides == (cpa == Cpa::kBoth));
      }
      CHECK(bench.dropped(1, ref));
      bench.pass(1'000);
    }
  });
}

TEST_CASE("dialogic: a leg without detection hears nothing") {
  onEach([](Bench& bench, const Line&) {
    board::DialParameters parameters;
    parameters.noDetection = true;
    REQUIRE_MESSAGE(bench.answered(1, 7, "7001", parameters), bench.board->report(Topic::kTrace));
    bench.pass(6'000);
    CHECK(bench.dropped(1, 7));
    for (const Event& event : bench.events.all()) {
      CHECK(event.type != EventType::kVerdict);
      CHECK(event.type != EventType::kObservation);
    }
  });
}

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

TEST_CASE("dialogic: what makes no sense is refused by its status") {
  onEach([](Bench& bench, const Line&) {
    board::DialParameters parameters;
    parameters.plan = "US";
    CHECK(bench.board->seize(999, 7) == Status::kUnknownChannel);
    CHECK(bench.board->seize(1, 0) == Status::kBadArgument);
    CHECK(bench.board->dial(1, 7, "5550001", parameters) == Status::kIllegalState);
    REQUIRE(bench.seize(1, 7));
    CHECK(bench.board->seize(1, 8) == Status::kChannelBusy);
    CHECK(bench.board->dial(1, 7, "T5,1", parameters) == Status::kBadArgument);
    CHECK(bench.board->dial(1, 7, "555&1", parameters) == Status::kBadArgument);
    parameters.plan = "XX";
    CHECK(bench.board->dial(1, 7, "5550001", parameters) == Status::kBadArgument);
    CHECK(bench.board->transfer(1, 7, "7001", TransferStyle::kBlind) == Status::kIllegalState);
    CHECK(bench.board->join(1, 7, 2) == Status::kIllegalState);
    CHECK(bench.board->stopPlay(1, 7) == Status::kIllegalState);
    CHECK(bench.state(1) == LineState::kSeized);
    CHECK(bench.dropped(1, 7));
  });
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
