#include "board/sim/sound/audio_script.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cpd/types.h"

namespace board::sim {
namespace {

constexpr int32_t kSamplesPerMs = cpd::kSampleRateHz / 1000;

}  // namespace

void AudioScript::quiet(int32_t ms) {
  if (ms > 0) pieces_.push_back({nullptr, 0, ms * kSamplesPerMs});
}

void AudioScript::clip(ClipPtr clip) {
  const auto samples = static_cast<int32_t>(clip->samples.size());
  if (samples > 0) pieces_.push_back({std::move(clip), 1, samples});
}

void AudioScript::clip(ClipPtr clip, float dbm0) {
  const auto samples = static_cast<int32_t>(clip->samples.size());
  const float gain = std::pow(10.0f, (dbm0 - clip->activeDbm0) / 20.0f);
  if (samples > 0) pieces_.push_back({std::move(clip), gain, samples});
}

int32_t AudioScript::lengthMs() const {
  int64_t samples = 0;
  for (const Piece& piece : pieces_) samples += piece.samples;
  return static_cast<int32_t>(samples / kSamplesPerMs);
}

void AudioScript::finishPiece() {
  repeatFrom_ = kNoRepeat;
  if (ended()) return;
  const bool sounding = pieces_[at_].clip != nullptr;
  pieces_.resize(at_ + (sounding ? 1 : 0));
}

void AudioScript::addTo(float* mix, int32_t count) {
  while (count > 0) {
    if (ended()) {
      if (repeatFrom_ >= pieces_.size()) return;
      at_ = repeatFrom_;
    }
    const Piece& piece = pieces_[at_];
    const int32_t run = std::min(count, piece.samples - offset_);
    if (piece.clip) {
      const int16_t* samples = piece.clip->samples.data() + offset_;
      for (int32_t i = 0; i < run; ++i) mix[i] += piece.gain * static_cast<float>(samples[i]);
    }
    mix += run;
    count -= run;
    offset_ += run;
    if (offset_ == piece.samples) {
      offset_ = 0;
      ++at_;
    }
  }
}

}  // namespace board::sim
