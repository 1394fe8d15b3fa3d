// Power of the noise on the line, learnt from its quietest moments: how much of what is not the tone's own is
// noise that was there anyway. A vowel has overtones above it, a generator's tone has not.
#pragma once

#include <algorithm>

namespace cpd {

class NoiseFloor {
 public:
  // `power`: mean square of one frame's window. Lost frames are not pushed.
  void push(float power) {
    if (filling_ < kWindowFrames) {
      ++filling_;
      return;
    }
    sum_ += power;
    if (++frames_ < kFrames) return;
    const float mean = sum_ / kFrames;
    floor_ = known_ ? std::min(floor_ * kRise, mean) : mean;
    known_ = true;
    sum_ = 0;
    frames_ = 0;
  }

  // So much of what went on is left out from now on: it was hum, not noise. What is more than the floor was
  // never part of it.
  void lower(float power) {
    if (power > floor_) return;
    floor_ = std::max(0.0f, floor_ - power);
    sum_ = std::max(0.0f, sum_ - power * static_cast<float>(frames_));
  }

  float power() const { return known_ ? floor_ : 0; }

  // Share of the lines in what is not noise, 0 to 1. `lines` and `all`: mean squares.
  float cleanShare(float lines, float all) const {
    const float rest = std::max(0.0f, all - lines - kTakenOff * power());
    return lines <= 0 ? 0 : lines / (lines + rest);
  }

 private:
  static constexpr int kWindowFrames = 4;   // until the first window is full
  static constexpr int kFrames = 3;         // 60 ms: the pause before a beep may be no longer
  static constexpr float kRise = 1.014f;    // 1 dB a second
  static constexpr float kTakenOff = 0.9f;  // noise varies from frame to frame; rather too little

  float sum_ = 0;
  float floor_ = 0;
  int frames_ = 0, filling_ = 0;
  bool known_ = false;
};

}  // namespace cpd
