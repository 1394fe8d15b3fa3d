#include "cpd/tones/tone_segmenter.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/exact_math.h"
#include "cpd/simd/prefetch.h"
#include "cpd/tones/demodulator.h"

namespace cpd {

namespace {

constexpr float kBlockMs = 5;
constexpr float kOnShare = 0.2f;        // of the mean power: 7 dB below it is the edge
constexpr float kHoleShare = 0.35f;     // of the mean power: softer blocks inside a flat tone are losses
constexpr float kFullShare = 0.8f;      // 1 dB below the mean power: the tone is fully there
constexpr float kLevelFollows = 0.25f;  // per frame: a beep that dies away by 100 dB a second is still one
constexpr float kBridgeMs = 45;         // shorter holes belong to the tone: beats, a lost packet
// Or three packets, where all samples are equal: no cadence has such a gap.
constexpr float kLostBridgeMs = 70;
constexpr float kChangeMs = 12;      // off for so long and another tone there: it has changed
constexpr int kLookBackGap = 5;      // blocks below the edge that a beat may need when looking for the start
constexpr int kBadFrames = 4;        // without the tone: it is over
constexpr int kOtherFrames = 2;      // with another tone instead
constexpr int kLossSpoils = 4;       // frames whose window holds the loss
constexpr float kCoveredDb = 1;      // softer than what sounds now
constexpr float kNearCoveredDb = 6;  // if that has nearly the same frequency ...
constexpr int32_t kSettledMs = 160;  // ... and the tone has had the time to rise

// Mean square of a frame in 16 bit units: 3/8 of kToneFloorDbm0's, less what frameMeanSquare() leaves off.
constexpr float kQuiet = 10373.0f * 3 / 8 - 32;

}  // namespace

bool ToneSegmenter::take(const int16_t* samples, FrameKind kind) {
  started_ = ended_ = false;
  nowMs_ += kFrameMs;
  const bool lost = kind == FrameKind::kLost;
  if (lost) {
    // What was there is repeated, which keeps its level; nothing is concluded from it.
    history_.repeat();
    hold_ = kLossSpoils;
    if (isOpen_ && static_cast<float>(nowMs_ - kFrameMs) - lastOnMs_ < kFrameMs)
      lastOnMs_ = static_cast<float>(nowMs_);
    return false;
  }
  lostSilently_ = isOpen_ && std::all_of(samples, samples + kFrameSamples,
                                         [samples](int16_t sample) { return sample == samples[0]; });
  if (lostSilently_) hold_ = kLossSpoils;
  history_.push(samples);
  input_.ring = history_.ring();
  input_.end = history_.end();
  input_.quiet = !isOpen_ && history_.loudest() < kQuiet;
  input_.meanSquare = history_.meanSquare();
  input_.background = input_.quiet ? background_.forQuietFrame() : background_.forNextFrame();
  input_.followed = isOpen_ ? count_ : 0;
  return true;
}

void ToneSegmenter::prefetch(int step) const {
  if (step == 0) {
    prefetchFromTo(&nowMs_, &segment_);
    cpd::prefetch(&history_, 1);
    cpd::prefetch(&background_, 1);
    return;
  }
  const bool loud = history_.loudest() >= kQuiet;
  history_.prefetch(loud);
  if (loud) background_.prefetch();
  if (!isOpen_) return;
  prefetchFromTo(&segment_, &envelope_);
  cpd::prefetch(&envelope_[static_cast<size_t>(envelopeCount_ % kEnvelope)], 1);
}

void ToneSegmenter::hear(const FrontEndFrame& measured) {
  frame_ = measured.tone;
  floor_.push(frame_.power);
  if (hold_ > 0) --hold_;

  if (isOpen_) follow(measured.followed);
  if (!isOpen_) {
    const float hz = frame_.tonal ? frame_.lines[0].hz : 0;
    if (hz > 0 && candidateHz_ > 0 && std::abs(hz - candidateHz_) < sameWithin(hz))
      started_ = openHere(measured);
    candidateHz_ = isOpen_ ? 0 : hz;
  }
  frame_.steady = isOpen_;
}

void ToneSegmenter::close() {
  started_ = ended_ = false;
  if (isOpen_) finishSegment(static_cast<int32_t>(std::lround(lastOnMs_)));
}

void ToneSegmenter::setFollowed(int line, float hz) {
  hz_[static_cast<size_t>(line)] = hz;
  input_.steps[line] = stepOf(hz);
}

// The same frame, with another background.
void ToneSegmenter::measureAgain() {
  FrontEndInput input = input_;
  input.background = background_.forSameFrame();
  input.followed = 0;
  FrontEndFrame again;
  const FrontEndInput* const in = &input;
  FrontEndFrame* const out = &again;
  FrontEnd().measure({&in, 1}, {&out, 1}, false);
  frame_ = again.tone;
}

// Looks back for the start of the tone that the last two frames show. False if it is over already.
bool ToneSegmenter::openHere(const FrontEndFrame& measured) {
  constexpr int kBlocks = kHistory / kBlock, kFirst = kHistory % kBlock, kValues = kBlocks - 1;
  const float before = background_.power();
  if (background_.adopt(frame_.lines[0].hz, measured.bins)) {
    floor_.lower(std::max(0.0f, background_.power() - before));
    measureAgain();
    if (!frame_.tonal) return false;
  }
  int16_t whole[kHistory];
  history_.copyNewest(kHistory, whole);
  alignas(16) float samples[kHistory];
  widen(whole, kHistory, samples);
  float re[kBlocks], im[kBlocks], power[kValues] = {};
  count_ = 0;
  for (int line = 0; line < frame_.count; ++line) {
    float linePower[kValues], peak = 0, newest = 0;
    demodulate(frame_.lines[line].hz, samples + kFirst, kBlocks, re, im);
    for (int i = 0; i < kValues; ++i) {
      const float a = re[i] + re[i + 1], b = im[i] + im[i + 1];
      linePower[i] = a * a + b * b;
      peak = std::max(peak, linePower[i]);
      if (i >= kValues - 4) newest = std::max(newest, linePower[i]);
    }
    if (newest < 0.1f * peak) continue;  // the tone before this one, still in the window
    setFollowed(count_++, frame_.lines[line].hz);
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
  weight_ = puritySum_ = cleanSum_ = ownSum_ = levelSum_ = 0;
  hzSum_ = hzWeight_ = {};
  lowHz_ = highHz_ = hz_[0];
  newestHz_ = beforeHz_ = 0;
  pending_ = spread_ = false;
  envelopeCount_ = 0;
  isOpen_ = true;
  measureFrame(false);
  return true;
}

void ToneSegmenter::follow(const FollowedLine (&lines)[ToneFrame::kLines]) {
  constexpr int kBlocks = kFrameSamples / kBlock;
  static_assert(FollowedLine::kSteps == kBlocks + 1 && kBlock == kDemodulatorBlock);
  float power[kBlocks] = {};
  for (int line = 0; line < count_; ++line) {
    const auto& [re, im] = lines[line];
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

  const bool strongestHolds = frame_.tonal && std::abs(frame_.lines[0].hz - hz_[0]) < 2 * sameWithin(hz_[0]);
  // Which line of a pair is the stronger one may change.
  bool same = strongestHolds;
  for (int line = 1; !same && frame_.tonal && line < count_; ++line)
    same = std::abs(frame_.lines[0].hz - hz_[line]) < 2 * sameWithin(hz_[line]);
  bool holds = strongestHolds;
  for (int line = 0; !holds && frame_.tonal && line < frame_.count; ++line)
    holds = std::abs(frame_.lines[line].hz - hz_[0]) < sameWithin(hz_[0]);
  const bool covered = isCovered();
  const bool other = frame_.tonal && (!holds || covered);
  badFrames_ = hold_ > 0 || (!other && (holds || frame_.purity > 0.6f)) ? 0 : badFrames_ + 1;

  const bool changed = frame_.tonal && !same && offMs >= kChangeMs;
  if (offMs >= (lostSilently_ ? kLostBridgeMs : kBridgeMs) || changed) {
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
  if (inside && strongestHolds && !isMerged() && std::abs(frame_.lines[0].hz - hz_[0]) > 6)
    setFollowed(0, frame_.lines[0].hz);  // a chirp
  if (on && holeMs_ != nowMs_ && hold_ == 0 && nowMs_ - segment_.startMs >= 2 * kFrameMs) {
    if (pending_) {
      quietest_ = spread_ ? std::min(quietest_, pendingDb_) : pendingDb_;
      loudest_ = spread_ ? std::max(loudest_, pendingDb_) : pendingDb_;
      spread_ = true;
      segment_.levelSpreadDb = loudest_ - quietest_;
    }
    pendingDb_ = dbOfPower(mean + 1);
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
