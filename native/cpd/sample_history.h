// The newest 128 ms of a channel's samples, in a ring.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "cpd/types.h"

namespace cpd {

class SampleHistory {
 public:
  // A power of two, and like a frame a multiple of 32, so that the lane kernels can take 32 samples from the
  // ring without looking for its end.
  static constexpr int kSamples = 1024;

  void push(const int16_t* samples) {
    for (int i = 0; i < kFrameSamples; i += kPiece)
      std::memcpy(&ring_[(end_ + i) & kMask], samples + i, kPiece * sizeof(int16_t));
    end_ = (end_ + kFrameSamples) & kMask;
  }

  // The newest frame once more, in place of a lost one.
  void repeat() {
    int16_t again[kFrameSamples];
    copyNewest(kFrameSamples, again);
    push(again);
  }

  // `to`: the newest `count` samples, oldest first.
  void copyNewest(int count, int16_t* to) const {
    const int start = (end_ - count) & kMask;
    const int first = count < kSamples - start ? count : kSamples - start;
    std::memcpy(to, &ring_[start], static_cast<size_t>(first) * sizeof(int16_t));
    std::memcpy(to + first, ring_.data(), static_cast<size_t>(count - first) * sizeof(int16_t));
  }

  const int16_t* ring() const { return ring_.data(); }
  int end() const { return end_; }  // where the next frame goes

 private:
  static constexpr int kMask = kSamples - 1;
  static constexpr int kPiece = 32;
  static_assert(kFrameSamples % kPiece == 0);

  std::array<int16_t, kSamples> ring_{};
  int end_ = 0;
};

}  // namespace cpd
