// WAV files in and out. Reading gives what the detector hears: 8 kHz, mono, 16 bit linear.
//
// Read: PCM 8 and 16 bit, A-law, mu-law, plain or WAVE_FORMAT_EXTENSIBLE; 1 to 8 channels (averaged, or
// one of them); 4 to 192 kHz, resampled with a band-limited filter. At most kMaxWavSeconds of audio. Where the header's size of
// the audio is not true (written to a pipe, never corrected, the file cut short), it is read to the file's end.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "media/channel_mix.h"

namespace media {

inline constexpr int kWavRateHz = 8000;
inline constexpr int kMaxWavSeconds = 3600;

// A file that is not readable WAV. The message says what was found and what is expected, without the path.
class WavError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class WavCoding : uint8_t { kPcm16, kAlaw, kUlaw };

// Throws WavError: cannot be opened, not RIFF/WAVE, no whole header, unsupported coding, empty, too long.
std::vector<int16_t> readWav(const std::string& path);

// The same from memory.
std::vector<int16_t> decodeWav(std::span<const uint8_t> file);

struct WavAudio {
  std::vector<int16_t> samples;
  int channels = 1;
  ChannelsAre channelsAre = ChannelsAre::kAlike;
};

// One channel of the file, or all mixed, and what the channels are to each other. Throws WavError too if one is
// wanted of a file that has one only.
WavAudio readWavChannel(const std::string& path, WavChannel wanted);
WavAudio decodeWavChannel(std::span<const uint8_t> file, WavChannel wanted);

// Throws WavError if the file cannot be written.
void writeWav(const std::string& path, std::span<const int16_t> samples, WavCoding coding = WavCoding::kPcm16,
              int rateHz = kWavRateHz);

// Band-limited conversion to 8 kHz of one channel (Kaiser-windowed sinc, 80 dB stop band).
std::vector<int16_t> resampleTo8k(std::span<const int16_t> samples, int rateHz);

}  // namespace media
