// Commands of the simulated board: states, transfer, join, announcements, digits.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "media/wav.h"
#include "test/board/sim/harness.h"

using board::FailureReason;
using board::LineState;
using board::TransferStyle;
using board::TrunkKind;
using board::sim::Extension;
using board::sim::ExtensionBehaviour;
using board::sim::Kind;
using simtest::Bench;
using simtest::Event;
using simtest::EventType;
using simtest::Status;

namespace {

constexpr const char* kNumber = "15550100";

board::DialParameters noDetection() {
  board::DialParameters parameters;
  parameters.noDetection = true;
  return parameters;
}

board::sim::Config withSwitch() {
  board::sim::Subscriber person = simtest::subscriber(kNumber, Kind::kLive);
  person.ringMs = 200;
  person.talkMs = 8000;
  person.patienceMs = 15000;
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {person}, 4);
  c.world.extensions = {{"70xx", 600, ExtensionBehaviour::kAnswer},
                        {"7100", 600, ExtensionBehaviour::kBusy},
                        {"7200", 600, ExtensionBehaviour::kRefuse},
                        {"7300", 600, ExtensionBehaviour::kNoAnswer}};
  return c;
}

// 440 Hz for so long, in a file that goes away with it.
struct Announcement {
  explicit Announcement(int ms)
      : path(std::filesystem::temp_directory_path() / ("announcement-" + std::to_string(getpid()) + ".wav")) {
    std::vector<int16_t> samples(static_cast<size_t>(ms) * 8);
    for (size_t i = 0; i < samples.size(); ++i) samples[i] = i / 9 % 2 == 0 ? 4000 : -4000;
    media::writeWav(path.string(), samples);
  }
  ~Announcement() { std::filesystem::remove(path); }

  std::filesystem::path path;
};

}  // namespace

TEST_CASE("the inventory numbers channels across trunks from 1") {
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 3);
  c.trunks.push_back({TrunkKind::kAnalog, 2});
  Bench bench(c);
  const board::Inventory inventory = bench.board->inventory();
  REQUIRE(inventory.spans.size() == 2);
  CHECK(inventory.driver == "sim");
  CHECK(inventory.spans[0].span == 1);
  CHECK(inventory.spans[0].channels == std::vector<board::ChannelId>{1, 2, 3});
  CHECK(inventory.spans[1].kind == TrunkKind::kAnalog);
  CHECK(inventory.spans[1].channels == std::vector<board::ChannelId>{4, 5});
}

TEST_CASE("commands in the wrong state, for the wrong call or channel, are refused") {
  Bench bench(withSwitch());
  board::sim::SimBoard& board = *bench.board;
  board::DialParameters us;
  us.plan = "US";
  CHECK(board.seize(99, 1) == Status::kUnknownChannel);
  CHECK(board.seize(0, 1) == Status::kUnknownChannel);
  CHECK(board.seize(1, 0) == Status::kBadArgument);
  CHECK(board.dial(1, 1, kNumber, us) == Status::kIllegalState);
  CHECK(board.drop(1, 1) == Status::kIllegalState);
  CHECK(board.seize(1, 1) == Status::kOk);
  CHECK(board.seize(1, 2) == Status::kChannelBusy);
  CHECK(board.dial(1, 1, kNumber, us) == Status::kIllegalState);  // not seized yet
  REQUIRE(bench.until(1, EventType::kSeized, 100) != nullptr);
  CHECK(board.dial(1, 2, kNumber, us) == Status::kIllegalState);  // another call
  for (const char* number : {"", "12a", "1,2", "1 2", "!1", "++1"}) {
    CHECK(board.dial(1, 1, number, us) == Status::kBadArgument);
  }
  board::DialParameters nowhere;
  nowhere.plan = "nowhere";
  CHECK(board.dial(1, 1, kNumber, nowhere) == Status::kBadArgument);
  CHECK(board.transfer(1, 1, "7001", TransferStyle::kBlind) == Status::kIllegalState);
  CHECK(board.play(1, 1, "/no/such.wav") == Status::kBadArgument);
  CHECK(board.part(1, 1) == Status::kIllegalState);
}

