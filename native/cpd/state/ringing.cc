#include "cpd/state/ringing.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace cpd {
namespace {

constexpr float kHzSpread = 45;  // a tone this near a progress tone's frequency may be one
constexpr float kTornTonePurity = 0.6f;
constexpr float kTornToneLevelDb = 7;  // a vowel on the ringback's frequency is seldom as loud as it was

}  // namespace

void Ringing::setFrequencies(std::span<const float, 3> hz) { std::copy(hz.begin(), hz.end(), hz_); }

bool Ringing::isOn(float hz) const {
  return std::any_of(std::begin(hz_), std::end(hz_),
                     [hz](float progress) { return progress > 0 && std::abs(hz - progress) < kHzSpread; });
}

void Ringing::toneAt(float dbm0) { toneDbm0_ = std::max(toneDbm0_, dbm0); }

bool Ringing::soundsLikeIt(const FrameFeatures& frame) const {
  return frame.pairPurity >= kTornTonePurity && isOn(frame.peakHz) &&
         (toneDbm0_ <= -90 || std::abs(frame.levelDbm0 - toneDbm0_) <= kTornToneLevelDb);
}

int Ringing::follow(const FrameFeatures& frame) {
  if (!frame.lost) tornFrames_ = soundsLikeIt(frame) ? tornFrames_ + 1 : 0;
  return tornFrames_;
}

void Ringing::forget() {
  heard_ = 0;
  lastMs_ = kNever;
  tornFrames_ = afterAnswerFrames_ = 0;
}

}  // namespace cpd
