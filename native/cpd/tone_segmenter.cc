#include "cpd/tone_segmenter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace cpd {

namespace {

constexpr float kBlockMs = 5;
constexpr float kOnShare = 0.2f;        // of the mean power: 7 dB below it is the edge
constexpr float kHoleShare = 0.35f;     // of the mean power: softer blocks inside a flat tone are losses
constexpr float kFullShare = 0.8f;      // 1 dB below the mean power: the tone is fully there
constexpr float kLevelFollows = 0.25f;  // per frame: a beep that dies away by 100 dB a second is still one
constexpr float kBridgeMs = 45;         // shorter holes belong to the tone: beats, a lost packet
constexpr float kChangeMs = 12;         // off for so long and another tone there: it has changed
constexpr int kLookBackGap = 5;      // blocks below the edge that a beat may need when looking for the start
constexpr int kBadFrames = 4;        // without the tone: it is over
constexpr int kOtherFrames = 2;      // with another tone instead
constexpr int kLossSpoils = 4;       // frames whose window holds the loss
constexpr float kCoveredDb = 1;      // softer than what sounds now
constexpr float kNearCoveredDb = 6;  // if that has nearly the same frequency ...
constexpr int32_t kSettledMs = 160;  // ... and the tone has had the time to rise
constexpr float kSpoiltWeight = 0.02f;  // of a frame whose window reaches beyond the tone
constexpr float kTurn = 2 * std::numbers::pi_v<float>;

float sameWithin(float hz) { return std::max(20.0f, 0.03f * hz); }

}  // namespace

void ToneSegmenter::shiftIn(const int16_t* samples) {
  std::memmove(history_.data(), history_.data() + kFrameSamples,
               (kHistory - kFrameSamples) * sizeof(int16_t));
  std::memcpy(history_.data() + kHistory - kFrameSamples, samples, kFrameSamples * sizeof(int16_t));
}

// Demodulates `blocks` blocks from sample `first` on at one frequency.
void ToneSegmenter::blockSums(float hz, int first, int blocks, float* re, float* im) const {
  const float turn = kTurn * hz / kSampleRateHz;
  const float stepC = std::cos(turn), stepS = std::sin(turn);
  float c = 1, s = 0;
  const int16_t* sample = history_.data() + first;
  for (int block = 0; block < blocks; ++block) {
    float sumC = 0, sumS = 0;
    for (int i = 0; i < kBlock; ++i, ++sample) {
      const auto x = static_cast<float>(*sample);
      sumC += x * c;
      sumS += x * s;
      const float next = c * stepC - s * stepS;
      s = c * stepS + s * stepC;
      c = next;
    }
    re[block] = sumC;
    im[block] = sumS;
  }
}

void ToneSegmenter::push(const int16_t* samples, FrameKind kind) {
  started_ = ended_ = false;
  nowMs_ += kFrameMs;
  if (kind == FrameKind::kLost) {
    // What was there is repeated, which keeps its level; nothing is concluded from it.
    int16_t again[kFrameSamples];
    std::memcpy(again, recent(kFrameSamples), sizeof again);
    shiftIn(again);
    hold_ = kLossSpoils;
    if (isOpen_ && static_cast<float>(nowMs_ - kFrameMs) - lastOnMs_ < kFrameMs)
      lastOnMs_ = static_cast<float>(nowMs_);
    return;
  }
  shiftIn(samples);
  toneSpectrum(recent(kToneWindowSamples), power_);
  background_.takeOut(power_);
  frame_ = measureLines(power_);
  if (hold_ > 0) --hold_;

  if (isOpen_) follow();
  if (!isOpen_) {
    const float hz = frame_.tonal ? frame_.lines[0].hz : 0;
    if (hz > 0 && candidateHz_ > 0 && std::abs(hz - candidateHz_) < sameWithin(hz)) started_ = openHere();
    candidateHz_ = isOpen_ ? 0 : hz;
  }
  frame_.steady = isOpen_;
}

void ToneSegmenter::close() {
  started_ = ended_ = false;
  if (isOpen_) finishSegment(static_cast<int32_t>(std::lround(lastOnMs_)));
}