TEST_CASE("a drop ends a call in any state, and the channel is idle after it") {
  for (const double after : {20.0, 60.0, 500.0, 2500.0, 9000.0}) {
    CAPTURE(after);
    Bench bench(withSwitch());
    REQUIRE(bench.board->seize(1, 5) == Status::kOk);
    if (after > 20) {
      REQUIRE(bench.until(1, EventType::kSeized, 100) != nullptr);
      board::DialParameters us;
      us.plan = "US";
      REQUIRE(bench.board->dial(1, 5, kNumber, us) == Status::kOk);
    }
    bench.board->advance(after);
    REQUIRE(bench.board->drop(1, 5) == Status::kOk);
    CHECK(bench.board->drop(1, 5) == Status::kOk);
    bench.board->advance(200);
    CHECK(bench.count(1, EventType::kReleased) == 1);
    CHECK(bench.events.all.back().ref == 5);
    CHECK(bench.state(1) == LineState::kIdle);
    CHECK(bench.board->drop(1, 5) == Status::kIllegalState);
  }
}

TEST_CASE("a blind or consulted transfer frees the channel; the person talks on in the switch") {
  for (const TransferStyle style : {TransferStyle::kBlind, TransferStyle::kConsult}) {
    Bench bench(withSwitch());
    REQUIRE(bench.answered(1, 5, kNumber));
    const double asked = bench.board->now();
    REQUIRE(bench.board->transfer(1, 5, "7001", style) == Status::kOk);
    const Event* transferred = bench.until(1, EventType::kTransferred, 5000);
    REQUIRE(transferred != nullptr);
    const double took = transferred->at - asked;
    CHECK(took == (style == TransferStyle::kBlind ? 100 : 700));
    CHECK(bench.events.all.back().type == EventType::kReleased);
    CHECK(bench.state(1) == LineState::kIdle);
    CHECK(bench.board->groundTruth()[0].endedBy == nullptr);
    bench.board->advance(9000);
    const board::sim::GroundTruth truth = bench.board->groundTruth()[0];
    REQUIRE(truth.endedBy != nullptr);
    CHECK(std::string(truth.endedBy) == "far_end");
    CHECK(truth.endedAt == asked + 700 + 8000);
  }
}

TEST_CASE("a bridged transfer stays on the channel until the person hangs up") {
  Bench bench(withSwitch());
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.board->transfer(1, 5, "7001", TransferStyle::kBridge) == Status::kOk);
  const Event* transferred = bench.until(1, EventType::kTransferred, 5000);
  REQUIRE(transferred != nullptr);
  const double at = transferred->at;
  CHECK(bench.state(1) == LineState::kAnswered);
  const Event* gone = bench.until(1, EventType::kDisconnected, 20000);
  REQUIRE(gone != nullptr);
  CHECK(gone->at == at + 8000);
  CHECK(gone->cause == 16);
}

TEST_CASE("a transfer that fails leaves the call on its channel for the next try") {
  struct Case {
    const char* extension;
    TransferStyle style;
    FailureReason reason;
    double afterMs;
  };
  for (const Case& c : {Case{"7100", TransferStyle::kBlind, FailureReason::kTransferBusy, 100},
                        Case{"7200", TransferStyle::kConsult, FailureReason::kTransferRefused, 100},
                        Case{"9999", TransferStyle::kBridge, FailureReason::kTransferRefused, 100},
                        Case{"7300", TransferStyle::kConsult, FailureReason::kTransferNoAnswer, 20100}}) {
    CAPTURE(c.extension);
    Bench bench(withSwitch());
    REQUIRE(bench.answered(1, 5, kNumber));
    const double asked = bench.board->now();
    REQUIRE(bench.board->transfer(1, 5, c.extension, c.style) == Status::kOk);
    CHECK(bench.board->transfer(1, 5, "7001", c.style) == Status::kIllegalState);
    const Event* failed = bench.until(1, EventType::kFailed, 25000);
    REQUIRE(failed != nullptr);
    CHECK(failed->text == "transfer");
    CHECK(failed->failure == c.reason);
    CHECK(failed->at == asked + c.afterMs);
    CHECK(bench.state(1) == LineState::kAnswered);
    REQUIRE(bench.board->transfer(1, 5, "7001", c.style) == Status::kOk);
    CHECK(bench.until(1, EventType::kTransferred, 5000) != nullptr);
  }
}

