#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

#include "media/g711.h"
#include "media/tone_generator.h"
#include "media/wav.h"

using media::readWav;
using media::WavCoding;
using media::WavError;
using media::writeWav;

namespace {

struct TemporaryFile {
  std::string path =
      (std::filesystem::temp_directory_path() / ("cpd-media-test-" + std::to_string(getpid()) + ".wav"))
          .string();
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::remove(path.c_str()); }
};

std::vector<int16_t> sine(double hz, int rateHz, double seconds, double amplitude = 10000) {
  std::vector<int16_t> samples(static_cast<size_t>(rateHz * seconds));
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<int16_t>(
        std::lround(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rateHz)));
  return samples;
}

double rms(const std::vector<int16_t>& samples, size_t edge) {
  double sum = 0;
  for (size_t i = edge; i + edge < samples.size(); ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return std::sqrt(sum / static_cast<double>(samples.size() - 2 * edge));
}

std::vector<uint8_t> wav(uint16_t coding, uint16_t channels, uint32_t rate, uint16_t bits,
                         const std::vector<uint8_t>& data, bool extensible = false) {
  std::vector<uint8_t> out;
  const auto put = [&out](uint32_t value, int count) {
    for (int i = 0; i < count; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  const auto text = [&out](const char* name) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<uint8_t>(name[i]));
  };
  text("RIFF");
  put(0, 4);
  text("WAVE");
  text("LIST");
  put(3, 4);
  put(0, 4);  // three bytes and the pad
  text("fmt ");
  put(extensible ? 40 : 16, 4);
  put(extensible ? 0xfffe : coding, 2);
  put(channels, 2);
  put(rate, 4);
  put(rate * channels * bits / 8, 4);
  put(channels * bits / 8u, 2);
  put(bits, 2);
  if (extensible) {
    put(22, 2);
    put(bits, 2);
    put(0, 4);
    put(coding, 2);
    for (int i = 0; i < 14; ++i) put(0, 1);
  }
  text("data");
  put(static_cast<uint32_t>(data.size()), 4);
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

// The file whose data chunk of `bytes` is its last, with another size in the header.
std::vector<uint8_t> withDataSize(std::vector<uint8_t> file, size_t bytes, uint32_t size) {
  for (size_t i = 0; i < 4; ++i) file[file.size() - bytes - 4 + i] = static_cast<uint8_t>(size >> (8 * i));
  return file;
}

std::string refusal(const std::vector<uint8_t>& file) {
  try {
    media::decodeWav(file);
  } catch (const WavError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("G.711 known values") {
  CHECK(media::encodeUlaw(0) == 0xff);
  CHECK(media::decodeUlaw(0xff) == 0);
  CHECK(media::decodeUlaw(0x00) == -32124);
  CHECK(media::decodeUlaw(0x80) == 32124);
  CHECK(media::encodeAlaw(0) == 0xd5);
  CHECK(media::decodeAlaw(0xd5) == 8);
  CHECK(media::decodeAlaw(0x2a) == -32256);
  CHECK(media::decodeAlaw(0xaa) == 32256);
  CHECK(media::encodeAlaw(-32768) == 0x2a);
  CHECK(media::encodeUlaw(-32768) == 0x00);
}

TEST_CASE("G.711 codes survive a round trip, samples come back within half a step") {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<uint8_t>(code);
    CHECK(media::encodeAlaw(media::decodeAlaw(byte)) == byte);
    if (byte != 0x7f) CHECK(media::encodeUlaw(media::decodeUlaw(byte)) == byte);  // 0x7f is the other zero
  }
  for (int sample = -32000; sample <= 32000; sample += 37) {
    const auto value = static_cast<int16_t>(sample);
    const double limit = std::max(std::abs(sample) / 24.0, 9.0);
    CHECK(std::abs(media::decodeAlaw(media::encodeAlaw(value)) - sample) <= limit);
    CHECK(std::abs(media::decodeUlaw(media::encodeUlaw(value)) - sample) <= limit);
  }
}

TEST_CASE("WAV files come back as written") {
  const TemporaryFile file;
  const auto samples = sine(440, 8000, 0.2);
  writeWav(file.path, samples);
  CHECK(readWav(file.path) == samples);
  writeWav(file.path, samples, WavCoding::kAlaw);
  const auto alaw = readWav(file.path);
  REQUIRE(alaw.size() == samples.size());
  CHECK(alaw[5] == media::decodeAlaw(media::encodeAlaw(samples[5])));
  writeWav(file.path, samples, WavCoding::kUlaw);
  CHECK(readWav(file.path)[7] == media::decodeUlaw(media::encodeUlaw(samples[7])));
}

TEST_CASE("8 bit, several channels and the extensible form") {
  CHECK(media::decodeWav(wav(1, 1, 8000, 8, {128, 255, 0})) ==
        std::vector<int16_t>{0, 127 * 256, -128 * 256});
  CHECK(media::decodeWav(wav(1, 2, 8000, 16, {10, 0, 20, 0, 0, 1, 0, 3})) == std::vector<int16_t>{15, 512});
  CHECK(media::decodeWav(wav(1, 1, 8000, 16, {1, 0, 2, 0}, true)) == std::vector<int16_t>{1, 2});
  CHECK(media::decodeWav(wav(7, 1, 8000, 8, {0xff, 0x00}, true)) == std::vector<int16_t>{0, -32124});
}

TEST_CASE("a channel of a file, and the file's refusal where it has one only") {
  const auto two = wav(7, 2, 8000, 8, {0x00, 0x80, 0x00, 0x80});
  const auto left = media::decodeWavChannel(two, media::WavChannel::kLeft);
  CHECK(left.samples == std::vector<int16_t>{-32124, -32124});
  CHECK(left.channels == 2);
  CHECK(left.channelsAre == media::ChannelsAre::kOpposed);
  CHECK(media::decodeWavChannel(two, media::WavChannel::kRight).samples ==
        std::vector<int16_t>{32124, 32124});
  const auto one = wav(1, 1, 8000, 16, {1, 0});
  CHECK(media::decodeWavChannel(one, media::WavChannel::kBoth).channels == 1);
  CHECK_THROWS_WITH_AS(media::decodeWavChannel(one, media::WavChannel::kRight),
                       "it has one channel, so none is right", WavError);
}

TEST_CASE("sizes that pipes and recorders leave in the header: the audio goes on to the end of the file") {
  const std::vector<uint8_t> ten = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0};
  const std::vector<int16_t> samples = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (const uint32_t size : {0u, 1u, 2u, 4u, 5u, 20u, 22u, 100u, 0x7ffff000u, 0x7fffffffu, 0x80000000u,
                              0xfffffffeu, 0xffffffffu}) {
    CAPTURE(size);
    CHECK(media::decodeWav(withDataSize(wav(1, 1, 8000, 16, ten), 20, size)) == samples);
    auto cut = withDataSize(wav(1, 1, 8000, 16, ten), 20, size);
    cut.resize(cut.size() - 3);  // in the middle of a sample
    CHECK(media::decodeWav(cut) == std::vector<int16_t>(samples.begin(), samples.end() - 2));
  }
  CHECK(media::decodeWav(withDataSize(wav(1, 1, 8000, 16, {1, 0, 2, 0}), 4, 0)).size() == 2);
}

TEST_CASE("chunks behind the audio are no audio, the byte that pads an odd size may be missing") {
  const std::vector<uint8_t> list = {'L', 'I', 'S', 'T', 4, 0, 0, 0, 'I', 'N', 'F', 'O'};
  const std::vector<uint8_t> other = {'x', 'y', 'z', '1', 2, 0, 0, 0, 9, 9};
  const auto read = [](bool pad, const std::vector<uint8_t>& chunk) {
    auto file = wav(7, 1, 8000, 8, {0xff, 0x00, 0x80});
    if (pad) file.push_back(0);
    file.insert(file.end(), chunk.begin(), chunk.end());
    return media::decodeWav(file);
  };
  const std::vector<int16_t> samples = {0, -32124, 32124};
  CHECK(read(true, list) == samples);
  CHECK(read(false, list) == samples);
  CHECK(read(true, other) == samples);  // without the byte nothing would tell its name from audio
  auto empty = wav(1, 1, 8000, 16, {});
  empty.insert(empty.end(), list.begin(), list.end());
  CHECK(refusal(empty) == "it contains no audio");
  // Its own LIST chunk of three bytes is padded; without the pad it is read all the same.
  auto unpadded = wav(1, 1, 8000, 16, {1, 0, 2, 0});
  unpadded.erase(unpadded.begin() + 12 + 8 + 3);
  CHECK(media::decodeWav(unpadded) == std::vector<int16_t>{1, 2});
}

TEST_CASE("files that cannot be read say why") {
  CHECK(refusal({}) == "the file is empty");
  CHECK(refusal(std::vector<uint8_t>(40, 'x')) == "not a RIFF/WAVE file");
  auto cut = wav(1, 1, 8000, 16, std::vector<uint8_t>(100));
  cut.resize(30);
  CHECK(refusal(cut).find("truncated") == 0);
  CHECK(refusal(wav(1, 1, 8000, 16, {})) == "it contains no audio");
  CHECK(refusal(wav(3, 1, 8000, 32, {0, 0, 0, 0})).find("coding 3 with 32 bits is not supported") == 0);
  CHECK(refusal(wav(1, 0, 8000, 16, {0, 0})).find("channels") != std::string::npos);
  CHECK(refusal(wav(1, 1, 100, 16, {0, 0})).find("sample rate is 100 Hz") == 0);
  CHECK_THROWS_AS(readWav("no-such-file.wav"), WavError);
}

TEST_CASE("resampling keeps the voice band and leaves nothing folded back") {
  for (const int rate : {11025, 16000, 22050, 44100, 48000}) {
    CAPTURE(rate);
    const auto kept = media::resampleTo8k(sine(1000, rate, 0.5), rate);
    CHECK(kept.size() == 4000);
    CHECK(std::abs(rms(kept, 200) / (10000 / std::numbers::sqrt2) - 1) < 0.005);
    const auto gone = media::resampleTo8k(sine(5000, rate, 0.5), rate);
    CHECK(rms(gone, 200) < 5);
  }
  const auto up = media::resampleTo8k(sine(500, 4000, 0.5), 4000);
  CHECK(up.size() == 4000);
  CHECK(std::abs(rms(up, 200) / (10000 / std::numbers::sqrt2) - 1) < 0.005);
}

TEST_CASE("generated tones have their level and length") {
  media::ToneOptions options;
  options.dbm0 = -10;
  media::ToneGenerator generator(media::beepSignal(1000, 100), options);
  std::vector<int16_t> samples(1600);
  generator.fill(samples);
  CHECK(generator.done());
  CHECK(samples[801] == 0);
  samples.resize(800);
  const double level = 20 * std::log10(rms(samples, 0) / 32768) + 3.14 + 3.0103;
  CHECK(std::abs(level + 10) < 0.05);
}

TEST_CASE("a cadence keeps its period over many repetitions") {
  media::ToneOptions options;
  options.timeFactor = 1.0003;
  media::ToneGenerator generator(media::cadenceSignal(cpd::parseCadence("425/167,0/167")), options);
  std::vector<int16_t> samples(80000);
  generator.fill(samples);
  // 334.1002 ms a period: the 30th begins at 9689 ms.
  const size_t begins = static_cast<size_t>(29 * 334 * 1.0003 * 8);
  CHECK(samples[begins - 20] == 0);
  CHECK(std::abs(samples[begins + 5]) > 0);
}

TEST_CASE("noise has its level and depends on the seed only") {
  std::vector<int16_t> a(16000), b(16000), c(16000);
  media::NoiseGenerator(7, -30).add(a);
  media::NoiseGenerator(7, -30).add(b);
  media::NoiseGenerator(8, -30).add(c);
  CHECK(a == b);
  CHECK(a != c);
  const double level = 20 * std::log10(rms(a, 0) / 32768) + 6.15;
  CHECK(std::abs(level + 30) < 0.3);
}
