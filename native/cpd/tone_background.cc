#include "cpd/tone_background.h"

#include <algorithm>
#include <cmath>

namespace cpd {

namespace {

constexpr float kMargin = 2;  // taken out above the quietest: its lines waver by noise and by each other
constexpr float kFallMargin = 1.5f;  // background is never more than so many times what sounds now
constexpr float kSteadyShare =
    0.4f;                          // of the loudest that the quietest is at least: hum, not speech or noise
constexpr float kOldShare = 0.3f;  // of a line that was there before: it did not begin now
constexpr int kLobe = 2;           // bins on each side of a line that hold nearly all of it

}  // namespace

void ToneBackground::takeOut(TonePower& power) {
  if (inBlock_ == kBlockFrames) {
    inBlock_ = 0;
    block_ = (block_ + 1) % kBlocks;
  }
  Block& block = blocks_[static_cast<size_t>(block_)];
  std::copy_n(power.begin(), kBins, newest_.begin());
  if (inBlock_++ == 0) block = {newest_, newest_};
  for (int k = 0; k < kBins; ++k) {
    block.quietest[k] = std::min(block.quietest[k], newest_[k]);
    block.loudest[k] = std::max(block.loudest[k], newest_[k]);
    background_[k] = std::min(background_[k], kFallMargin * newest_[k]);
  }
  clean(power);
}

bool ToneBackground::adopt(float hz, TonePower& power) {
  // The tone is not in the oldest block yet.
  const Block& oldest = blocks_[static_cast<size_t>((block_ + 1) % kBlocks)];
  Bins steady;
  for (int k = 0; k < kBins; ++k)
    steady[k] = std::min({blocks_[0].quietest[k], blocks_[1].quietest[k], blocks_[2].quietest[k]});
  const int peak = static_cast<int>(std::lround(hz / kToneBinHz));
  float before = 0, now = 0;
  for (int k = std::max(0, peak - kLobe); k <= std::min(kBins - 1, peak + kLobe); ++k) {
    before += steady[k];
    now += newest_[k];
  }
  if (before > kOldShare * now) return false;
  for (int k = 0; k < kBins; ++k)
    background_[k] = steady[k] >= kSteadyShare * oldest.loudest[k] ? steady[k] : 0.0f;
  clean(power);
  return true;
}

void ToneBackground::clean(TonePower& power) const {
  for (int k = 0; k < kBins; ++k) power[k] = std::max(newest_[k] - kMargin * background_[k], 0.0f);
}

}  // namespace cpd
