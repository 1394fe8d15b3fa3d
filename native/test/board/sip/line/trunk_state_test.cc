// When calls may start on a trunk, and when its peer counts as down.
#include "board/sip/line/trunk_state.h"

#include <doctest/doctest.h>

#include <string>

#include "board/sip/line/relay_queue.h"

using board::sip::CallPace;
using board::sip::PeerHealth;
using board::sip::RelayQueue;

TEST_CASE("trunk: calls start no faster than the trunk allows, and there is nothing to save up") {
  CallPace pace(2);
  CHECK(pace.allows(10'000));
  pace.started(10'000);
  CHECK_FALSE(pace.allows(10'499));
  CHECK(pace.allows(10'500));
  pace.started(20'000);
  CHECK_FALSE(pace.allows(20'499));
  // Calls that cannot wait are made up for.
  pace.started(20'000);
  CHECK_FALSE(pace.allows(20'999));
  CHECK(pace.allows(21'000));
}

TEST_CASE("trunk: what is refused for a limit makes calls fewer, what is taken makes them as many again") {
  CallPace pace(10);
  pace.refused(1'000);
  CHECK_FALSE(pace.allows(1'199));
  CHECK(pace.allows(1'200));
  for (int i = 0; i < 20; ++i) pace.refused(2'000);
  CHECK(pace.gapMs() == 4'000);
  CHECK(pace.isSlow());
  for (int i = 0; i < 100; ++i) pace.taken();
  CHECK(pace.gapMs() == 100);
  CHECK_FALSE(pace.isSlow());
  // One that is slow already is not made faster by it.
  CallPace rare(0.1);
  rare.refused(0);
  CHECK(rare.gapMs() == 10'000);
}

TEST_CASE("trunk: a peer is down when it missed two in a row, and up with its next answer") {
  PeerHealth health(30'000);
  std::string story;
  const auto pass = [&](double from, double to, bool answers) {
    for (double now = from; now < to; now += 20) {
      const bool before = health.isDown();
      const bool probe = health.tick(now);
      if (health.isDown() && !before) story += "down ";
      if (!probe) continue;
      story += "? ";
      if (!answers) continue;
      if (health.isDown()) story += "up ";
      health.answered();
    }
  };
  pass(0, 31'000, true);
  CHECK(story == "? ? ");
  CHECK_FALSE(health.isDown());
  story.clear();
  pass(31'000, 70'000, false);
  CHECK(story.substr(0, 9) == "? ? down ");
  CHECK(health.isDown());
  story.clear();
  pass(70'000, 80'000, true);
  CHECK(story == "? up ");
  CHECK_FALSE(health.isDown());
}

TEST_CASE("trunk: one probe that is lost is no dead peer") {
  PeerHealth health(1'000);
  int probes = 0;
  for (double now = 0; now < 60'000; now += 20) {
    const bool probe = health.tick(now);
    CHECK_FALSE(health.isDown());
    if (probe && ++probes % 2 == 0) health.answered();
  }
  CHECK(probes > 20);
}

TEST_CASE("relay: the sound of one leg goes to the other in order, after two frames") {
  RelayQueue queue;
  const auto push = [&](int16_t value) {
    RelayQueue::Frame frame;
    frame.fill(value);
    queue.push(frame.data(), cpd::FrameKind::kAudio);
  };
  CHECK(queue.take() == nullptr);
  push(1);
  CHECK(queue.take() == nullptr);
  push(2);
  CHECK(queue.take()[0] == 1);
  CHECK(queue.take()[0] == 2);
  CHECK(queue.take() == nullptr);
  for (int16_t i = 1; i <= 20; ++i) push(i);
  CHECK(queue.take()[0] == 15);  // what is too old is left out
  const RelayQueue::Frame noise{};
  queue.clear();
  queue.push(noise.data(), cpd::FrameKind::kLost);
  queue.push(nullptr, cpd::FrameKind::kLost);
  CHECK(queue.take()[0] == 0);
}
