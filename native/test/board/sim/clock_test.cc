// Clock, timers, threads and the whole of a run of the simulated board.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <semaphore>
#include <thread>
#include <vector>

#include "test/board/sim/harness.h"

using board::TrunkKind;
using board::sim::Kind;
using simtest::Bench;
using simtest::Event;
using simtest::EventType;
using simtest::Status;

namespace {

// Everything an event says, as text.
std::string line(const Event& e) {
  std::string text = std::to_string(e.at) + " " + std::to_string(e.channel) + " " + std::to_string(e.ref) +
                     " " + board::name(e.type) + " " + std::to_string(e.cause) + " " + e.text;
  if (e.observation) {
    text += " obs " + std::to_string(static_cast<int>(e.observation->kind)) + " " +
            std::to_string(e.observation->startMs) + " " + std::to_string(e.observation->endMs) + " " +
            std::to_string(e.observation->hz[0]) + " " + std::to_string(e.observation->segment.dbm0);
  }
  if (e.evidence) {
    text += " evidence " + e.evidence->rule + " " + std::to_string(e.evidence->confidence);
    for (const cpd::Score& score : e.evidence->scores) text += " " + std::to_string(score.value);
  }
  return text;
}

// A campaign: dials one number after the other on every channel, drops each call 15 s after dialling.
std::vector<std::string> campaign(uint64_t seed) {
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 4);
  c.trunks.push_back({TrunkKind::kAnalog, 2});
  c.seed = seed;
  Bench bench(c);
  board::CallRef ref = 0;
  for (int round = 0; round < 3; ++round) {
    for (board::ChannelId channel = 1; channel <= 6; ++channel) {
      ++ref;
      CHECK(bench.call(channel, ref, "1555" + std::to_string(1000 + ref)));
    }
    bench.board->advance(15'000);
    for (board::ChannelId channel = 1; channel <= 6; ++channel) {
      CHECK(bench.board->drop(channel, ref - 6 + channel) == Status::kOk);
    }
    bench.board->advance(100);
  }
  std::vector<std::string> lines;
  for (const Event& e : bench.events.all) lines.push_back(line(e));
  return lines;
}

// Dials and drops from the threads that get the events, as a dialler would.
class Redialer : public board::EventSink {
 public:
  void post(Event&& event) override {
    if (event.at < last) outOfOrder = true;
    last = event.at;
    if (event.type == EventType::kTimer && event.timer < 2) {
      timers[event.timer].release();
      return;
    }
    ++events;
    board::DialParameters parameters;
    parameters.plan = "US";
    switch (event.type) {
      case EventType::kSeized:
        board->dial(event.channel, event.ref, "1555" + std::to_string(1000 + event.ref), parameters);
        return;
      case EventType::kVerdict:
      case EventType::kDisconnected:
      case EventType::kNoAnswer:
        board->drop(event.channel, event.ref);
        return;
      case EventType::kReleased:
        board->seize(event.channel, event.ref + 100);
        return;
      default:
        return;
    }
  }

  board::Board* board = nullptr;
  std::counting_semaphore<> timers[2]{std::counting_semaphore<>(0),
                                      std::counting_semaphore<>(0)};  // released when one runs out
  std::atomic<int> events{0};                                         // all others
  std::atomic<bool> outOfOrder{false};
  double last = 0;
};

// Seizes two channels in the same frame and drops the other as soon as the first is told of.
class DropsTheOther : public board::EventSink {
 public:
  DropsTheOther(board::ChannelId first, board::ChannelId other) : first_(first), other_(other) {}

  void post(Event&& event) override {
    if (event.type == EventType::kTimer) {
      CHECK(board->seize(first_, 1) == Status::kOk);
      CHECK(board->seize(other_, 2) == Status::kOk);
    }
    if (event.type == EventType::kSeized && event.channel == first_) {
      CHECK(board->drop(other_, 2) == Status::kOk);
    }
    if (event.channel == other_) types.push_back(event.type);
    if (event.type == EventType::kReleased) released.set_value();
  }

  board::Board* board = nullptr;
  std::vector<EventType> types;  // of the other channel's events
  std::promise<void> released;

 private:
  const board::ChannelId first_, other_;
};

}  // namespace

TEST_CASE("the stepped clock stands still until advanced, and keeps what is less than a frame") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {}));
  CHECK(bench.board->now() == 0);
  bench.board->advance(50);
  CHECK(bench.board->now() == 40);
  bench.board->advance(10);
  CHECK(bench.board->now() == 60);
}

TEST_CASE("timers fire once, in their order, at the frame they are due") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {}));
  bench.board->setTimer(1, 100);
  bench.board->setTimer(2, 30);
  bench.board->setTimer(3, 30);
  bench.board->setTimer(4, 10);
  bench.board->setTimer(1, 60);  // replaced
  bench.board->clearTimer(4);
  bench.board->clearTimer(9);
  bench.board->advance(1000);
  REQUIRE(bench.mark() == 3);
  CHECK(bench.events.all[0].timer == 2);
  CHECK(bench.events.all[0].at == 40);
  CHECK(bench.events.all[1].timer == 3);
  CHECK(bench.events.all[2].timer == 1);
  CHECK(bench.events.all[2].at == 60);
}

