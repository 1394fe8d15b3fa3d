// The last seven seconds of a channel, frame by frame in a few bytes each.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/frontend/frame_features.h"
#include "cpd/types.h"

namespace cpd {

inline constexpr int kHistoryFrames = 352;
// In a row of digital silence, at most, where packets were lost and nobody marked them.
inline constexpr int kMaxConcealedFrames = 4;

struct HistoryFrame {
  static constexpr uint8_t kLost = 1;       // not heard
  static constexpr uint8_t kTone = 2;       // a signalling tone or a beep, not speech
  static constexpr uint8_t kDigital = 4;    // all samples equal
  static constexpr uint8_t kSteady = 8;     // inside some steady tone, which may be a vowel
  static constexpr uint8_t kMusic = 16;     // music instead of ringing; kTone as well
  static constexpr uint8_t kLikeTone = 32;  // inside a tone on frequencies of the plan, which may be a voice

  uint8_t level = 0;    // half dB above -90 dBm0, 200 to 3500 Hz
  uint8_t voicing = 0;  // 255 = 1
  uint8_t pitch = 0;    // 2 Hz steps
  uint8_t flags = 0;

  float levelDbm0() const { return static_cast<float>(level) * 0.5f - 90; }
  bool is(uint8_t flag) const { return (flags & flag) != 0; }
};

class VoiceHistory {
 public:
  void clear() { frames_ = 0; }
  void push(const FrameFeatures& features, bool tone);
  void pushLost();  // like the frame before, but not heard
  // Marks frames that turned out to be part of a tone only after they had been pushed.
  void mark(uint8_t flag, int fromFrame, int toFrame);
  void unmark(uint8_t flag, int fromFrame, int toFrame);

  int frames() const { return frames_; }  // pushed since clear(): the index of the next frame
  int oldest() const { return frames_ > kHistoryFrames ? frames_ - kHistoryFrames : 0; }
  const HistoryFrame& at(int frame) const { return ring_[frame % kHistoryFrames]; }
  HistoryFrame& at(int frame) { return ring_[frame % kHistoryFrames]; }
  float bandDbm0(int frame, int b) const {
    return static_cast<float>(bands_[frame % kHistoryFrames][b]) * 0.5f - 90;
  }

  // Of each band, in half dB above -90 dBm0.
  const std::array<uint8_t, kVoiceBands>& bandsAt(int frame) const { return bands_[frame % kHistoryFrames]; }

  // Frames with the flag from `fromFrame` up to `toFrame`, of those that are kept.
  int count(uint8_t flag, int fromFrame, int toFrame) const;

  // Whether `frame` is digital silence so short, in the middle of something else from `first` up to `last`,
  // that packets were lost and nobody marked them.
  bool isConcealedLoss(int frame, int first, int last) const;

  // `to`: `count` frames from `frame` on.
  void copy(int frame, int count, HistoryFrame* to) const;

  // Ahead of push(), and of what goes through the frames from `fromFrame` on; reads what begins the object.
  void prefetch(int fromFrame) const;

 private:
  int frames_ = 0;
  std::array<HistoryFrame, kHistoryFrames> ring_;
  // Apart from what every look goes through.
  std::array<std::array<uint8_t, kVoiceBands>, kHistoryFrames> bands_;  // half dB above -90 dBm0
};

}  // namespace cpd
