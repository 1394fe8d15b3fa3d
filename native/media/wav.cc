#include "media/wav.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <numbers>
#include <system_error>
#include <utility>

#include "media/g711.h"

namespace media {

namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{1} << 28;
constexpr size_t kChunkHeader = 8;  // name and size
constexpr uint16_t kFormatPcm = 1, kFormatAlaw = 6, kFormatUlaw = 7, kFormatExtensible = 0xfffe;

struct Format {
  uint16_t coding = 0;
  int channels = 0;
  int rateHz = 0;
  int bits = 0;
  bool known = false;
};

uint32_t little(const uint8_t* bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value |= static_cast<uint32_t>(bytes[i]) << (8 * i);
  return value;
}

Format readFormat(std::span<const uint8_t> chunk) {
  if (chunk.size() < 16)
    throw WavError("format chunk is " + std::to_string(chunk.size()) + " bytes, expected 16 or more");
  Format format;
  format.coding = static_cast<uint16_t>(little(&chunk[0], 2));
  format.channels = static_cast<int>(little(&chunk[2], 2));
  const uint32_t rate = little(&chunk[4], 4);
  format.bits = static_cast<int>(little(&chunk[14], 2));
  if (format.coding == kFormatExtensible) {
    if (chunk.size() < 40) throw WavError("extensible format chunk is truncated");
    format.coding = static_cast<uint16_t>(little(&chunk[24], 2));  // first field of the sub-format GUID
  }
  const bool pcm = format.coding == kFormatPcm && (format.bits == 8 || format.bits == 16);
  const bool g711 = (format.coding == kFormatAlaw || format.coding == kFormatUlaw) && format.bits == 8;
  if (!pcm && !g711)
    throw WavError("coding " + std::to_string(format.coding) + " with " + std::to_string(format.bits) +
                   " bits is not supported, expected PCM 8 or 16 bit, A-law or mu-law");
  if (format.channels < 1 || format.channels > 8)
    throw WavError(std::to_string(format.channels) + " channels, expected 1 to 8");
  if (rate < 4000 || rate > 192000)
    throw WavError("sample rate is " + std::to_string(rate) + " Hz, expected 4000 to 192000");
  format.rateHz = static_cast<int>(rate);
  format.known = true;
  return format;
}

// Chunks that programs write beside the two that are needed.
bool isKnownChunk(const uint8_t* id) {
  static constexpr const char* kKnown[] = {"fmt ", "data", "LIST", "fact", "bext", "cue ",
                                           "smpl", "id3 ", "ID3 ", "JUNK", "PEAK", "iXML"};
  return std::any_of(std::begin(kKnown), std::end(kKnown),
                     [id](const char* known) { return std::memcmp(id, known, 4) == 0; });
}

// Whether another chunk begins here: one that is known, or a name with a size that fits.
bool isChunk(std::span<const uint8_t> at) {
  if (at.size() < kChunkHeader) return false;
  const bool name = std::all_of(at.begin(), at.begin() + 4, [](uint8_t c) { return c >= ' ' && c <= 'z'; });
  return isKnownChunk(at.data()) || (name && little(&at[4], 4) <= at.size() - kChunkHeader);
}

// Where the next chunk begins, from the content of this one. Some programs leave out the byte that pads an odd
// size.
size_t afterChunk(std::span<const uint8_t> content, size_t size) {
  if ((size & 1) == 0) return size;
  const bool unpadded = content.size() >= size + kChunkHeader && isKnownChunk(&content[size]);
  return unpadded ? size : size + 1;
}

// How much of what follows the header of the data chunk is audio. The header is written before the audio. Who
// writes to a pipe cannot correct it (0, 0x7ffff000, 0xffffffff ...), and a recorder that was ended never did:
// then the audio goes on to the end of the file. So it does where the size ends in the middle of something.
size_t audioBytes(std::span<const uint8_t> content, uint32_t size) {
  if (size >= content.size()) return content.size();
  const size_t next = afterChunk(content, size);
  const bool isAll = next < content.size() && !isChunk(content.subspan(next));
  return isAll ? content.size() : size;
}

int sampleAt(const Format& format, const uint8_t* at) {
  if (format.coding == kFormatAlaw) return decodeAlaw(*at);
  if (format.coding == kFormatUlaw) return decodeUlaw(*at);
  if (format.bits == 8) return (*at - 128) * 256;
  return static_cast<int16_t>(little(at, 2));
}

WavAudio toMono(const Format& format, std::span<const uint8_t> data, WavChannel wanted) {
  const size_t sampleBytes = static_cast<size_t>(format.bits / 8);
  const size_t frameBytes = sampleBytes * static_cast<size_t>(format.channels);
  const size_t frames = data.size() / frameBytes;
  if (frames == 0) throw WavError("it contains no audio");
  if (frames > static_cast<size_t>(kMaxWavSeconds) * static_cast<size_t>(format.rateHz))
    throw WavError("longer than " + std::to_string(kMaxWavSeconds) + " s");
  if (wanted != WavChannel::kBoth && format.channels < 2)
    throw WavError("it has one channel, so none is " +
                   std::string(wanted == WavChannel::kLeft ? "left" : "right"));
  std::vector<int16_t> samples(frames * static_cast<size_t>(format.channels));
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<int16_t>(sampleAt(format, &data[i * sampleBytes]));
  if (format.channels == 1) return {.samples = std::move(samples)};
  return {.samples = oneChannel(samples, format.channels, wanted),
          .channels = format.channels,
          .channelsAre = compareChannels(samples, format.channels)};
}

// Windowed-sinc kernel over kZeroCrossings on each side, as a table with linear interpolation.
constexpr int kZeroCrossings = 32;
constexpr int kTablePerCrossing = 512;
constexpr double kKaiserBeta = 8.0;       // 80 dB
constexpr double kCutoff = 0.4625 * 2.0;  // of half the lower rate: the transition ends at it

double besselI0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

std::vector<float> makeKernel() {
  std::vector<float> table(kZeroCrossings * kTablePerCrossing + 2, 0.0f);
  for (int i = 0; i < kZeroCrossings * kTablePerCrossing; ++i) {
    const double t = static_cast<double>(i) / kTablePerCrossing;
    const double edge = t / kZeroCrossings;
    const double window = besselI0(kKaiserBeta * std::sqrt(1 - edge * edge)) / besselI0(kKaiserBeta);
    const double angle = std::numbers::pi * t;
    table[static_cast<size_t>(i)] = static_cast<float>((i == 0 ? 1.0 : std::sin(angle) / angle) * window);
  }
  return table;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void put(std::vector<uint8_t>& out, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<int16_t> resampleTo8k(std::span<const int16_t> samples, int rateHz) {
  if (rateHz == kWavRateHz) return {samples.begin(), samples.end()};
  const std::vector<float> kernel = makeKernel();
  const double step = static_cast<double>(rateHz) / kWavRateHz;
  // The kernel's time axis in zero crossings of the cut-off frequency.
  const double crossingsPerInput = kCutoff * std::min(1.0, 1.0 / step);
  const double reach = kZeroCrossings / crossingsPerInput;
  const auto inputs = static_cast<int64_t>(samples.size());
  const auto outputs =
      static_cast<int64_t>((samples.size() * uint64_t{kWavRateHz} + static_cast<uint64_t>(rateHz) - 1) /
                           static_cast<uint64_t>(rateHz));
  std::vector<int16_t> out(static_cast<size_t>(outputs));
  for (int64_t n = 0; n < outputs; ++n) {
    const double centre = static_cast<double>(n) * step;
    const int64_t first = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(centre - reach)));
    const int64_t last = std::min<int64_t>(inputs - 1, static_cast<int64_t>(std::floor(centre + reach)));
    double sum = 0;
    for (int64_t i = first; i <= last; ++i) {
      const double at = std::abs(static_cast<double>(i) - centre) * crossingsPerInput * kTablePerCrossing;
      const auto index = std::min(static_cast<size_t>(at), kernel.size() - 2);
      const double part = at - static_cast<double>(index);
      sum += samples[static_cast<size_t>(i)] * (kernel[index] + part * (kernel[index + 1] - kernel[index]));
    }
    out[static_cast<size_t>(n)] =
        static_cast<int16_t>(std::clamp(std::lround(sum * crossingsPerInput), -32768L, 32767L));
  }
  return out;
}

WavAudio decodeWavChannel(std::span<const uint8_t> file, WavChannel wanted) {
  if (file.empty()) throw WavError("the file is empty");
  if (file.size() < 12 || std::memcmp(file.data(), "RIFF", 4) != 0 || std::memcmp(&file[8], "WAVE", 4) != 0)
    throw WavError("not a RIFF/WAVE file");
  Format format;
  size_t at = 12;
  while (at + kChunkHeader <= file.size()) {
    const uint32_t size = little(&file[at + 4], 4);
    const auto content = file.subspan(at + kChunkHeader);
    if (std::memcmp(&file[at], "data", 4) == 0) {
      if (!format.known) throw WavError("audio before the format chunk");
      WavAudio audio = toMono(format, content.first(audioBytes(content, size)), wanted);
      if (format.rateHz != kWavRateHz) audio.samples = resampleTo8k(audio.samples, format.rateHz);
      return audio;
    }
    if (size > content.size())
      throw WavError("truncated: a chunk of " + std::to_string(size) + " bytes, only " +
                     std::to_string(content.size()) + " there");
    if (std::memcmp(&file[at], "fmt ", 4) == 0) format = readFormat(content.first(size));
    at += kChunkHeader + afterChunk(content, size);
  }
  throw WavError(format.known ? "truncated: no data chunk" : "truncated: no format chunk");
}

std::vector<int16_t> decodeWav(std::span<const uint8_t> file) {
  return decodeWavChannel(file, WavChannel::kBoth).samples;
}

std::vector<int16_t> readWav(const std::string& path) {
  return readWavChannel(path, WavChannel::kBoth).samples;
}

WavAudio readWavChannel(const std::string& path, WavChannel wanted) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw WavError(std::string("cannot be opened: ") + std::generic_category().message(errno));
  std::vector<uint8_t> bytes;
  uint8_t block[65536];
  size_t got = 0;
  while ((got = std::fread(block, 1, sizeof block, file.get())) > 0) {
    bytes.insert(bytes.end(), block, block + got);
    if (bytes.size() > kMaxFileBytes) throw WavError("larger than 256 MB");
  }
  if (std::ferror(file.get()) != 0)
    throw WavError(std::string("cannot be read: ") + std::generic_category().message(errno));
  return decodeWavChannel(bytes, wanted);
}

