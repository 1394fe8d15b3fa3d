// Music instead of ringing: silent until three seconds of it were heard, then playing until it ends.
#pragma once

#include <cstdint>

#include "cpd/voice/music_detector.h"

namespace cpd {

class LineMusic {
 public:
  static constexpr int kFrames = MusicDetector::kFrames;  // it is known by

  bool isPlaying() const { return state_ == State::kPlaying; }

  // Every frame heard.
  void push(const FrameFeatures& frame) { detector_.push(frame); }

  // Whether the last kFrames are music.
  bool isHeard() const;

  // Of music, in the last so many frames, at most kFrames.
  float logOdds(int frames) const { return detector_.logOdds(frames); }

  // Whether the last kFrames are music, and so is what was heard before the last `pause` frames.
  bool goesOnBefore(int pause) const;

  // It plays, at this level at most.
  void begin(float loudestDbm0);

  // Once per frame while it plays, after push(): it ends with a pause, or when somebody speaks in its place or
  // over it. Returns how many of the last frames were no more music, 0 while it plays on. `frames`: heard so
  // far.
  int endsBefore(const FrameFeatures& frame, int frames);

 private:
  enum class State : uint8_t { kNone, kPlaying };

  State state_ = State::kNone;
  int pauseFrames_ = 0, voiceFrames_ = 0;
  float loudestDbm0_ = -90;
  MusicDetector detector_;
};

}  // namespace cpd
