#include "board/sim/sound/clip.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "cpd/types.h"
#include "media/wav.h"

namespace board::sim {
namespace {

// Frames more than this below the loudest one are pauses, not part of the active level.
constexpr float kActiveRangeDb = 20;
// And those more than this below it are before or after all sound.
constexpr float kSoundRangeDb = 32;

float dbm0(const int16_t* samples, size_t count) {
  double energy = 0;
  for (size_t i = 0; i < count; ++i) energy += static_cast<double>(samples[i]) * samples[i];
  const double mean = energy / static_cast<double>(count) / (32768.0 * 32768.0);
  return static_cast<float>(10 * std::log10(mean + 1e-12) + 6.15);
}

}  // namespace

ClipPtr makeClip(std::vector<int16_t> samples) {
  Clip clip;
  clip.samples = std::move(samples);
  std::vector<float> levels;
  for (size_t at = 0; at < clip.samples.size(); at += cpd::kFrameSamples) {
    const size_t count = std::min<size_t>(cpd::kFrameSamples, clip.samples.size() - at);
    levels.push_back(dbm0(clip.samples.data() + at, count));
  }
  if (!levels.empty()) {
    const float loudest = *std::max_element(levels.begin(), levels.end());
    double energy = 0;
    int active = 0;
    int first = -1;
    int last = -1;
    for (size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] > loudest - kActiveRangeDb) {
        energy += std::pow(10.0, levels[i] / 10);
        ++active;
      }
      if (levels[i] > loudest - kSoundRangeDb) {
        last = static_cast<int>(i);
        if (first < 0) first = last;
      }
    }
    clip.activeDbm0 = static_cast<float>(10 * std::log10(energy / active));
    clip.soundStartMs = first * cpd::kFrameMs;
    clip.soundEndMs = std::min((last + 1) * cpd::kFrameMs, clip.lengthMs());
  }
  return std::make_shared<const Clip>(std::move(clip));
}

ClipPtr ClipStore::wav(const std::string& path) {
  const std::lock_guard lock(mutex_);
  ClipPtr& clip = clips_["wav:" + path];
  if (!clip) {
    try {
      clip = makeClip(media::readWav(path));
    } catch (const media::WavError& error) {
      clips_.erase("wav:" + path);
      throw std::runtime_error(path + ": " + error.what());
    }
  }
  return clip;
}

ClipPtr ClipStore::rendered(const std::string& key, const std::function<std::vector<int16_t>()>& render) {
  const std::lock_guard lock(mutex_);
  ClipPtr& clip = clips_[key];
  if (!clip) clip = makeClip(render());
  return clip;
}

}  // namespace board::sim