void writeWav(const std::string& path, std::span<const int16_t> samples, WavCoding coding, int rateHz) {
  const uint32_t width = coding == WavCoding::kPcm16 ? 2 : 1;
  const auto dataBytes = static_cast<uint32_t>(samples.size() * width);
  std::vector<uint8_t> out;
  out.reserve(44 + dataBytes + 1);
  const auto text = [&out](const char* name) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<uint8_t>(name[i]));
  };
  text("RIFF");
  put(out, 36 + dataBytes + (dataBytes & 1), 4);
  text("WAVE");
  text("fmt ");
  put(out, 16, 4);
  put(out,
      coding == WavCoding::kPcm16  ? kFormatPcm
      : coding == WavCoding::kAlaw ? kFormatAlaw
                                   : kFormatUlaw,
      2);
  put(out, 1, 2);
  put(out, static_cast<uint32_t>(rateHz), 4);
  put(out, static_cast<uint32_t>(rateHz) * width, 4);
  put(out, width, 2);
  put(out, width * 8, 2);
  text("data");
  put(out, dataBytes, 4);
  for (const int16_t sample : samples) {
    if (coding == WavCoding::kPcm16)
      put(out, static_cast<uint16_t>(sample), 2);
    else
      out.push_back(coding == WavCoding::kAlaw ? encodeAlaw(sample) : encodeUlaw(sample));
  }
  if (dataBytes & 1) out.push_back(0);
  const File file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(out.data(), 1, out.size(), file.get()) != out.size() ||
      std::fflush(file.get()) != 0)
    throw WavError(std::string("cannot be written: ") + std::generic_category().message(errno));
}

}  // namespace media
