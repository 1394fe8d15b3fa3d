#include "cpd/fsk_listener.h"

#include "cpd/front_end.h"

namespace cpd {

// HDLC flags 01111110 at 300 bit/s: six marks, 160 samples; one or two spaces, 27 or 53.
const FskKind kV21Flags = {1650, 1850, 26, 16, 66, 132, 186, 5};
// Bits of 22 ms (US) or 20 ms.
const FskKind kBaudot = {1400, 1800, 80, 130, 210, 0, 0, 4};

namespace {

constexpr float kShare = 0.8f;  // of all power, within the band
constexpr int kPatience = 3;    // frames without it

}  // namespace

void FskListener::push(const SampleHistory& history, float band, float total, int32_t nowMs) {
  if (band <= kShare * total || total <= 0) {
    if (startMs_ != kNever && ++missing_ > kPatience) reset();
    return;
  }
  missing_ = 0;
  if (startMs_ == kNever) startMs_ = nowMs - kFrameMs;

  const int window = kind_->window;
  const float hz[2] = {kind_->markHz, kind_->spaceHz};
  constexpr int kMost = kFrameSamples + 128;
  int16_t recent[kMost];
  history.copyNewest(kFrameSamples + window, recent);
  float re[2][kMost], im[2][kMost];
  for (int tone = 0; tone < 2; ++tone) {
    const auto [stepC, stepS] = stepOf(hz[tone]);
    float c = 1, s = 0;
    for (int i = 0; i < kFrameSamples + window; ++i) {
      const auto x = static_cast<float>(recent[i]);
      re[tone][i] = x * c;
      im[tone][i] = x * s;
      const float next = c * stepC - s * stepS;
      s = c * stepS + s * stepC;
      c = next;
    }
  }
  float sumRe[2] = {0, 0}, sumIm[2] = {0, 0};
  for (int i = 0; i < kFrameSamples + window; ++i) {
    float strength[2];
    for (int tone = 0; tone < 2; ++tone) {
      sumRe[tone] += re[tone][i];
      sumIm[tone] += im[tone][i];
      if (i >= window) {
        sumRe[tone] -= re[tone][i - window];
        sumIm[tone] -= im[tone][i - window];
      }
      strength[tone] = sumRe[tone] * sumRe[tone] + sumIm[tone] * sumIm[tone];
    }
    if (i < window) continue;
    const bool mark = strength[0] > strength[1];
    if (mark == mark_) {
      ++run_;
      continue;
    }
    const bool unit = run_ >= kind_->unitLow && run_ <= kind_->unitHigh;
    const bool fits =
        kind_->longHigh == 0 || (!mark_ && markRun_ >= kind_->longLow && markRun_ <= kind_->longHigh);
    if (unit && fits && !heard()) ++units_;
    if (mark_) markRun_ = run_;
    mark_ = mark;
    run_ = 1;
  }
}

}  // namespace cpd
