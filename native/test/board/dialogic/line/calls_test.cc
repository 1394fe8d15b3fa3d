// What every kind of line shows of a call: its results, from dialling to the verdict.
#include "test/board/dialogic/each_line.h"

namespace {

using namespace dialogictest;

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

TEST_CASE("dialogic: calls at the same time are heard together, each as if it were alone") {
  const auto heard = [](std::initializer_list<ChannelId> channels) {
    Bench bench(worldOf(kIsdnBoard, kPeople), configOf({with(isdnSpan(), Cpa::kOurs)}));
    for (const ChannelId channel : channels) {
      REQUIRE(bench.call(channel, channel, channel % 2 == 0 ? "5550003" : "5550001"));
    }
    std::vector<std::string> said;
    for (const ChannelId channel : channels) {
      const Event verdict = bench.until(channel, EventType::kVerdict, 60'000);
      REQUIRE_MESSAGE(verdict.type == EventType::kVerdict, bench.board->report(Topic::kTrace));
      said.push_back(verdict.evidence->rule);
    }
    const std::string report = bench.board->report(Topic::kChannels);
    const size_t at = report.find("\"mostHeardTogether\":");
    REQUIRE(at != std::string::npos);
    const int together = std::stoi(report.substr(at + std::string("\"mostHeardTogether\":").size()));
    for (const ChannelId channel : channels) CHECK(bench.dropped(channel, channel));
    return std::pair{said, together};
  };
  const auto [all, together] = heard({1, 2, 3, 4});
  CHECK(together >= 2);  // how many depends on how the threads take turns
  const auto [person, alone] = heard({1});
  CHECK(alone == 1);
  CHECK(all[0] == person[0]);
  CHECK(all[1] == heard({2}).first[0]);
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

}  // namespace
