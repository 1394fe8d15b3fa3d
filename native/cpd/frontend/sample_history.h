// The newest 128 ms of a channel's samples, in a ring.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "cpd/simd/prefetch.h"
#include "cpd/types.h"

namespace cpd {

// Mean square of kFrameSamples samples, in 16 bit units, up to 32 less.
float frameMeanSquare(const int16_t* samples);

class SampleHistory {
 public:
  // A power of two, and like a frame a multiple of 32, so that the lane kernels can take 32 samples from the
  // ring without looking for its end.
  static constexpr int kSamples = 1024;

  void push(const int16_t* samples) {
    for (int i = 0; i < kFrameSamples; i += kPiece)
      std::memcpy(&ring_[(end_ + i) & kMask], samples + i, kPiece * sizeof(int16_t));
    end_ = (end_ + kFrameSamples) & kMask;
    energy_ = {frameMeanSquare(samples), energy_[0], energy_[1], energy_[2]};
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

  // Greatest of the last four frames' mean squares: at least 3/8 of what a Hann window of 64 ms can show, in
  // all.
  float loudest() const { return std::max({energy_[0], energy_[1], energy_[2], energy_[3]}); }
  float meanSquare() const { return energy_[0]; }  // of the newest frame

  // Brings what push() will write, and if `whole` what the front end will read, nearer to the processor.
  void prefetch(bool whole) const {
    const int first = whole ? end_ - kSamples / 2 : end_;
    for (int i = first; i < end_ + kFrameSamples; i += kPiece) cpd::prefetch(&ring_[i & kMask], 1);
  }

  const int16_t* ring() const { return ring_.data(); }
  int end() const { return end_; }  // where the next frame goes

 private:
  static constexpr int kMask = kSamples - 1;
  static constexpr int kPiece = 32;
  static_assert(kFrameSamples % kPiece == 0);

  int end_ = 0;
  std::array<float, 4> energy_{};  // newest first
  alignas(64) std::array<int16_t, kSamples> ring_{};
};

}  // namespace cpd
