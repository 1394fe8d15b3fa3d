#include "media/channel_mix.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

using media::ChannelsAre;
using media::WavChannel;

namespace {

using Sound = std::function<double(int)>;

double tone(int i, double hz) { return 8000 * std::sin(2 * std::numbers::pi * hz * i / 8000); }

std::vector<int16_t> interleaved(const Sound& left, const Sound& right) {
  std::vector<int16_t> samples;
  for (int i = 0; i < 16000; ++i)
    for (const Sound& side : {left, right}) samples.push_back(static_cast<int16_t>(std::lround(side(i))));
  return samples;
}

}  // namespace

TEST_CASE("the channels of a recording: one sound on both, two parties, or each other's inverse") {
  std::mt19937 random(1);  // NOLINT: the same noise each time
  std::normal_distribution<double> noise(0, 60);
  const Sound voice = [](int i) { return i % 4000 < 2000 ? tone(i, 300) : 0; };
  const Sound other = [](int i) { return i % 4000 < 2000 ? 0 : tone(i, 700); };
  const Sound quiet = [&](int) { return noise(random); };
  const auto compared = [](const Sound& left, const Sound& right) {
    return media::compareChannels(interleaved(left, right), 2);
  };
  CHECK(compared(voice, voice) == ChannelsAre::kAlike);
  CHECK(compared(voice, [&](int i) { return voice(i) / 8 + quiet(i); }) == ChannelsAre::kAlike);
  CHECK(compared(quiet, quiet) == ChannelsAre::kAlike);  // nobody spoke on either
  CHECK(compared(voice, other) == ChannelsAre::kDifferent);
  CHECK(compared([](int) { return 0; }, other) == ChannelsAre::kDifferent);
  CHECK(compared(quiet, other) == ChannelsAre::kDifferent);
  // A line's echo of the other party, 20 dB softer.
  CHECK(compared([&](int i) { return voice(i) + other(i) / 10; },
                 [&](int i) { return other(i) + voice(i) / 10; }) == ChannelsAre::kDifferent);
  CHECK(compared(voice, [&](int i) { return -voice(i) + quiet(i); }) == ChannelsAre::kOpposed);
  CHECK(media::compareChannels(std::vector<int16_t>{5000, -5000}, 1) == ChannelsAre::kAlike);
  CHECK(media::compareChannels({}, 2) == ChannelsAre::kAlike);
}

TEST_CASE("one channel of several, or their mean") {
  const std::vector<int16_t> three = {30, 60, 90, -30, 0, 32767};
  CHECK(media::oneChannel(three, 3, WavChannel::kLeft) == std::vector<int16_t>{30, -30});
  CHECK(media::oneChannel(three, 3, WavChannel::kRight) == std::vector<int16_t>{60, 0});
  CHECK(media::oneChannel(three, 3, WavChannel::kBoth) == std::vector<int16_t>{60, 10912});
}