TEST_CASE("a command waits for a group of channels, not for the whole frame") {
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 400);
  c.stepped = false;
  c.speed = 20;
  DropsTheOther sink(1, 400);
  const auto board = board::sim::makeSimBoard(c);
  sink.board = board.get();
  board->open(sink);
  board->setTimer(1, 40);
  sink.released.get_future().wait();
  board->close();
  // Dropped in the frame in which it would have been told that it is seized.
  CHECK(sink.types == std::vector{EventType::kReleased});
}

TEST_CASE("a stepped board tells of a frame when it is over") {
  DropsTheOther sink(1, 400);
  const auto board = board::sim::makeSimBoard(simtest::config(TrunkKind::kIsdn, {}, 400));
  sink.board = board.get();
  board->open(sink);
  board->setTimer(1, 40);
  board->advance(200);
  CHECK(sink.types == std::vector{EventType::kSeized, EventType::kReleased});
}

TEST_CASE("the same scenario and seed give the same events bit for bit; another seed gives others") {
  const std::vector<std::string> once = campaign(7);
  CHECK(once.size() > 100);
  CHECK(campaign(7) == once);
  CHECK(campaign(8) != once);
}

TEST_CASE("unlisted numbers are drawn in realistic shares, the same for the same seed") {
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 400);
  Bench bench(c);
  board::DialParameters parameters;
  parameters.plan = "US";
  parameters.noDetection = true;
  for (board::ChannelId channel = 1; channel <= 400; ++channel)
    REQUIRE(bench.board->seize(channel, channel) == Status::kOk);
  bench.board->advance(100);
  for (board::ChannelId channel = 1; channel <= 400; ++channel) {
    REQUIRE(bench.board->dial(channel, channel, "1555" + std::to_string(1000 + channel), parameters) ==
            Status::kOk);
  }
  bench.board->advance(100);
  int live = 0;
  int machine = 0;
  int busy = 0;
  for (const board::sim::GroundTruth& truth : bench.board->groundTruth()) {
    live += truth.kind == Kind::kLive;
    machine += truth.kind == Kind::kMachine;
    busy += truth.kind == Kind::kBusy;
  }
  CHECK(bench.board->groundTruth().size() == 400);
  CHECK(live > 100);
  CHECK(live < 180);
  CHECK(machine > 65);
  CHECK(machine < 135);
  CHECK(busy > 12);
  CHECK(busy < 55);
}

TEST_CASE(
    "close with calls up: nothing is posted after it, commands say the board is gone, twice is harmless") {
  Bench bench(simtest::config(TrunkKind::kIsdn, {simtest::subscriber("15550100", Kind::kLive)}));
  REQUIRE(bench.answered(1, 5, "15550100"));
  bench.board->drop(1, 5);
  bench.board->close();
  bench.board->close();
  const size_t mark = bench.mark();
  bench.board->advance(1000);
  CHECK(bench.mark() == mark);
  CHECK(bench.board->seize(2, 6) == Status::kBoardDead);
}

TEST_CASE("a board whose clock runs by itself: commands from many threads, events in order, clean end") {
  board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 12);
  c.stepped = false;
  c.speed = 50;
  const auto board = board::sim::makeSimBoard(c);
  Redialer sink;
  sink.board = board.get();
  board->open(sink);
  CHECK_THROWS_AS(board->advance(20), std::logic_error);
  for (board::ChannelId channel = 1; channel <= 12; ++channel) board->seize(channel, channel);
  std::vector<std::thread> meddlers;
  for (uint32_t id = 0; id < 2; ++id) {
    meddlers.emplace_back([&board, &sink, id] {
      while (board->now() < 20'000) {
        board->setTimer(id, 100);
        board->channels();
        board->groundTruth();
        board->reset(12);
        sink.timers[id].acquire();
      }
    });
  }
  for (std::thread& meddler : meddlers) meddler.join();
  board->setTimer(2, 100);  // would run out in the pause below
  board->close();
  const int events = sink.events;
  CHECK(events > 100);
  CHECK_FALSE(sink.outOfOrder);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(sink.events == events);
}

TEST_CASE("a destroyed board has stopped, whatever was going on") {
  for (int i = 0; i < 20; ++i) {
    board::sim::Config c = simtest::config(TrunkKind::kIsdn, {}, 4);
    c.stepped = false;
    c.speed = 200;
    simtest::Events events;
    const auto board = board::sim::makeSimBoard(c);
    board->open(events);
    for (board::ChannelId channel = 1; channel <= 4; ++channel)
      CHECK(board->seize(channel, channel) == Status::kOk);
  }
}

TEST_CASE("a configuration that cannot be is refused by name") {
  board::sim::Config none;
  none.trunks.clear();
  CHECK_THROWS_AS(board::sim::makeSimBoard(none), std::invalid_argument);
  board::sim::Config plan = simtest::config(TrunkKind::kIsdn, {});
  plan.plan = "nowhere";
  CHECK_THROWS_AS(board::sim::makeSimBoard(plan), std::invalid_argument);
  board::sim::Config speech = simtest::config(TrunkKind::kIsdn, {simtest::subscriber("123", Kind::kLive)});
  speech.world.subscribers[0].speech = {"/no/such.wav"};
  const auto board = board::sim::makeSimBoard(speech);
  simtest::Events events;
  try {
    board->open(events);
    FAIL("opened");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("/no/such.wav") != std::string::npos);
  }
}
