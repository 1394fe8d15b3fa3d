// Ringback and dial tone on the line: which were heard, on which frequencies, and since when.
#pragma once

#include <cstdint>
#include <span>

#include "cpd/frontend/frame_features.h"
#include "cpd/types.h"

namespace cpd {

class Ringing {
 public:
  // A tone of the plan was recognised. Both may be heard in one call.
  void hearDialtone() { heard_ |= kDialtone; }
  void hearRingback(int32_t nowMs) {
    heard_ |= kRingback;
    lastMs_ = nowMs;
  }
  // Something in its place, music or the pieces of a torn tone, says that it still rings.
  void goesOn(int32_t nowMs) { lastMs_ = nowMs; }
  bool heardRingback() const { return (heard_ & kRingback) != 0; }
  bool heardDialtone() const { return (heard_ & kDialtone) != 0; }
  int32_t lastMs() const { return lastMs_; }  // ringing sounded then, kNever before any

  // The tone's frequencies; kept when another party is connected.
  void setFrequencies(std::span<const float, 3> hz);
  bool knowsFrequencies() const { return hz_[0] > 0; }
  bool isOn(float hz) const;  // near enough to one of them

  // Level of the loudest signalling tone before answer, in dBm0.
  void toneAt(float dbm0);
  float toneDbm0() const { return toneDbm0_; }

  // Losses and noise tear a tone to pieces that nobody follows: once it is known, its frequency and level are
  // enough when they stay. Once per frame; returns for how many frames in a row it has sounded like ringback.
  int follow(const FrameFeatures& frame);
  static constexpr int kTornFrames = 4;     // so many are a torn tone: words glide
  static constexpr int kSurelyFrames = 15;  // no vowel lasts that long on one tone

  // After an answer that was signalled the ringing is over, unless it is heard again for longer than a burst
  // that the answer cut.
  void ringsAfterAnswer() { afterAnswerFrames_ = kAfterAnswerFrames; }
  void ringsAfterAnswerInFrame() { ++afterAnswerFrames_; }
  bool ringsOnAfterAnswer() const { return afterAnswerFrames_ >= kAfterAnswerFrames; }
  // Before it, until a gap is longer than any between two bursts.
  bool ringsBeforeAnswer(int32_t nowMs) const { return nowMs - lastMs_ <= kLongestGapMs; }

  // Another party is connected: what was heard counts no more, only what the line's tones are like.
  void forget();

 private:
  static constexpr uint8_t kDialtone = 1, kRingback = 2;
  static constexpr int kAfterAnswerFrames = 20;
  static constexpr int32_t kLongestGapMs = 5500;

  bool soundsLikeIt(const FrameFeatures& frame) const;

  uint8_t heard_ = 0;
  int32_t lastMs_ = kNever;
  int tornFrames_ = 0;
  int afterAnswerFrames_ = 0;
  float hz_[3] = {0, 0, 0};
  float toneDbm0_ = -90;
};

}  // namespace cpd
