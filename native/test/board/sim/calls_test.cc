// Each kind of number on each kind of trunk of the simulated board: what is signalled, what is heard.
#include <doctest/doctest.h>

#include "test/board/sim/harness.h"

using board::TrunkKind;
using board::sim::Kind;
using cpd::Verdict;
using simtest::Bench;
using simtest::Event;
using simtest::EventType;
using simtest::Status;

namespace {

constexpr const char* kNumber = "15550100";
constexpr TrunkKind kTrunks[] = {TrunkKind::kAnalog, TrunkKind::kIsdn, TrunkKind::kSip};

const cpd::Observation* toneHeard(const Bench& bench, cpd::ToneId tone) {
  for (const Event& e : bench.events.all) {
    if (e.observation && e.observation->tone == tone) return &*e.observation;
  }
  return nullptr;
}

Verdict verdictOf(const Bench& bench) {
  const Event* verdict = bench.find(1, EventType::kVerdict);
  return verdict != nullptr ? verdict->evidence->verdict : Verdict::kNone;
}

}  // namespace

TEST_CASE("every kind of number is heard as what it is, on every kind of trunk") {
  struct Case {
    Kind kind;
    Verdict verdict;
    bool answers;
  };
  for (const Case& c :
       {Case{Kind::kLive, Verdict::kLive, true}, Case{Kind::kMachine, Verdict::kMachine, true},
        Case{Kind::kFax, Verdict::kFax, true}, Case{Kind::kModem, Verdict::kModem, true},
        Case{Kind::kBusy, Verdict::kBusy, false}, Case{Kind::kCongestion, Verdict::kCongestion, false},
        Case{Kind::kSit, Verdict::kSit, false}, Case{Kind::kUnobtainable, Verdict::kSit, false},
        Case{Kind::kNoAnswer, Verdict::kNone, false}}) {
    for (const TrunkKind trunk : kTrunks) {
      CAPTURE(static_cast<int>(c.kind));
      CAPTURE(static_cast<int>(trunk));
      Bench bench(simtest::config(trunk, {simtest::subscriber(kNumber, c.kind)}));
      board::DialParameters parameters;
      parameters.plan = "US";
      parameters.cpdTimeoutMs = 8000;  // time for the made-up voice to be too long for a person's greeting
      REQUIRE(bench.call(1, 5, kNumber, parameters));
      bench.board->advance(50'000);
      const bool analog = trunk == TrunkKind::kAnalog;
      // A V.8 answer tone is sent by modems and by fast fax machines: both verdicts are right.
      if (c.kind != Kind::kModem || verdictOf(bench) != Verdict::kFax) CHECK(verdictOf(bench) == c.verdict);
      CHECK(bench.count(1, EventType::kVerdict) == (c.verdict == Verdict::kNone ? 0 : 1));
      CHECK(bench.has(1, EventType::kDialled));
      CHECK(bench.has(1, EventType::kProceeding) == !analog);
      CHECK(bench.has(1, EventType::kNoAnswer) == (c.kind == Kind::kNoAnswer));
      if (!analog) CHECK(bench.has(1, EventType::kAnswered) == c.answers);
      if (c.answers || c.kind == Kind::kNoAnswer) {
        REQUIRE(bench.has(1, EventType::kRinging));
        CHECK(bench.find(1, EventType::kRinging)->byAudio == analog);
        CHECK(toneHeard(bench, cpd::ToneId::kRingback) != nullptr);
      }
      const board::sim::GroundTruth truth = bench.board->groundTruth()[0];
      CHECK(truth.kind == c.kind);
      CHECK(truth.ref == 5);
      CHECK((truth.answeredAt > 0) == c.answers);
    }
  }
}

TEST_CASE("someone who says nothing is answered where that is signalled, and hangs up in the end") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {simtest::subscriber(kNumber, Kind::kSilence)}));
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.until(1, EventType::kVerdict, 4600) != nullptr);  // the deadline
  REQUIRE(bench.until(1, EventType::kDisconnected, 12'000) != nullptr);
  for (const Event& e : bench.events.all) {
    if (e.observation) CHECK(e.observation->kind != cpd::ObservationKind::kSpeechStart);
  }
  CHECK(bench.board->groundTruth()[0].greetingEndAt == -1);
}

TEST_CASE("the coded SIT is told apart by its category") {
  for (const cpd::SitCategory category :
       {cpd::SitCategory::kIC, cpd::SitCategory::kVC, cpd::SitCategory::kNC1, cpd::SitCategory::kRO1,
        cpd::SitCategory::kITU}) {
    board::sim::Subscriber gone = simtest::subscriber(kNumber, Kind::kSit);
    gone.sit = category;
    Bench bench(simtest::config(TrunkKind::kIsdn, {gone}));
    REQUIRE(bench.call(1, 5, kNumber));
    REQUIRE(bench.until(1, EventType::kVerdict, 10'000) != nullptr);
    CHECK(bench.find(1, EventType::kVerdict)->evidence->sit == category);
  }
}

TEST_CASE("a network that signals the cause releases with it; an analog line only sounds busy") {
  struct Case {
    Kind kind;
    int cause;
  };
  for (const Case& c : {Case{Kind::kBusy, 17}, Case{Kind::kCongestion, 34}, Case{Kind::kUnobtainable, 1}}) {
    board::sim::Subscriber s = simtest::subscriber(kNumber, c.kind);
    s.cause = c.cause;
    for (const TrunkKind trunk : {TrunkKind::kIsdn, TrunkKind::kSip}) {
      Bench bench(simtest::config(trunk, {s}));
      REQUIRE(bench.call(1, 5, kNumber));
      bench.board->advance(5000);
      REQUIRE(bench.has(1, EventType::kDisconnected));
      CHECK(bench.find(1, EventType::kDisconnected)->cause == c.cause);
      CHECK_FALSE(bench.has(1, EventType::kVerdict));
      CHECK(bench.state(1) == board::LineState::kDropping);
      CHECK(std::string(bench.board->groundTruth()[0].endedBy) == "network");
    }
    Bench bench(simtest::config(TrunkKind::kAnalog, {s}));
    REQUIRE(bench.call(1, 5, kNumber));
    bench.board->advance(15'000);
    CHECK_FALSE(bench.has(1, EventType::kDisconnected));
    CHECK(bench.has(1, EventType::kVerdict));
  }
}

TEST_CASE("ring timeout counts from the end of dialling, whatever is heard") {
  for (const TrunkKind trunk : kTrunks) {
    board::sim::Config c = simtest::config(trunk, {simtest::subscriber(kNumber, Kind::kNoAnswer)});
    Bench bench(c);
    board::DialParameters parameters;
    parameters.plan = "US";
    parameters.ringTimeoutMs = 12'000;
    REQUIRE(bench.call(1, 5, kNumber, parameters));
    REQUIRE(bench.until(1, EventType::kNoAnswer, 14'000) != nullptr);
    CHECK(bench.find(1, EventType::kNoAnswer)->at == bench.find(1, EventType::kDialled)->at + 12'000);
    bench.board->advance(30'000);
    CHECK(bench.count(1, EventType::kNoAnswer) == 1);
    CHECK(bench.state(1) != board::LineState::kIdle);  // rings on until dropped
  }
}

TEST_CASE("analog: answer is inferred, hanging up is a loop current drop without a cause") {
  board::sim::Subscriber person = simtest::subscriber(kNumber, Kind::kLive);
  person.patienceMs = 6000;
  Bench bench(simtest::config(TrunkKind::kAnalog, {person}));
  REQUIRE(bench.call(1, 5, kNumber));
  const Event* gone = bench.until(1, EventType::kDisconnected, 40'000);
  REQUIRE(gone != nullptr);
  CHECK(gone->cause == -1);
  REQUIRE(bench.has(1, EventType::kAnswered));
  CHECK(bench.find(1, EventType::kAnswered)->byAudio);
  const board::sim::GroundTruth truth = bench.board->groundTruth()[0];
  CHECK(truth.endedAt == truth.answeredAt + 6000);
  CHECK(gone->at == truth.endedAt + 500);
}

TEST_CASE("a person who hangs up before the deadline is judged by what was heard, before the disconnect") {
  board::sim::Subscriber person = simtest::subscriber(kNumber, Kind::kLive);
  person.patienceMs = 700;
  person.answerPauseMs = 100;
  Bench bench(simtest::config(TrunkKind::kIsdn, {person}));
  REQUIRE(bench.call(1, 5, kNumber));
  REQUIRE(bench.until(1, EventType::kDisconnected, 20'000) != nullptr);
  CHECK(verdictOf(bench) == Verdict::kLive);
  CHECK(bench.events.all.back().type == EventType::kDisconnected);
}

TEST_CASE("ringback goes on after a false answer; the person is still heard as live") {
  board::sim::Subscriber person = simtest::subscriber(kNumber, Kind::kLive);
  person.falseAnswerMs = 1500;
  Bench bench(simtest::config(TrunkKind::kSip, {person}));
  REQUIRE(bench.call(1, 5, kNumber));
  bench.board->advance(16'000);
  CHECK(bench.board->groundTruth()[0].answeredAt == bench.find(1, EventType::kAnswered)->at + 1500);
  CHECK(verdictOf(bench) == Verdict::kLive);
}

TEST_CASE("the evidence comes with the verdict, in ms since dialling") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {simtest::subscriber(kNumber, Kind::kLive)}));
  REQUIRE(bench.call(1, 5, kNumber));
  const double dialledAt = bench.board->now();
  REQUIRE(bench.until(1, EventType::kVerdict, 30'000) != nullptr);
  const Event verdict = *bench.find(1, EventType::kVerdict);
  const cpd::EvidenceCopy& evidence = *verdict.evidence;
  CHECK_FALSE(evidence.rule.empty());
  CHECK_FALSE(evidence.segments.empty());
  CHECK(evidence.decidedMs == verdict.at - dialledAt);
  CHECK(std::abs(evidence.answerMs - (bench.find(1, EventType::kAnswered)->at - dialledAt)) <= 20);
  const double picksUpAt = bench.board->groundTruth()[0].answeredAt;
  CHECK(std::abs(evidence.speechStartMs + dialledAt - (picksUpAt + 400)) < 150);
}

TEST_CASE("scores are told while somebody looks, before the verdict, each once") {
  for (const bool looks : {true, false}) {
    CAPTURE(looks);
    Bench bench(simtest::config(TrunkKind::kIsdn, {simtest::subscriber(kNumber, Kind::kMachine)}));
    CHECK(bench.board->tellScores(99, true) == Status::kUnknownChannel);
    REQUIRE(bench.board->tellScores(1, true) == Status::kOk);
    if (!looks) REQUIRE(bench.board->tellScores(1, false) == Status::kOk);
    REQUIRE(bench.answered(1, 5, kNumber));
    REQUIRE(bench.until(1, EventType::kVerdict, 30'000) != nullptr);
    const int told = bench.count(1, EventType::kScore);
    CHECK((told > 0) == looks);
    int32_t lastMs = 0;
    for (const Event& event : bench.events.all) {
      if (event.type != EventType::kScore) continue;
      CHECK(event.score->atMs > lastMs);
      CHECK(event.score->machineFrom > event.score->liveBelow);
      lastMs = event.score->atMs;
    }
    bench.board->advance(10'000);
    CHECK(bench.count(1, EventType::kScore) == told);
  }
}

TEST_CASE("noDetection says nothing but the signals") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {simtest::subscriber(kNumber, Kind::kMachine)}));
  board::DialParameters parameters;
  parameters.noDetection = true;
  REQUIRE(bench.answered(1, 5, kNumber, parameters));
  bench.board->advance(20'000);
  CHECK_FALSE(bench.has(1, EventType::kObservation));
  CHECK_FALSE(bench.has(1, EventType::kVerdict));
}
