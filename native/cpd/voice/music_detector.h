// Music instead of ringing (personal ringback tones, music while a call waits): heard by the last three
// seconds.
//
// Notes hold their frequency and their level where words glide, pause and hiss, and chords have no one pitch.
// Five measures of that, weighed as a logistic regression does that was trained on 150 pieces of music (game
// and waiting music of Debian packages) and 8 hours of speech: 85 % of windows of music are above kMusic, 1
// in 1000 of speech (singing and shouting).
#pragma once

#include <array>
#include <cstdint>

#include "cpd/frontend/frame_features.h"

namespace cpd {

class MusicDetector {
 public:
  static constexpr int kFrames = 150;

  void clear() { *this = MusicDetector(); }

  // Every frame heard; lost ones are left out.
  void push(const FrameFeatures& features);

  // Log odds of music against speech for `frames` frames before the last `skip`, together at most kFrames;
  // -99 before there are so many, and where they are nearly silent.
  float logOdds(int frames, int skip = 0) const;

  static constexpr float kMusic = 2.5f;  // by kFrames: it is music
  static constexpr float kMusicStill =
      -1;  // by kStillFrames, 3 % of music and 90 % of speech are below: it still is
  static constexpr int kStillFrames = 50;

 private:
  struct Frame {
    uint8_t level = 0;    // half dB above -90 dBm0
    uint8_t voicing = 0;  // 255 = 1
    uint8_t flux = 0;     // mean change of a band since the frame before, 0.1 dB
    uint8_t line = 0;     // the strongest one, in quarter tones; 0 unless it is where it was three frames ago
  };
  static constexpr int kHeldFrames = 3;

  // Whether the lines held by the active frames, so many each, are the notes of a tune and not one tone.
  static bool isTune(const std::array<uint8_t, 128>& heldAt);

  std::array<Frame, kFrames> ring_{};
  std::array<float, kHeldFrames> peakHz_{};
  std::array<float, kVoiceBands> bands_{};
  int frames_ = 0;
};

}  // namespace cpd