// Looks back for the start of the tone that the last two frames show. False if it is over already.
bool ToneSegmenter::openHere() {
  constexpr int kBlocks = kHistory / kBlock, kFirst = kHistory % kBlock, kValues = kBlocks - 1;
  if (background_.adopt(frame_.lines[0].hz, power_)) {
    frame_ = measureLines(power_);
    if (!frame_.tonal) return false;
  }
  float re[kBlocks], im[kBlocks], power[kValues] = {};
  count_ = 0;
  for (int line = 0; line < frame_.count; ++line) {
    float linePower[kValues], peak = 0, newest = 0;
    blockSums(frame_.lines[line].hz, kFirst, kBlocks, re, im);
    for (int i = 0; i < kValues; ++i) {
      const float a = re[i] + re[i + 1], b = im[i] + im[i + 1];
      linePower[i] = a * a + b * b;
      peak = std::max(peak, linePower[i]);
      if (i >= kValues - 4) newest = std::max(newest, linePower[i]);
    }
    if (newest < 0.1f * peak) continue;  // the tone before this one, still in the window
    hz_[count_++] = frame_.lines[line].hz;
    for (int i = 0; i < kValues; ++i) power[i] += linePower[i];
  }
  if (count_ == 0) return false;

  const float peak = *std::max_element(power, power + kValues);
  float sum = 0;
  int on = 0;
  for (const float value : power) {
    if (value < 0.25f * peak) continue;
    sum += value;
    ++on;
  }
  level_ = sum / static_cast<float>(on);
  const float edge = kOnShare * level_;
  int newest = kValues - 1;
  while (newest > 0 && power[newest] < edge) --newest;
  int start = newest;
  for (int i = newest - 1; i >= 0 && start - i <= kLookBackGap + 1; --i)
    if (power[i] >= edge) start = i;
  // Value i is centred on the boundary after block i.
  const auto timeOf = [this](int i) {
    return static_cast<float>(nowMs_) - static_cast<float>(kHistory - kFirst - (i + 1) * kBlock) / 8;
  };
  // The edge lies between the last value below and the first above.
  float startMs = timeOf(start) - kBlockMs / 2;
  if (start > 0) {
    const float part = (power[start] - edge) / std::max(power[start] - power[start - 1], 1.0f);
    startMs = timeOf(start) - kBlockMs * std::clamp(part, 0.0f, 1.0f);
  }
  segment_ = ToneSegment{};
  segment_.startMs = std::max(0, static_cast<int32_t>(std::lround(startMs)));
  if (last_.endMs != kNever) segment_.startMs = std::max(segment_.startMs, last_.endMs);
  int full = start;
  while (full < newest && power[full] < kFullShare * level_) ++full;
  segment_.riseMs = std::max(0.0f, timeOf(full) - startMs);
  lastFullMs_ = timeOf(newest);
  clipped_ = start == 0 || segment_.startMs < 10;
  lastOnMs_ = timeOf(newest);
  holeMs_ = 0;
  badFrames_ = 0;
  modulationAtMs_ = 200;
  weight_ = puritySum_ = levelSum_ = 0;
  hzSum_ = hzWeight_ = {};
  lowHz_ = highHz_ = hz_[0];
  pending_ = spread_ = false;
  envelopeCount_ = 0;
  isOpen_ = true;
  measureFrame(false);
  return true;
}

