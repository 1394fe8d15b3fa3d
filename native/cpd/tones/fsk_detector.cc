#include "cpd/tones/fsk_detector.h"

#include "cpd/frontend/front_end.h"

namespace cpd {
namespace {

constexpr float kShare = 0.8f;   // of all power, within the band
constexpr int kMostMissing = 3;  // frames without it

}  // namespace

template <const FskKind& kKind>
void FskDetector<kKind>::push(const SampleHistory& history, float band, float total, int32_t nowMs) {
  if (band <= kShare * total || total <= 0) {
    if (startMs_ != kNever && ++missing_ > kMostMissing) reset();
    return;
  }
  missing_ = 0;
  if (startMs_ == kNever) startMs_ = nowMs - kFrameMs;

  constexpr int kWindow = kKind.window, kSamples = kFrameSamples + kWindow;
  const float hz[2] = {kKind.markHz, kKind.spaceHz};
  int16_t recent[kSamples];
  history.copyNewest(kSamples, recent);
  float re[2][kSamples], im[2][kSamples];
  for (int tone = 0; tone < 2; ++tone) {
    const auto [stepC, stepS] = stepOf(hz[tone]);
    float c = 1, s = 0;
    for (int i = 0; i < kSamples; ++i) {
      const auto x = static_cast<float>(recent[i]);
      re[tone][i] = x * c;
      im[tone][i] = x * s;
      const float next = c * stepC - s * stepS;
      s = c * stepS + s * stepC;
      c = next;
    }
  }
  float sumRe[2] = {0, 0}, sumIm[2] = {0, 0};
  for (int i = 0; i < kSamples; ++i) {
    float strength[2];
    for (int tone = 0; tone < 2; ++tone) {
      sumRe[tone] += re[tone][i];
      sumIm[tone] += im[tone][i];
      if (i >= kWindow) {
        sumRe[tone] -= re[tone][i - kWindow];
        sumIm[tone] -= im[tone][i - kWindow];
      }
      strength[tone] = sumRe[tone] * sumRe[tone] + sumIm[tone] * sumIm[tone];
    }
    if (i < kWindow) continue;
    const bool mark = strength[0] > strength[1];
    if (mark == mark_) {
      ++run_;
      continue;
    }
    const bool unit = run_ >= kKind.unitLow && run_ <= kKind.unitHigh;
    const bool fits =
        kKind.longHigh == 0 || (!mark_ && markRun_ >= kKind.longLow && markRun_ <= kKind.longHigh);
    if (unit && fits && !heard()) ++units_;
    if (mark_) markRun_ = run_;
    mark_ = mark;
    run_ = 1;
  }
}

template class FskDetector<kV21Flags>;
template class FskDetector<kBaudot>;

}  // namespace cpd
