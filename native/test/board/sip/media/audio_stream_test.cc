// Two streams that send to each other over loopback: sound, reports, and what these say of the line.
#include "board/sip/media/audio_stream.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <string>

using namespace board::sip;

namespace {

constexpr uint32_t kLoopback = 0x7f000001;

// Of this process, so that tests side by side do not meet; for so many streams.
RtpPorts portsAt(const IpAddress& ip, int streams = 2) {
  const auto first = static_cast<uint16_t>(40'000 + ::getpid() % 2'000 * 4);
  return {ip, first, static_cast<uint16_t>(first + 2 * streams - 1)};
}

struct End {
  AudioStream stream;
  uint16_t port = 0;
  std::string keys;

  void open(RtpPorts& ports, uint32_t ssrc) {
    RtpSocket socket = ports.open();
    REQUIRE(socket.isOpen());
    port = socket.port();
    RtpSocket control = ports.openControl(socket);
    REQUIRE(control.isOpen());
    stream.start(std::move(socket), std::move(control), ssrc, 0);
  }
  void hears(const End& other, bool sends = true, const IpAddress& at = kLoopback) {
    stream.plan({.peer = {at, other.port},
                 .controlPort = static_cast<uint16_t>(other.port + 1),
                 .sends = sends,
                 .cipher = {}},
                0);
  }
  void take(double now) {
    stream.receive(now, keys);
    std::array<int16_t, cpd::kFrameSamples> samples{};
    while (stream.next(now, samples.data())) {
    }
  }
};

// Each was told of the other.
struct Pair {
  explicit Pair(bool thereSends = true) {
    here.open(ports, 0x1111);
    there.open(ports, 0x2222);
    here.hears(there);
    there.hears(here, thereSends);
  }

  RtpPorts ports = portsAt(kLoopback);
  End here, there;
};

}  // namespace

TEST_CASE("audio stream: each end learns by RTCP what the other got, and how long the way is") {
  Pair pair;
  End &here = pair.here, &there = pair.there;
  CHECK_FALSE(here.stream.quality().farLostPercent);
  // 12 s: each reports twice.
  for (int tick = 1; tick <= 600; ++tick) {
    const double now = tick * 20.0;
    here.stream.send(nullptr, now);
    there.stream.send(nullptr, now);
    here.take(now);
    there.take(now);
  }
  const VoiceQuality quality = here.stream.quality();
  REQUIRE(quality.farLostPercent);
  CHECK(*quality.farLostPercent == 0);
  REQUIRE(quality.roundTripMs);
  CHECK(quality.lost == 0);
  CHECK(quality.packets >= 590);
  // Reports are looked for each 200 ms.
  CHECK(*quality.roundTripMs <= 400);
  CHECK(quality.mos() > 4);
}

TEST_CASE("audio stream: a far end that sends reports and no sound is heard, one that sends neither is not") {
  Pair pair(false);
  End &here = pair.here, &there = pair.there;
  const auto pass = [&](double from, double to) {
    for (double now = from; now < to; now += 20) {
      here.stream.send(nullptr, now);
      there.stream.send(nullptr, now);
      here.take(now);
      there.take(now);
    }
  };
  pass(20, 4'900);
  CHECK(here.stream.isSilent(4'900, 4'900));
  CHECK_FALSE(here.stream.wasHeardSince(0));
  pass(4'900, 12'000);
  CHECK(here.stream.quality().packets == 0);
  CHECK_FALSE(here.stream.isSilent(12'000, 2'100));
  // Anybody's bytes on that port are no report.
  there.stream.stop();
  RtpSocket stranger = pair.ports.open();
  REQUIRE(stranger.isOpen());
  const std::array<uint8_t, 12> noise{};
  stranger.send(noise, {kLoopback, static_cast<uint16_t>(here.port + 1)});
  here.take(16'000);
  CHECK(here.stream.wasHeardSince(9'900));
  CHECK_FALSE(here.stream.wasHeardSince(12'000));
  CHECK(here.stream.isSilent(16'000, 4'000));
}

TEST_CASE("audio stream: a far end is waited for from its last description on, and not while it holds") {
  RtpPorts ports = portsAt(kLoopback);
  End here;
  here.open(ports, 0x1111);
  CHECK(here.stream.isSilent(40'000, 30'000));
  const MediaPlan answer{.peer = {kLoopback, 9}, .cipher = {}};
  here.stream.plan(answer, 40'000);
  CHECK_FALSE(here.stream.isSilent(69'000, 30'000));
  CHECK(here.stream.isSilent(70'000, 30'000));
  MediaPlan hold = answer;
  hold.receives = false;
  here.stream.plan(hold, 70'000);
  CHECK_FALSE(here.stream.isSilent(200'000, 30'000));
  here.stream.plan(answer, 200'000);
  CHECK_FALSE(here.stream.isSilent(229'000, 30'000));
  CHECK(here.stream.isSilent(230'000, 30'000));
  // With "sendonly": it may send, and need not.
  MediaPlan sendOnly = answer;
  sendOnly.sends = false;
  here.stream.plan(sendOnly, 230'000);
  CHECK_FALSE(here.stream.isSilent(900'000, 30'000));
}

TEST_CASE("audio stream: what comes while nobody takes it is counted as dropped by this host") {
  Pair pair;
  End &here = pair.here, &there = pair.there;
  // Far more than its buffer holds, which the kernel may double.
  constexpr uint64_t kSent = 2'000;
  for (uint64_t i = 0; i < kSent; ++i) there.stream.send(nullptr, 0);
  for (double now = 20; now < 2'000; now += 20) here.take(now);
  const VoiceQuality quality = here.stream.quality();
  CHECK(there.stream.quality().sent == kSent);
  CHECK(quality.dropped > 0);
  CHECK(quality.packets + quality.dropped == kSent);
}

TEST_CASE("audio stream: by IPv6, from another port of the same address too") {
  const IpAddress loopback = ipOf("::1");
  RtpPorts ports = portsAt(loopback, 3);
  RtpSocket other = ports.open();
  if (!other.isOpen()) {
    MESSAGE("this machine has no ::1: IPv6 was not tried");
    return;
  }
  End here, there;
  here.open(ports, 0x1111);
  there.open(ports, 0x2222);
  // What is named is one port, what is sent comes from another one.
  here.stream.plan({.peer = {loopback, other.port()}, .cipher = {}}, 0);
  there.hears(here, true, loopback);
  for (int tick = 1; tick <= 10; ++tick) {
    there.stream.send(nullptr, tick * 20.0);
    here.take(tick * 20.0);
  }
  CHECK(here.stream.refused() == 2);
  CHECK(here.stream.quality().packets == 8);
  here.stream.send(nullptr, 220);
  there.take(220);
  CHECK(there.stream.quality().packets == 1);
}
