// The channels of a recording made one: mixed, or the one of a party.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace media {

// Left is the first channel, right the second.
enum class WavChannel : uint8_t { kBoth, kLeft, kRight };

// What the first two channels are to each other. Recorders often keep one party on each: mixed, our own agent is
// taken for who answered. Where one is the other's inverse, nothing is left of a mix.
enum class ChannelsAre : uint8_t { kAlike, kDifferent, kOpposed };

// `samples`: interleaved, 16 bit linear. One channel, or channels that are quiet, are alike.
ChannelsAre compareChannels(std::span<const int16_t> samples, int channels);

// Each frame's mean, or the chosen channel. `channels` at least 2 where one is chosen.
std::vector<int16_t> oneChannel(std::span<const int16_t> samples, int channels, WavChannel wanted);

}  // namespace media
