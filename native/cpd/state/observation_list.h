// What a detector says of one frame, in order.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "cpd/types.h"

namespace cpd {

class ObservationList {
 public:
  // Of one frame: 9 of tones (ToneReceiver::kMostEvents without the two of segments), an answer, the begin or
  // end of speech, the end of the greeting, a beep, a verdict and a correction. Segments take the room that
  // these leave; those without any wait for the next look. The 9 are a choice, not a proven bound.
  static constexpr int kMost = 15;

  // A frame begins. What was said since the last one goes with it, everything before is forgotten.
  void beginFrame() {
    if (!betweenFrames_) count_ = 0;
    betweenFrames_ = false;
  }
  // Something may be said before the next frame.
  void beginBetweenFrames() {
    if (!betweenFrames_) count_ = 0;
    betweenFrames_ = true;
  }

  // Whether a segment may be added: one place is kept for the verdict of the deadline, which comes last.
  bool hasRoomForSegment() const { return count_ < kMost - 1; }

  Observation* add(ObservationKind kind, int32_t startMs, int32_t endMs) {
    // In a full list nothing is overwritten: the new one goes to the spare place and is not said.
    Observation& o = list_[static_cast<size_t>(count_)];
    count_ = std::min(count_ + 1, kMost);
    o = Observation();
    o.kind = kind;
    o.startMs = startMs;
    o.endMs = endMs;
    return &o;
  }

  // Valid until the next frame begins.
  std::span<const Observation> all() const { return {list_.data(), static_cast<size_t>(count_)}; }

 private:
  int count_ = 0;
  bool betweenFrames_ = false;
  std::array<Observation, kMost + 1> list_;
};

}  // namespace cpd
