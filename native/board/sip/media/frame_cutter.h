// Cuts what arrives as RTP into the frames of 20 ms that the detector hears. Media time is RTP time: a frame is 160
// samples of the sender's clock, whatever the packets' length and however late they come. Frames leave in order and at
// once; a hole stays open as long as the jitter seen makes it likely that the packet is still on its way, then it is
// marked as lost. Pure: times are given, in ms of board time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "cpd/types.h"

namespace board::sip {

struct AudioPacket {
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  std::span<const int16_t> samples;  // decoded; none: a packet without sound, comfort noise or an event
  bool comfortNoise = false;         // it says that silence follows (RFC 3389)
};

struct StreamCounts {
  uint64_t packets = 0;
  uint64_t frames = 0;  // given, lost ones among them
  uint64_t lost = 0;    // frames given as lost because of a hole
  uint64_t late = 0;    // packets that came when their frame had left
  uint64_t repeated = 0;
  uint64_t restarts = 0;  // new source, or a jump of its clock
};

class FrameCutter {
 public:
  // Forgets the stream; frames are due from `now` on.
  void start(double now);

  void take(const AudioPacket& packet, double now);

  // The next frame that can leave at `now`, if there is one; to be asked until there is none. `samples` gets
  // kFrameSamples samples but for a lost frame.
  std::optional<cpd::FrameKind> next(double now, int16_t* samples);

  double jitterMs() const { return jitterMs_; }
  const StreamCounts& counts() const { return counts_; }

 private:
  static constexpr int kFrames = 64;  // 1.28 s
  enum class Cell : uint8_t { kEmpty, kPart, kWhole, kQuiet };

  struct Slot {
    Cell cell = Cell::kEmpty;
    int filled = 0;
    std::array<int16_t, cpd::kFrameSamples> samples{};
  };

  Slot& slot(int64_t frame) { return slots_[static_cast<size_t>(frame % kFrames)]; }
  void measureJitter(uint32_t timestamp, double now);
  void anchor(uint32_t timestamp);
  int64_t positionOf(uint32_t timestamp) const;
  void quiet(int64_t from, int64_t to);
  void put(int64_t position, std::span<const int16_t> samples);
  cpd::FrameKind leave(cpd::FrameKind kind);
  double patienceMs() const;

  std::array<Slot, kFrames> slots_{};
  bool running_ = false;  // a first packet came
  uint32_t ssrc_ = 0;
  uint32_t baseTimestamp_ = 0;  // of sample basePosition_
  int64_t basePosition_ = 0;
  uint16_t lastSequence_ = 0;
  int64_t nextPosition_ = 0;  // sample that follows the newest packet
  int64_t newest_ = -1;       // newest frame with anything in it
  int64_t frame_ = 0;         // next to leave
  double startedAt_ = 0;
  double lastFrameAt_ = 0;        // when the last one left, or would have by the clock
  bool waitingSilently_ = false;  // frames leave by the clock: nothing comes
  bool quietFollows_ = false;     // what comes next by the clock is comfort noise
  double holeSince_ = -1;
  double packetMs_ = 20;
  double jitterMs_ = 0;
  double lastTransit_ = 0;
  bool transitKnown_ = false;
  StreamCounts counts_;
};

}  // namespace board::sip
