// What the voice network hears of a frame: levels against the loudest and the quietest of the call so far,
// periodicity, and the shape of the spectrum. Free of the line's level; whole numbers, so that the last bit
// of a logarithm never matters.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/frontend/frame_features.h"

namespace cpd {

inline constexpr int kVoiceInputs = 5 + kFineBands - 1;

// Of one frame. Half dB where not said otherwise.
//   0  level against the peak        -80 to 0
//   1  peak against the floor        0 to 120
//   2  level against the floor       -10 to 100
//   3  voicing                       0 to 100, hundredths
//   4  pitch                         0 to 100: 1/40 octaves above 70 Hz where voiced, else 0
//   5  bands of kFineBandEdgesHz without the lowest, against the level: -80 to 12
using VoiceFrame = std::array<int8_t, kVoiceInputs>;

// Of two frames, the older first: the network takes one step in 40 ms.
using VoiceInput = std::array<int8_t, 2 * kVoiceInputs>;

// Follows the loudest and the quietest of a channel.
class VoiceLevels {
 public:
  void clear() { *this = VoiceLevels(); }
  VoiceFrame next(const FrameFeatures& frame);

 private:
  float peakDbm0_ = -55;
  float floorDbm0_ = -45;
  float before_[2] = {-45, -45};
  int digital_ = 0;  // frames of digital silence in a row
  VoiceFrame last_{};
};

}  // namespace cpd
