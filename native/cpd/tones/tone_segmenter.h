// Cuts the audio of one channel into stretches of steady tone, edges to about 5 ms.
//
// The spectrum says that there is a tone and at which frequencies; the level at just these frequencies, in
// 5 ms steps, says when it began and ended.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "cpd/frontend/front_end.h"
#include "cpd/frontend/sample_history.h"
#include "cpd/tones/noise_floor.h"
#include "cpd/tones/tone_background.h"
#include "cpd/tones/tone_segment.h"

namespace cpd {

class ToneSegmenter {
 public:
  // Takes one frame. False for a lost one, from which nothing is learnt; else the front end measures input()
  // and hear() learns from that.
  bool take(const int16_t* samples, FrameKind kind);
  const FrontEndInput& input() const { return input_; }
  void hear(const FrontEndFrame& measured);
  void close();  // the audio ended

  // Ahead of take(), first with step 0, then, some time later, with 1.
  void prefetch(int step) const;

  // What the last frame brought; an end comes before a start.
  bool ended() const { return ended_; }
  bool started() const { return started_; }
  const ToneSegment& last() const { return last_; }  // the one that ended
  const ToneSegment* open() const { return isOpen_ ? &segment_ : nullptr; }
  bool openClipped() const { return clipped_; }  // its real start was not heard
  int lineCount() const { return count_; }       // of the open one
  const ToneFrame& frame() const { return frame_; }
  const SampleHistory& history() const { return history_; }
  int32_t nowMs() const { return nowMs_; }

 private:
  static constexpr int kHistory = SampleHistory::kSamples;
  static constexpr int kBlock = 40;     // 5 ms
  static constexpr int kEnvelope = 64;  // blocks kept for the modulation

  static float sameWithin(float hz) { return std::max(20.0f, 0.03f * hz); }
  bool openHere(const FrontEndFrame& measured);
  void follow(const FollowedLine (&lines)[ToneFrame::kLines]);
  void setFollowed(int line, float hz);
  void measureAgain();
  bool isCovered() const;
  void finishSegment(int32_t endMs);

  // segment_means.cc
  bool isMerged() const;
  float cleanShare() const;
  void measureFrame(bool inside);
  void widenDrift(float hz);
  void measureModulation(int dropLast);

  // What every frame touches, side by side.
  int32_t nowMs_ = 0;
  int hold_ = 0;               // frames that a loss still spoils
  int count_ = 0;              // lines of the open segment
  float candidateHz_ = 0;      // strongest line of the tonal frame before, 0 if it was not tonal
  bool lostSilently_ = false;  // nothing but equal samples in the middle of a tone
  bool isOpen_ = false, started_ = false, ended_ = false, clipped_ = false;
  NoiseFloor floor_;
  FrontEndInput input_;
  ToneFrame frame_;

  // And while a segment is open.
  ToneSegment segment_;
  std::array<float, 3> hz_{};  // followed
  float level_ = 0;            // running mean power while on
  float lastOnMs_ = 0;
  float lastFullMs_ = 0;
  int32_t holeMs_ = 0;
  int badFrames_ = 0;
  int32_t modulationAtMs_ = 0;  // age at which the modulation is measured next
  float weight_ = 0, puritySum_ = 0, cleanSum_ = 0, ownSum_ = 0, levelSum_ = 0;
  std::array<float, 3> hzSum_{}, hzWeight_{};
  float lowHz_ = 0, highHz_ = 0;                      // of the strongest line
  float lowBefore_ = 0, highBefore_ = 0;              // without the newest frame
  float newestHz_ = 0, beforeHz_ = 0;                 // the newest frame and the one before it
  float quietest_ = 0, loudest_ = 0, pendingDb_ = 0;  // 20 ms levels inside; the newest waits for the next
  bool pending_ = false, spread_ = false;
  int envelopeCount_ = 0;
  std::array<float, kEnvelope> envelope_{};

  SampleHistory history_;
  ToneBackground background_;
  ToneSegment last_;
};

}  // namespace cpd