void ToneSegmenter::follow() {
  constexpr int kBlocks = kFrameSamples / kBlock;
  float re[kBlocks + 1], im[kBlocks + 1], power[kBlocks] = {};
  for (int line = 0; line < count_; ++line) {
    blockSums(hz_[line], kHistory - kFrameSamples - kBlock, kBlocks + 1, re, im);
    for (int i = 0; i < kBlocks; ++i) {
      const float a = re[i] + re[i + 1], b = im[i] + im[i + 1];
      power[i] += a * a + b * b;
      if (line == 0)
        envelope_[static_cast<size_t>(envelopeCount_++ % kEnvelope)] =
            re[i + 1] * re[i + 1] + im[i + 1] * im[i + 1];
    }
  }
  const float edge = kOnShare * level_;
  const float hole = kHoleShare * level_;
  float mean = 0, before = level_;
  for (int i = 0; i < kBlocks; ++i) {
    const float at = static_cast<float>(nowMs_ - kFrameMs) + kBlockMs * static_cast<float>(i);
    mean += power[i] / kBlocks;
    if (power[i] < hole) holeMs_ = nowMs_;
    if (power[i] >= kFullShare * level_) lastFullMs_ = at;
    if (power[i] >= edge) {
      lastOnMs_ = at;
    } else if (before >= edge && at - lastOnMs_ <= kBlockMs + 0.5f) {
      lastOnMs_ += kBlockMs * (before - edge) / std::max(before - power[i], 1.0f);
    }
    before = power[i];
  }
  const float offMs = static_cast<float>(nowMs_) - kBlockMs - lastOnMs_;
  const bool on = offMs < kBlockMs + 0.5f;
  if (mean > edge) level_ += kLevelFollows * (mean - level_);

  const bool same = frame_.tonal && std::abs(frame_.lines[0].hz - hz_[0]) < 2 * sameWithin(hz_[0]);
  bool holds = same;
  for (int line = 0; !holds && frame_.tonal && line < frame_.count; ++line)
    holds = std::abs(frame_.lines[line].hz - hz_[0]) < sameWithin(hz_[0]);
  const bool covered = isCovered();
  const bool other = frame_.tonal && (!holds || covered);
  badFrames_ = hold_ > 0 || (!other && (holds || frame_.purity > 0.6f)) ? 0 : badFrames_ + 1;

  const bool changed = frame_.tonal && !same && offMs >= kChangeMs;
  if (offMs >= kBridgeMs || changed) {
    finishSegment(static_cast<int32_t>(std::lround(lastOnMs_)));
    return;
  }
  if (badFrames_ >= (other ? kOtherFrames : kBadFrames)) {
    const int32_t behindMs = covered ? kToneWindowMs : kToneWindowMs / 2;
    const int32_t until = nowMs_ - badFrames_ * kFrameMs - behindMs;
    finishSegment(std::clamp(until, segment_.startMs, static_cast<int32_t>(lastOnMs_)));
    if (covered) candidateHz_ = frame_.lines[0].hz;
    return;
  }
  // A lost packet spoils what the window shows; a beat has holes everywhere.
  const bool whole =
      nowMs_ - holeMs_ >= kToneWindowMs || segment_.modHz > 0 || nowMs_ - segment_.startMs < 250;
  const bool inside = on && whole && hold_ == 0 && nowMs_ - segment_.startMs >= kToneWindowMs;
  measureFrame(inside && same);
  if (inside && same && std::abs(frame_.lines[0].hz - hz_[0]) > 6) hz_[0] = frame_.lines[0].hz;  // a chirp
  if (on && holeMs_ != nowMs_ && hold_ == 0 && nowMs_ - segment_.startMs >= 2 * kFrameMs) {
    if (pending_) {
      quietest_ = spread_ ? std::min(quietest_, pendingDb_) : pendingDb_;
      loudest_ = spread_ ? std::max(loudest_, pendingDb_) : pendingDb_;
      spread_ = true;
      segment_.levelSpreadDb = loudest_ - quietest_;
    }
    pendingDb_ = 10 * std::log10(mean + 1);
    pending_ = true;
  }
  if (nowMs_ - segment_.startMs >= modulationAtMs_ && modulationAtMs_ <= 600) {
    measureModulation(static_cast<int>(std::max(0.0f, offMs) / kBlockMs));
    modulationAtMs_ += 120;
  }
}

// A stronger tone sounds, and this one goes on beneath it: it was hum, or a note in the background.
bool ToneSegmenter::isCovered() const {
  if (!frame_.tonal || hold_ > 0) return false;
  const ToneLine& strongest = frame_.lines[0];
  bool another = true;
  for (int line = 0; line < count_; ++line)
    another = another && std::abs(strongest.hz - hz_[line]) >= 2 * sameWithin(hz_[line]);
  if (another) return strongest.dbm0 > segment_.dbm0 + kCoveredDb;
  return nowMs_ - segment_.startMs >= kSettledMs && strongest.dbm0 > segment_.dbm0 + kNearCoveredDb;
}

