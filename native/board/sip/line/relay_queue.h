// The sound of one leg on its way to another: frames come as the network delivers them and leave one a tick. Two are
// kept before the first leaves, against the jitter of the two.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>

#include "cpd/types.h"

namespace board::sip {

class RelayQueue {
 public:
  using Frame = std::array<int16_t, cpd::kFrameSamples>;

  void push(const int16_t* samples, cpd::FrameKind kind) {
    if (frames_.size() == kMost) frames_.pop_front();
    Frame& frame = frames_.emplace_back();
    if (kind == cpd::FrameKind::kAudio) std::copy_n(samples, frame.size(), frame.begin());
  }

  // Nullptr: nothing to send now. Valid until the next call.
  const int16_t* take() {
    if (frames_.empty()) flowing_ = false;
    if (!flowing_ && frames_.size() < kBeforeFirst) return nullptr;
    flowing_ = true;
    taken_ = frames_.front();
    frames_.pop_front();
    return taken_.data();
  }

  void clear() {
    frames_.clear();
    flowing_ = false;
  }

 private:
  static constexpr size_t kMost = 6, kBeforeFirst = 2;

  std::deque<Frame> frames_;
  Frame taken_{};
  bool flowing_ = false;
};

}  // namespace board::sip