TEST_CASE("an agent's leg is answered by its extension and stays up until dropped") {
  for (const TrunkKind kind : {TrunkKind::kAnalog, TrunkKind::kIsdn, TrunkKind::kSip}) {
    board::sim::Config c = withSwitch();
    c.trunks = {{kind, 4}};
    Bench bench(c);
    REQUIRE(bench.engaged(2, 9, "7001"));
    CHECK_FALSE(bench.find(2, EventType::kAnswered)->byAudio);
    bench.board->advance(600'000);
    CHECK(bench.state(2) == LineState::kAnswered);
    CHECK_FALSE(bench.has(2, EventType::kVerdict));
    CHECK(bench.board->groundTruth().empty());
  }
}

TEST_CASE("a leg to a busy extension is released, one that nobody answers runs into the ring timeout") {
  Bench bench(withSwitch());
  REQUIRE(bench.call(1, 5, "7100", noDetection()));
  const Event* gone = bench.until(1, EventType::kDisconnected, 3000);
  REQUIRE(gone != nullptr);
  CHECK(gone->cause == 17);
  board::DialParameters parameters = noDetection();
  parameters.ringTimeoutMs = 7000;
  REQUIRE(bench.call(2, 6, "7300", parameters));
  CHECK(bench.until(2, EventType::kNoAnswer, 7100) != nullptr);
}

TEST_CASE("joined legs hear each other within a frame; the agent's leg outlives the customer's") {
  Bench bench(withSwitch());
  REQUIRE(bench.engaged(2, 9, "7001"));
  REQUIRE(bench.answered(1, 5, kNumber));
  CHECK(bench.board->join(1, 5, 3) == Status::kIllegalState);
  CHECK(bench.board->join(1, 5, 1) == Status::kBadArgument);
  CHECK(bench.board->join(1, 5, 77) == Status::kUnknownChannel);
  CHECK(bench.board->sentDbm0(2) == -100);
  REQUIRE(bench.board->join(1, 5, 2) == Status::kOk);
  const double joinedAt = bench.board->now();
  CHECK(bench.board->join(2, 9, 1) == Status::kIllegalState);
  bench.board->advance(20);
  REQUIRE(bench.has(1, EventType::kJoined));
  CHECK(bench.find(1, EventType::kJoined)->other == 2);
  CHECK(bench.find(2, EventType::kJoined)->other == 1);
  CHECK(bench.find(2, EventType::kJoined)->ref == 9);
  float toAgent = -100;
  float toCustomer = -100;
  for (int i = 0; i < 200; ++i) {
    bench.board->advance(20);
    toAgent = std::max(toAgent, bench.board->sentDbm0(2));
    toCustomer = std::max(toCustomer, bench.board->sentDbm0(1));
  }
  CHECK(toAgent > -30);
  CHECK(toCustomer > -30);

  const Event* gone = bench.until(1, EventType::kDisconnected, 20000);
  REQUIRE(gone != nullptr);
  CHECK(gone->at == doctest::Approx(joinedAt + 8000).epsilon(0.001));
  CHECK(bench.has(2, EventType::kParted));
  CHECK(bench.state(2) == LineState::kAnswered);
  REQUIRE(bench.board->drop(1, 5) == Status::kOk);
  bench.board->advance(100);
  REQUIRE(bench.answered(1, 6, kNumber));
  CHECK(bench.board->join(1, 6, 2) == Status::kOk);
}

TEST_CASE("part leaves both calls up; a drop of one leg parts the other") {
  Bench bench(withSwitch());
  REQUIRE(bench.engaged(2, 9, "7001"));
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.board->join(1, 5, 2) == Status::kOk);
  bench.board->advance(100);
  REQUIRE(bench.board->part(1, 5) == Status::kOk);
  bench.board->advance(20);
  CHECK(bench.count(1, EventType::kParted) == 1);
  CHECK(bench.count(2, EventType::kParted) == 1);
  CHECK(bench.state(1) == LineState::kAnswered);
  REQUIRE(bench.board->join(2, 9, 1) == Status::kOk);
  bench.board->advance(100);
  REQUIRE(bench.board->drop(1, 5) == Status::kOk);
  bench.board->advance(100);
  CHECK(bench.count(2, EventType::kParted) == 2);
  CHECK(bench.state(2) == LineState::kAnswered);
}

