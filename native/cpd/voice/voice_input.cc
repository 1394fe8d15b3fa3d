#include "cpd/voice/voice_input.h"

#include <algorithm>
#include <cmath>

#include "cpd/simd/exact_math.h"
#include "cpd/voice/voice_history.h"

namespace cpd {
namespace {

constexpr float kPeakFallDb = 0.05f;  // a frame: 2.5 dB a second
constexpr float kFloorRiseDb = 0.06f;
constexpr float kVoicedPeak = 0.5f;

int8_t halfDb(float db, float low, float high) {
  return static_cast<int8_t>(std::lrint(2 * std::clamp(db, low, high)));
}

}  // namespace

VoiceFrame VoiceLevels::next(const FrameFeatures& f) {
  digital_ = f.digitalSilence ? digital_ + 1 : 0;
  if (f.lost || (digital_ > 0 && digital_ <= kMaxConcealedFrames)) return last_;
  peakDbm0_ = std::max(f.levelDbm0, peakDbm0_ - kPeakFallDb);
  const float smooth = (f.levelDbm0 + before_[0] + before_[1]) / 3;
  before_[1] = before_[0];
  before_[0] = f.levelDbm0;
  floorDbm0_ = std::max(-75.0f, std::min(smooth, floorDbm0_ + kFloorRiseDb));
  VoiceFrame& x = last_;
  x[0] = halfDb(f.levelDbm0 - peakDbm0_, -40, 0);
  x[1] = halfDb(peakDbm0_ - floorDbm0_, 0, 60);
  x[2] = halfDb(f.levelDbm0 - floorDbm0_, -5, 50);
  x[3] = static_cast<int8_t>(std::lrint(100 * f.voicing));
  x[4] = f.voicing > kVoicedPeak && f.pitchHz > 70
             ? static_cast<int8_t>(std::lrint(std::min(100.0f, 40 * exactLog2(f.pitchHz / 70))))
             : int8_t{0};
  for (int b = 1; b < kFineBands; ++b) x[4 + b] = halfDb(f.fineDbm0[b] - f.levelDbm0, -40, 6);
  return x;
}

}  // namespace cpd
