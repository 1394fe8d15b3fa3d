// What the frames of a stretch of steady tone say of it: means, drift, modulation.
#include <algorithm>
#include <cmath>

#include "cpd/simd/exact_math.h"
#include "cpd/tones/demodulator.h"
#include "cpd/tones/tone_segmenter.h"

namespace cpd {

namespace {

constexpr float kLowestOvertonedHz = 450;
constexpr float kSpoiltWeight = 0.02f;  // of a frame whose window reaches beyond the tone
constexpr float kJumpHz = 10, kJumpAgreesHz = 8;
constexpr float kPairHz = 115;      // nearer lines may be heard as one in some frames
constexpr float kPairMarginHz = 6;  // of that one from either

// Of the power of all lines of the frame.
float shareOf(float dbm0, const ToneFrame& frame) {
  float all = 0;
  for (int line = 0; line < frame.count; ++line) all += powerOfDb(frame.lines[line].dbm0);
  return powerOfDb(dbm0) / all;
}

}  // namespace

// A loss, or a coder, smears a close pair into one line in between: that says nothing about its frequencies.
bool ToneSegmenter::isMerged() const {
  if (count_ < 2 || frame_.count >= count_ || hzWeight_[1] < 1 || segment_.hz[1] == 0) return false;
  const auto [low, high] = std::minmax(hz_[0], hz_[1]);
  const float hz = frame_.lines[0].hz;
  return high - low < kPairHz && hz > low + kPairMarginHz && hz < high - kPairMarginHz;
}

// Of the lines, and of their overtones where no voice's pitch is so high, in what is not the line's noise.
float ToneSegmenter::cleanShare() const {
  const bool overtones = frame_.count == 1 && frame_.lines[0].hz >= kLowestOvertonedHz;
  const float own = frame_.purity * frame_.power + (overtones ? frame_.overtones : 0);
  return floor_.cleanShare(own, frame_.power);
}

// Adds the frame to the means of the segment.
void ToneSegmenter::measureFrame(bool inside) {
  const float weight = inside ? 1.0f : kSpoiltWeight;
  if (!frame_.tonal || isMerged()) return;
  float dbm0 = -99, firstHz = 0;
  int matched = 0;
  for (int line = 0; line < count_; ++line) {
    for (int i = 0; i < frame_.count; ++i) {
      if (std::abs(frame_.lines[i].hz - hz_[line]) > 2 * sameWithin(hz_[line])) continue;
      if (line == 0) firstHz = frame_.lines[i].hz;
      hzSum_[line] += weight * frame_.lines[i].hz;
      hzWeight_[line] += weight;
      const float level = frame_.lines[i].dbm0;
      ++matched;
      dbm0 = dbm0 < -98 ? level : dbOfPower(powerOfDb(dbm0) + powerOfDb(level));
      break;
    }
  }
  if (dbm0 < -98) return;
  weight_ += weight;
  const float clean = cleanShare();
  puritySum_ += weight * frame_.purity;
  ownSum_ += weight * (matched >= frame_.count ? 1 : std::min(1.0f, shareOf(dbm0, frame_)));
  cleanSum_ += weight * clean;
  segment_.bestPurity = std::max(segment_.bestPurity, frame_.purity);
  segment_.bestClean = std::max(segment_.bestClean, clean);
  levelSum_ += weight * dbm0;
  if (inside && firstHz > 0) widenDrift(firstHz);
  for (int line = 0; line < count_; ++line) {
    const bool seen = hzWeight_[line] >= 0.5f * weight_;
    segment_.hz[line] = seen ? hzSum_[line] / hzWeight_[line] : 0;
  }
  segment_.purity = puritySum_ / weight_;
  segment_.cleanPurity = cleanSum_ / weight_;
  segment_.ownShare = ownSum_ / weight_;
  segment_.dbm0 = levelSum_ / weight_;
  segment_.driftHz = std::max(highHz_ - segment_.hz[0], segment_.hz[0] - lowHz_);
  if (weight_ < 1) segment_.driftHz = 0;
}

// Of the strongest line. A packet played twice, or made up, is a jump of the phase: one frame is off, those
// before and after it agree.
void ToneSegmenter::widenDrift(float hz) {
  if (newestHz_ == 0) {
    lowHz_ = highHz_ = lowBefore_ = highBefore_ = newestHz_ = hz;
    return;
  }
  const bool jumped = beforeHz_ > 0 && std::abs(hz - beforeHz_) <= kJumpAgreesHz &&
                      std::abs(newestHz_ - hz) > kJumpHz && std::abs(newestHz_ - beforeHz_) > kJumpHz;
  if (jumped) {
    lowHz_ = lowBefore_;
    highHz_ = highBefore_;
  } else {
    lowBefore_ = lowHz_;
    highBefore_ = highHz_;
  }
  beforeHz_ = newestHz_;
  newestHz_ = hz;
  lowHz_ = std::min(lowHz_, hz);
  highHz_ = std::max(highHz_, hz);
}

// The strongest rate from 12 to 60 Hz in the envelope of the strongest line. A second, separate line would
// beat with the short blocks, so only single lines are looked at.
void ToneSegmenter::measureModulation(int dropLast) {
  if (count_ != 1) return;
  const int stored = std::min(envelopeCount_, kEnvelope);
  const int n = stored - dropLast;
  if (n < 28) return;
  float values[kEnvelope], window[kEnvelope], mean = 0, windowSum = 0;
  hannWindow(n, window);
  for (int i = 0; i < n; ++i) {
    values[i] = envelope_[static_cast<size_t>((envelopeCount_ - dropLast - n + i) % kEnvelope)];
    mean += window[i] * values[i];
    windowSum += window[i];
  }
  mean /= windowSum;
  if (mean <= 0) return;
  for (int i = 0; i < n; ++i) values[i] = (values[i] - mean) * window[i];
  const Modulation found = strongestModulation(values, n, n >= 40 ? 12 : 20);
  const float depth = 2 * std::sqrt(found.power) / (windowSum * mean);
  segment_.modDepth = depth;
  segment_.modHz = depth > 0.25f ? found.hz : 0;
}

}  // namespace cpd
