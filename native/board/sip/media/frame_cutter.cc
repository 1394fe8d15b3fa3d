#include "board/sip/media/frame_cutter.h"

#include <algorithm>
#include <cmath>

namespace board::sip {
namespace {

constexpr int kSamplesPerMs = cpd::kSampleRateHz / 1000;
// How long a hole stays open: three times the jitter (RFC 3550), within these.
constexpr double kLeastPatienceMs = 40, kMostPatienceMs = 120;
// Nothing came for so long: time goes on without sound.
constexpr double kIdleMs = 60;
// A step of the sender's clock by more than this is another clock.
constexpr int64_t kJump = cpd::kSampleRateHz;
// Media time is never further behind the clock: a verdict's deadline counts in it.
constexpr double kMostLagMs = 200;
constexpr int kJitterGain = 16;
// Of a packet that is older than all that can still be used.
constexpr int kReordered = 100;
constexpr double kLongestPacketMs = 100;

}  // namespace

void FrameCutter::start(double now) {
  *this = FrameCutter();
  startedAt_ = now;
  lastFrameAt_ = now;
}

double FrameCutter::patienceMs() const {
  return std::clamp(3 * jitterMs_, kLeastPatienceMs, kMostPatienceMs);
}

void FrameCutter::measureJitter(uint32_t timestamp, double now) {
  const double transit = now - static_cast<double>(timestamp - baseTimestamp_) / kSamplesPerMs;
  if (transitKnown_) jitterMs_ += (std::fabs(transit - lastTransit_) - jitterMs_) / kJitterGain;
  lastTransit_ = transit;
  transitKnown_ = true;
}

// The packet with this timestamp begins with the next frame to leave.
void FrameCutter::anchor(uint32_t timestamp) {
  for (Slot& each : slots_) each = Slot();
  baseTimestamp_ = timestamp;
  basePosition_ = frame_ * cpd::kFrameSamples;
  nextPosition_ = basePosition_;
  newest_ = frame_ - 1;
  holeSince_ = -1;
  transitKnown_ = false;
}

int64_t FrameCutter::positionOf(uint32_t timestamp) const {
  return basePosition_ + static_cast<int32_t>(timestamp - baseTimestamp_);
}

void FrameCutter::take(const AudioPacket& packet, double now) {
  if (!running_ || packet.ssrc != ssrc_) {
    if (running_) ++counts_.restarts;
    running_ = true;
    ssrc_ = packet.ssrc;
    lastSequence_ = static_cast<uint16_t>(packet.sequence - 1);
    anchor(packet.timestamp);
  }
  ++counts_.packets;
  const auto step = static_cast<int16_t>(packet.sequence - lastSequence_);
  if (step == 0 || (step < 0 && step > -kReordered)) {
    // Older than the newest: it may fill its hole.
    const int64_t position = positionOf(packet.timestamp);
    if (step == 0 || packet.samples.empty()) {
      ++counts_.repeated;
    } else if (position < frame_ * cpd::kFrameSamples || position >= nextPosition_) {
      ++counts_.late;
    } else {
      put(position, packet.samples);
    }
    return;
  }
  const bool follows = step == 1;
  int64_t position = positionOf(packet.timestamp);
  const int64_t jump = position - nextPosition_;
  const int64_t earliest = frame_ * cpd::kFrameSamples;
  const bool anotherClock = step < 0 || jump < -kJump || (jump > kJump && !follows);
  // After a gap that the clock has bridged the stream goes on where it is now, but for what it is ahead.
  const bool cameBack = waitingSilently_ && (position < earliest || position >= earliest + kJump);
  // Silence that was not sent, longer than can be held: time has gone on by the clock all the same.
  const bool beyondBuffer = position >= earliest + (kFrames - 16) * cpd::kFrameSamples;
  if (anotherClock || cameBack || beyondBuffer) {
    if (anotherClock) ++counts_.restarts;
    anchor(packet.timestamp);
    position = positionOf(packet.timestamp);
  } else if (follows && jump > 0) {
    quiet(nextPosition_, position);
  }
  measureJitter(packet.timestamp, now);
  lastSequence_ = packet.sequence;
  quietFollows_ = packet.comfortNoise;
  const auto length = static_cast<int64_t>(packet.samples.size());
  if (length > 0) {
    packetMs_ = std::min(kLongestPacketMs, static_cast<double>(length) / kSamplesPerMs);
    if (position < earliest) {
      ++counts_.late;
    } else {
      put(position, packet.samples);
    }
    waitingSilently_ = false;
  }
  nextPosition_ = std::max(nextPosition_, position + length);
}

// The sender was silent on purpose from one sample to another.
void FrameCutter::quiet(int64_t from, int64_t to) {
  int64_t frame = std::max(frame_, from / cpd::kFrameSamples);
  const int64_t end = to / cpd::kFrameSamples;
  for (; frame < end && frame < frame_ + kFrames; ++frame) {
    Slot& at = slot(frame);
    // A frame that had begun is filled up with silence.
    at.cell = at.cell == Cell::kPart ? Cell::kWhole : Cell::kQuiet;
    newest_ = std::max(newest_, frame);
  }
  // The rest of the silence is the beginning of the next packet's first frame.
  const int64_t inFrame = to % cpd::kFrameSamples;
  if (inFrame > 0 && end >= frame_ && end < frame_ + kFrames) {
    Slot& at = slot(end);
    const int64_t begin = std::max<int64_t>(from - end * cpd::kFrameSamples, 0);
    at.cell = Cell::kPart;
    at.filled += static_cast<int>(inFrame - begin);
    newest_ = std::max(newest_, end);
  }
}

void FrameCutter::put(int64_t position, std::span<const int16_t> samples) {
  while (!samples.empty()) {
    const int64_t frame = position / cpd::kFrameSamples;
    const auto begin = static_cast<size_t>(position % cpd::kFrameSamples);
    const size_t count = std::min(samples.size(), cpd::kFrameSamples - begin);
    if (frame >= frame_ + kFrames) return;
    if (frame >= frame_) {
      Slot& at = slot(frame);
      if (at.cell == Cell::kEmpty || at.cell == Cell::kPart) {
        std::ranges::copy(samples.first(count), at.samples.begin() + static_cast<std::ptrdiff_t>(begin));
        at.filled += static_cast<int>(count);
        at.cell = at.filled >= cpd::kFrameSamples ? Cell::kWhole : Cell::kPart;
        newest_ = std::max(newest_, frame);
      }
    }
    position += static_cast<int64_t>(count);
    samples = samples.subspan(count);
  }
}

cpd::FrameKind FrameCutter::leave(cpd::FrameKind kind) {
  ++counts_.frames;
  slot(frame_) = Slot();
  ++frame_;
  holeSince_ = -1;
  return kind;
}

std::optional<cpd::FrameKind> FrameCutter::next(double now, int16_t* samples) {
  Slot& due = slot(frame_);
  if (due.cell == Cell::kWhole) {
    std::ranges::copy(due.samples, samples);
    lastFrameAt_ = now;
    return leave(cpd::FrameKind::kAudio);
  }
  if (due.cell == Cell::kQuiet) {
    std::fill_n(samples, cpd::kFrameSamples, int16_t{0});
    lastFrameAt_ = now;
    return leave(cpd::FrameKind::kComfortNoise);
  }
  const bool behind = now - startedAt_ - static_cast<double>(frame_) * cpd::kFrameMs > kMostLagMs;
  if (newest_ > frame_) {
    // Something later is there: a hole.
    if (holeSince_ < 0) holeSince_ = now;
    if (!waitingSilently_ && !behind && now - holeSince_ < patienceMs()) return std::nullopt;
    const double since = holeSince_;
    lastFrameAt_ = now;
    ++counts_.lost;
    leave(cpd::FrameKind::kLost);
    holeSince_ = since;  // those beside it have waited as long
    return cpd::FrameKind::kLost;
  }
  // A first frame is waited for as long as any.
  const double idle = std::max(kIdleMs, packetMs_ + patienceMs());
  if (!behind && now - lastFrameAt_ < idle) return std::nullopt;
  lastFrameAt_ = std::min(lastFrameAt_ + cpd::kFrameMs, now);
  waitingSilently_ = true;
  if (quietFollows_) std::fill_n(samples, cpd::kFrameSamples, int16_t{0});
  newest_ = std::max(newest_, frame_);
  return leave(quietFollows_ ? cpd::FrameKind::kComfortNoise : cpd::FrameKind::kLost);
}

}  // namespace board::sip
