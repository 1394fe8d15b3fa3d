#include "cpd/tones/tone_background.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "cpd/simd/prefetch.h"

namespace cpd {

namespace {

constexpr float kSteadyShare =
    0.4f;                          // of the loudest that the quietest is at least: hum, not speech or noise
constexpr float kOldShare = 0.3f;  // of a line that was there before: it did not begin now
constexpr int kFirstCounted = 10;  // 156 Hz: what lies below counts nowhere
constexpr int kLobe = 2;           // bins on each side of a line that hold nearly all of it

}  // namespace

BackgroundBins ToneBackground::forNextFrame() {
  quietFrames_ = 0;
  return beginFrame();
}

BackgroundBins ToneBackground::forQuietFrame() {
  const BackgroundBins bins = beginFrame();
  // After so many there is nothing left but zeros.
  if (quietFrames_ == kBlocks * kBlockFrames + kBlockFrames) return {};
  ++quietFrames_;
  if (hasBackground_) background_.fill(0);
  hasBackground_ = false;
  std::fill_n(bins.quietest, kBins, 0.0f);
  if (bins.beginsBlock) std::fill_n(bins.loudest, kBins, 0.0f);
  return {};
}

BackgroundBins ToneBackground::beginFrame() {
  if (inBlock_ == kBlockFrames) {
    inBlock_ = 0;
    block_ = (block_ + 1) % kBlocks;
  }
  Block& block = blocks_[static_cast<size_t>(block_)];
  return {background(), block.quietest.data(), block.loudest.data(), inBlock_++ == 0};
}

BackgroundBins ToneBackground::forSameFrame() { return {background(), nullptr, nullptr, false}; }

void ToneBackground::prefetch() const {
  if (hasBackground_) cpd::prefetch(&background_, sizeof background_);
  const int next = inBlock_ == kBlockFrames ? (block_ + 1) % kBlocks : block_;
  cpd::prefetch(&blocks_[static_cast<size_t>(next)], sizeof(Block));
}

bool ToneBackground::adopt(float hz, const float (&newest)[kBins]) {
  // The tone is not in the oldest block yet.
  const Block& oldest = blocks_[static_cast<size_t>((block_ + 1) % kBlocks)];
  Bins steady;
  for (int k = 0; k < kBins; ++k)
    steady[k] = std::min({blocks_[0].quietest[k], blocks_[1].quietest[k], blocks_[2].quietest[k]});
  const int peak = static_cast<int>(std::lround(hz / kToneBinHz));
  float before = 0, now = 0;
  for (int k = std::max(0, peak - kLobe); k <= std::min(kBins - 1, peak + kLobe); ++k) {
    before += steady[k];
    now += newest[k];
  }
  if (before > kOldShare * now) return false;
  bool changes = false;
  for (int k = 0; k < kBins; ++k) {
    const float background = steady[k] >= kSteadyShare * oldest.loudest[k] ? steady[k] : 0.0f;
    changes = changes || background != background_[k];
    background_[k] = background;
    hasBackground_ = hasBackground_ || background != 0;
  }
  return changes;
}

float ToneBackground::power() const {
  float sum = 0;
  for (int k = kFirstCounted; k < kBins; ++k) sum += background_[k];
  return sum;
}

}  // namespace cpd
