#include "media/channel_mix.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace media {
namespace {

// 20 ms at 8 kHz; at other rates another time, which does not matter.
constexpr size_t kBlock = 160;
constexpr double kQuiet = 100;  // RMS of a block, about -50 dBFS: the noise of two lines is never alike
// Correlation of all blocks that are not quiet: one sound on both channels has more, also where one of them is
// softer or hears some noise; two parties have about none.
constexpr double kLeastAlike = 0.8;
constexpr double kOpposed = -0.5;

}  // namespace

ChannelsAre compareChannels(std::span<const int16_t> samples, int channels) {
  if (channels < 2) return ChannelsAre::kAlike;
  const auto step = static_cast<size_t>(channels);
  const size_t frames = samples.size() / step;
  double left = 0, right = 0, cross = 0;
  for (size_t first = 0; first < frames; first += kBlock) {
    const size_t last = std::min(frames, first + kBlock);
    double l = 0, r = 0, both = 0;
    for (size_t i = first; i < last; ++i) {
      const double a = samples[i * step], b = samples[i * step + 1];
      l += a * a;
      r += b * b;
      both += a * b;
    }
    if (std::max(l, r) < kQuiet * kQuiet * static_cast<double>(last - first)) continue;
    left += l;
    right += r;
    cross += both;
  }
  if (left + right == 0) return ChannelsAre::kAlike;
  const double correlation = left > 0 && right > 0 ? cross / std::sqrt(left * right) : 0;
  if (correlation < kOpposed) return ChannelsAre::kOpposed;
  return correlation < kLeastAlike ? ChannelsAre::kDifferent : ChannelsAre::kAlike;
}

std::vector<int16_t> oneChannel(std::span<const int16_t> samples, int channels, WavChannel wanted) {
  const auto step = static_cast<size_t>(channels);
  std::vector<int16_t> one(samples.size() / step);
  for (size_t i = 0; i < one.size(); ++i) {
    const std::span<const int16_t> frame = samples.subspan(i * step, step);
    if (wanted != WavChannel::kBoth) {
      one[i] = frame[wanted == WavChannel::kRight ? 1 : 0];
      continue;
    }
    int sum = 0;
    for (const int16_t sample : frame) sum += sample;
    one[i] = static_cast<int16_t>(sum / channels);
  }
  return one;
}

}  // namespace media
