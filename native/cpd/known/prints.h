// The acoustic fingerprint of what is heard: one print a frame, 28 bits of how the spectrum of the last 640 ms
// changes.
//
// After Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002): a bit is the sign of a
// difference of energies in time and frequency, and recordings are told apart by the share of bits that
// differ. Instead of neighbouring bands and frames, a bit is the sign of one coefficient of a two-dimensional
// cosine transform: smooth over 15 bands from 325 to 3,500 Hz and over 32 frames, so that a window of 32 ms
// every 20 ms is enough. The first coefficient in time is left out: level and the line's filter are in it.
// Energies are raised to the power of 1/3: the scale does not matter to a sign, soft noise adds little.
//
// Measured on 100 recordings, clean against a line with noise 20 dB below and other ills: 5.6 % of the bits
// differ (GSM 5.6 %, 200 ppm 4.4 %, 1 % of packets lost 3.8 %). Of two recordings that are not the same,
// 50 %.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cpd/frontend/frame_features.h"

namespace cpd::known {

// Bits 0 to 27, and kUsable.
using Print = uint32_t;

inline constexpr int kPrintBits = 28;
inline constexpr Print kPrintMask = (1u << kPrintBits) - 1;
// Somebody speaks in at least half of the frames; others are made of the line's noise, or of a tone.
inline constexpr Print kUsable = 1u << 31;
inline constexpr int kPrintFrames = 32;  // a print is made of so many frames, the newest last

// Bits in which two prints differ.
inline int differingBits(Print a, Print b) { return __builtin_popcount((a ^ b) & kPrintMask); }

class PrintMaker {
 public:
  // The print of this frame and those before it. A lost frame counts as the one before. While nothing sounds, a telephone
  // rings or the line is quiet, frames are not even measured: they count as having no energy.
  Print next(const FrameFeatures& frame);

  // Ahead of next().
  void prefetch() const;

 private:
  static constexpr int kFrequencyModes = 7, kTimeModes = 4;
  static constexpr int kLanes = 8;  // frequency modes, and one that is not used
  static constexpr int kBlockFrames = 4, kBlocks = kPrintFrames / kBlockFrames;

  using Row = std::array<float, kLanes>;

  static Row spectrumOf(const FrameFeatures& frame);
  Print printOf() const;
  static std::size_t placeOf(std::size_t frame) {
    return frame % kBlockFrames * kBlocks + frame / kBlockFrames % kBlocks;
  }

  int frames_ = 0;
  uint32_t sounded_ = 0;  // of the last 32 frames, the newest in bit 0
  float loudestDbm0_ = -90;
  bool empty_ = true;  // no energy in what is kept
  std::array<Row, kBlockFrames> newest_{};
  // Sums of kBlockFrames, by the frame that ends them: those of one print side by side, see placeOf().
  alignas(64) std::array<Row, kPrintFrames> blocks_{};
};

}  // namespace cpd::known