TEST_CASE("an announcement is played to its end, or to its stop, or until the call ends") {
  const Announcement announcement(1000);
  Bench bench(withSwitch());
  const std::string file = announcement.path.string();
  REQUIRE(bench.answered(1, 5, kNumber));
  CHECK(bench.board->stopPlay(1, 5) == Status::kIllegalState);
  REQUIRE(bench.board->play(1, 5, file) == Status::kOk);
  CHECK(bench.board->play(1, 5, file) == Status::kIllegalState);
  const double started = bench.board->now();
  bench.board->advance(500);
  CHECK(bench.board->sentDbm0(1) > -20);
  const Event* played = bench.until(1, EventType::kPlayed, 2000);
  REQUIRE(played != nullptr);
  CHECK(played->completed);
  CHECK(played->at == started + 1000);

  size_t mark = bench.mark();
  REQUIRE(bench.board->play(1, 5, file) == Status::kOk);
  bench.board->advance(200);
  REQUIRE(bench.board->stopPlay(1, 5) == Status::kOk);
  played = bench.until(1, EventType::kPlayed, 40, mark);
  REQUIRE(played != nullptr);
  CHECK_FALSE(played->completed);

  mark = bench.mark();
  REQUIRE(bench.board->play(1, 5, file) == Status::kOk);
  REQUIRE(bench.board->drop(1, 5) == Status::kOk);
  played = bench.until(1, EventType::kPlayed, 40, mark);
  REQUIRE(played != nullptr);
  CHECK_FALSE(played->completed);
}

TEST_CASE("digits: by count, by terminator, by time, and what came before the command counts") {
  const Announcement announcement(500);
  board::sim::Config c = withSwitch();
  c.world.subscribers[0].dtmf = "12#9";
  Bench bench(c);
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.board->collectDigits(1, 5, {.count = 1, .terminator = 0, .timeoutMs = 1000}) == Status::kOk);
  CHECK(bench.board->collectDigits(1, 5, {}) == Status::kIllegalState);
  const Event* digits = bench.until(1, EventType::kDigits, 1100);
  REQUIRE(digits != nullptr);
  CHECK(digits->text.empty());
  CHECK(std::string(digits->digitsReason) == "timeout");

  size_t mark = bench.mark();
  REQUIRE(bench.board->play(1, 5, announcement.path.string()) == Status::kOk);
  REQUIRE(bench.board->collectDigits(1, 5, {.count = 9, .terminator = '#', .timeoutMs = 9000}) ==
          Status::kOk);
  digits = bench.until(1, EventType::kDigits, 5000, mark);
  REQUIRE(digits != nullptr);
  CHECK(digits->text == "12");
  CHECK(std::string(digits->digitsReason) == "terminator");

  bench.board->advance(1000);  // the 9 comes meanwhile
  mark = bench.mark();
  REQUIRE(bench.board->collectDigits(1, 5, {.count = 1, .terminator = 0, .timeoutMs = 9000}) == Status::kOk);
  digits = bench.until(1, EventType::kDigits, 40, mark);
  REQUIRE(digits != nullptr);
  CHECK(digits->text == "9");
  CHECK(std::string(digits->digitsReason) == "count");
}

TEST_CASE("a person waits while an announcement is played, then leaves") {
  const Announcement announcement(20'000);
  board::sim::Config c = withSwitch();
  c.world.subscribers[0].patienceMs = 5000;
  Bench bench(c);
  REQUIRE(bench.answered(1, 5, kNumber));
  REQUIRE(bench.board->play(1, 5, announcement.path.string()) == Status::kOk);
  bench.board->advance(20'000);
  CHECK(bench.find(1, EventType::kPlayed)->completed);
  CHECK_FALSE(bench.has(1, EventType::kDisconnected));
  CHECK(bench.until(1, EventType::kDisconnected, 4000) != nullptr);
}

TEST_CASE("reset brings a channel to idle, out of service takes no calls") {
  Bench bench(withSwitch());
  REQUIRE(bench.answered(1, 5, kNumber));
  CHECK(bench.board->setInService(1, false) == Status::kChannelBusy);
  REQUIRE(bench.board->reset(1) == Status::kOk);
  REQUIRE(bench.until(1, EventType::kReset, 220) != nullptr);
  CHECK(bench.state(1) == LineState::kIdle);
  CHECK_FALSE(bench.has(1, EventType::kReleased));

  REQUIRE(bench.board->setInService(1, false) == Status::kOk);
  bench.board->advance(20);
  REQUIRE(bench.has(1, EventType::kOutOfService));
  CHECK(bench.find(1, EventType::kOutOfService)->text == "administrative");
  CHECK(bench.state(1) == LineState::kOutOfService);
  CHECK(bench.board->channels()[0].reason == "administrative");
  CHECK(bench.board->seize(1, 6) == Status::kChannelOutOfService);
  REQUIRE(bench.board->setInService(1, true) == Status::kOk);
  bench.board->advance(20);
  CHECK(bench.has(1, EventType::kInService));
  CHECK(bench.board->seize(1, 6) == Status::kOk);
}
