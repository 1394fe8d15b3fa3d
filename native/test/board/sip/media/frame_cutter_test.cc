// Packets of any length into frames of 20 ms; losses, silence, other clocks.
#include "board/sip/media/frame_cutter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using board::sip::AudioPacket;
using board::sip::FrameCutter;

namespace {

// A sender whose sample number n has the value n, and what the cutter makes of it.
class Line {
 public:
  Line() { cutter.start(0); }

  // Sends samples [at, at + count) with the next sequence number.
  void send(int at, int count, bool comfortNoise = false) { deliver(sequence++, at, count, comfortNoise); }

  void deliver(int number, int at, int count, bool comfortNoise = false) {
    std::vector<int16_t> samples(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) samples[static_cast<size_t>(i)] = static_cast<int16_t>(at + i);
    cutter.take({.sequence = static_cast<uint16_t>(number),
                 .timestamp = base + static_cast<uint32_t>(at),
                 .ssrc = ssrc,
                 .samples = samples,
                 .comfortNoise = comfortNoise},
                now);
  }

  // A letter for each frame that leaves: a whole one, one lost, one of comfort noise.
  void hear() {
    std::array<int16_t, cpd::kFrameSamples> frame{};
    while (const auto kind = cutter.next(now, frame.data())) {
      heard += *kind == cpd::FrameKind::kAudio ? 'a' : *kind == cpd::FrameKind::kLost ? 'l' : 'c';
      if (*kind == cpd::FrameKind::kAudio) audio.insert(audio.end(), frame.begin(), frame.end());
    }
  }

  void pass(double ms) {
    for (; ms > 0; ms -= 20) {
      now += 20;
      hear();
    }
  }

  FrameCutter cutter;
  double now = 0;
  int sequence = 65'530;
  uint32_t base = 0xffffff00;
  uint32_t ssrc = 1;
  std::string heard;
  std::vector<int16_t> audio;
};

bool isInOrder(const std::vector<int16_t>& audio) {
  for (size_t i = 0; i < audio.size(); ++i)
    if (audio[i] != static_cast<int16_t>(i)) return false;
  return true;
}

}  // namespace

TEST_CASE("frames: packets of 10, 20, 30 and 60 ms give the same audio, over the wrap of both counters") {
  for (const int ms : {10, 20, 30, 60}) {
    CAPTURE(ms);
    Line line;
    const int samples = ms * 8;
    for (int at = 0; at < 9'600; at += samples) {
      line.send(at, samples);
      line.now += ms;
      line.hear();
    }
    CHECK(line.heard == std::string(60, 'a'));
    CHECK(isInOrder(line.audio));
  }
}

TEST_CASE("frames: a hole is kept open for a late packet, which fills it") {
  Line line;
  line.send(0, 160);
  line.deliver(line.sequence + 1, 320, 160);
  line.pass(20);
  CHECK(line.heard == "a");
  line.deliver(line.sequence, 160, 160);
  line.pass(20);
  CHECK(line.heard == "aaa");
  CHECK(isInOrder(line.audio));
}

TEST_CASE("frames: a hole that nothing fills is lost, not silent") {
  Line line;
  line.send(0, 160);
  line.deliver(line.sequence + 2, 480, 160);
  line.hear();
  line.pass(60);
  CHECK(line.heard == "alla");
  CHECK(line.cutter.counts().lost == 2);
  line.deliver(line.sequence, 160, 160);
  CHECK(line.cutter.counts().late == 1);
}

TEST_CASE("frames: silence that was not sent is comfort noise, not a loss") {
  Line line;
  line.send(0, 160);
  line.hear();
  line.now += 100;
  line.send(800, 160);  // the next number, 80 ms later
  line.hear();
  CHECK(line.heard == "acccca");
  CHECK(line.cutter.counts().lost == 0);
}

TEST_CASE("frames: without packets time goes on, as lost or as the comfort noise that was announced") {
  Line line;
  line.send(0, 160);
  line.pass(400);
  CHECK(line.heard.substr(0, 1) == "a");
  CHECK(line.heard.size() >= 17);
  CHECK(line.heard.size() <= 20);
  CHECK(line.heard.find('c') == std::string::npos);
  Line quiet;
  quiet.send(0, 160);
  quiet.send(160, 0, true);
  quiet.pass(400);
  CHECK(quiet.heard.substr(0, 2) == "ac");
  CHECK(quiet.heard.find('l') == std::string::npos);
}

TEST_CASE("frames: a stream that comes back after a pause goes on, and time is not held up") {
  Line line;
  for (int round = 0; round < 10; ++round) {
    const int at = static_cast<int>(line.now) * 8;
    line.send(at, 160);
    line.pass(1'000);
  }
  // One frame for each 20 ms, but for what may still be on its way.
  CHECK(line.heard.size() >= 490);
  CHECK(line.heard.size() <= 501);
  CHECK(std::ranges::count(line.heard, 'a') == 10);
}

TEST_CASE("frames: what was held up on its way is heard when it comes") {
  Line line;
  line.send(0, 160);
  line.pass(300);
  line.heard.clear();
  for (int at = 160; at < 1'600; at += 160) line.send(at, 160);
  line.hear();
  CHECK(line.heard == std::string(9, 'a'));
}

TEST_CASE("frames: another source, and a clock that jumps, begin anew with the next frame") {
  Line line;
  line.send(0, 160);
  line.hear();
  line.ssrc = 2;
  line.base = 12'345;
  line.send(0, 160);
  line.hear();
  line.deliver(line.sequence + 5, 1'000'000, 160);
  line.hear();
  CHECK(line.heard == "aaa");
  CHECK(line.cutter.counts().restarts == 2);
}

TEST_CASE("frames: a packet twice is heard once") {
  Line line;
  line.send(0, 160);
  line.deliver(line.sequence - 1, 0, 160);
  line.pass(40);
  CHECK(line.heard == "a");
  CHECK(line.cutter.counts().repeated == 1);
}

TEST_CASE("frames: whatever comes, media time is never more than 200 ms behind the clock") {
  std::mt19937 random(2'026);
  for (int run = 0; run < 300; ++run) {
    Line line;
    int sent = 0;
    for (int tick = 0; tick < 200; ++tick) {
      const auto what = random() % 10;
      if (what < 6) {
        line.send(sent, 160);
        sent += 160;
      } else if (what == 6) {
        ++line.sequence;  // lost
        sent += 160;
      } else if (what == 7) {
        line.deliver(static_cast<int>(random() % 65'536), static_cast<int>(random() % 4'000'000), 160);
      } else if (what == 8) {
        line.send(sent, static_cast<int>(random() % 1'600));
      }
      line.pass(20);
      CHECK(static_cast<double>(line.heard.size()) * 20 >= line.now - 200);
    }
  }
}