// Adds the frame to the means of the segment.
void ToneSegmenter::measureFrame(bool inside) {
  const float weight = inside ? 1.0f : kSpoiltWeight;
  if (!frame_.tonal) return;
  float dbm0 = -99;
  for (int line = 0; line < count_; ++line) {
    for (int i = 0; i < frame_.count; ++i) {
      if (std::abs(frame_.lines[i].hz - hz_[line]) > 2 * sameWithin(hz_[line])) continue;
      hzSum_[line] += weight * frame_.lines[i].hz;
      hzWeight_[line] += weight;
      const float level = frame_.lines[i].dbm0;
      dbm0 = dbm0 < -98 ? level : 10 * std::log10(std::pow(10.0f, dbm0 / 10) + std::pow(10.0f, level / 10));
      break;
    }
  }
  if (dbm0 < -98) return;
  weight_ += weight;
  puritySum_ += weight * frame_.purity;
  levelSum_ += weight * dbm0;
  if (inside) {
    const bool first = weight_ < 1.5f;
    lowHz_ = first ? frame_.lines[0].hz : std::min(lowHz_, frame_.lines[0].hz);
    highHz_ = first ? frame_.lines[0].hz : std::max(highHz_, frame_.lines[0].hz);
  }
  for (int line = 0; line < count_; ++line) {
    const bool seen = hzWeight_[line] >= 0.5f * weight_;
    segment_.hz[line] = seen ? hzSum_[line] / hzWeight_[line] : 0;
  }
  segment_.purity = puritySum_ / weight_;
  segment_.dbm0 = levelSum_ / weight_;
  segment_.driftHz = std::max(highHz_ - segment_.hz[0], segment_.hz[0] - lowHz_);
  if (weight_ < 1) segment_.driftHz = 0;
}

// The strongest rate from 12 to 60 Hz in the envelope of the strongest line. A second, separate line would
// beat with the short blocks, so only single lines are looked at.
void ToneSegmenter::measureModulation(int dropLast) {
  if (count_ != 1) return;
  const int stored = std::min(envelopeCount_, kEnvelope);
  const int n = stored - dropLast;
  if (n < 28) return;
  float values[kEnvelope], mean = 0, windowSum = 0;
  for (int i = 0; i < n; ++i) {
    const float window =
        0.5f - 0.5f * std::cos(kTurn * (static_cast<float>(i) + 0.5f) / static_cast<float>(n));
    values[i] = envelope_[static_cast<size_t>((envelopeCount_ - dropLast - n + i) % kEnvelope)];
    mean += window * values[i];
    windowSum += window;
  }
  mean /= windowSum;
  if (mean <= 0) return;
  for (int i = 0; i < n; ++i)
    values[i] = (values[i] - mean) *
                (0.5f - 0.5f * std::cos(kTurn * (static_cast<float>(i) + 0.5f) / static_cast<float>(n)));
  float bestPower = 0, bestHz = 0;
  const float lowest = n >= 40 ? 12.0f : 20.0f;
  for (float rate = lowest; rate <= 60; rate += 1) {
    const float turn = kTurn * rate * kBlockMs / 1000;
    const float stepC = std::cos(turn), stepS = std::sin(turn);
    float c = 1, s = 0, sumC = 0, sumS = 0;
    for (int i = 0; i < n; ++i) {
      sumC += values[i] * c;
      sumS += values[i] * s;
      const float next = c * stepC - s * stepS;
      s = c * stepS + s * stepC;
      c = next;
    }
    const float power = sumC * sumC + sumS * sumS;
    if (power > bestPower) {
      bestPower = power;
      bestHz = rate;
    }
  }
  const float depth = 2 * std::sqrt(bestPower) / (windowSum * mean);
  segment_.modDepth = depth;
  segment_.modHz = depth > 0.25f ? bestHz : 0;
}

void ToneSegmenter::finishSegment(int32_t endMs) {
  segment_.endMs = std::max(endMs, segment_.startMs);
  segment_.fallMs = std::max(0.0f, static_cast<float>(segment_.endMs) - lastFullMs_);
  const float offMs = static_cast<float>(nowMs_ - segment_.endMs);
  if (segment_.modHz == 0) measureModulation(static_cast<int>(offMs / kBlockMs) + 1);
  last_ = segment_;
  isOpen_ = false;
  ended_ = true;
  candidateHz_ = 0;
}

}  // namespace cpd
