#include "cpd/recording/call_recording.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include "cpd/bytes/crc32.h"
#include "cpd/bytes/little_endian.h"
#include "cpd/recording/recorded_words.h"
#include "cpd/tones/plan/cadence_notation.h"

// The addon's build writes it; the native tests need none.
#if __has_include("detector_version.h")
#include "detector_version.h"
#else
#define CPD_DETECTOR "unversioned"
#endif

namespace cpd {
namespace {

constexpr std::string_view kFirstLine = "cpd-recording 1";
constexpr size_t kEndBytes = 6;             // Z, X and the checksum
constexpr size_t kFirstBytes = 64 << 10;    // room taken at the start: the header and two seconds
constexpr size_t kMostHeaderBytes = 16384;  // a header longer than this is none

// The cadences of a plan by the names of the configuration.
constexpr std::array<std::pair<const char*, Cadence TonePlan::*>, 7> kCadences = {
    {{"dial", &TonePlan::dial},
     {"ringback", &TonePlan::ringback},
     {"busy", &TonePlan::busy},
     {"congestion", &TonePlan::congestion},
     {"callWaiting", &TonePlan::callWaiting},
     {"info", &TonePlan::info},
     {"numberUnobtainable", &TonePlan::numberUnobtainable}}};

std::string digits(float value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string header(const Settings& settings, StartAt at, std::string_view label) {
  std::string text;
  const auto line = [&text](std::string_view name, std::string value) {
    std::replace(value.begin(), value.end(), '\n', ' ');
    text.append(name).append(" ").append(value).append("\n");
  };
  text.append(kFirstLine).append("\n");
  line("detector", detectorVersion());
  line("label", std::string(label));
  line("startAt", at == StartAt::kAnswer ? "answer" : "dial");
  line("mode", std::to_string(static_cast<int>(settings.mode)));
  line("cpdTimeoutMs", std::to_string(settings.cpdTimeoutMs));
  line("inferAnswer", settings.inferAnswer ? "1" : "0");
  line("maxHumanLoss", digits(settings.maxHumanLoss));
  line("scoreOffset", digits(settings.scoreOffset));
  line("plan", settings.plan.code);
  line("plan.name", settings.plan.name);
  for (const auto& [name, member] : kCadences)
    line(std::string("plan.") + name, cadenceNotation(settings.plan.*member));
  return text + "\n";
}

// The header's lines by name.
class Header {
 public:
  explicit Header(std::string_view text) {
    if (text.substr(0, text.find('\n')) != kFirstLine)
      throw std::invalid_argument("not a recording of a call: it does not begin with " +
                                  std::string(kFirstLine));
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      const size_t space = std::min(line.find(' '), line.size());
      lines_[std::string(line.substr(0, space))] = line.substr(std::min(space + 1, line.size()));
      at = end + 1;
    }
  }

  const std::string& text(const std::string& name) const {
    const auto found = lines_.find(name);
    if (found == lines_.end()) throw std::invalid_argument("header: no line " + name);
    return found->second;
  }

  template <typename T>
  T number(const std::string& name) const {
    const std::string& value = text(name);
    T number{};
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size())
      throw std::invalid_argument("header: " + name + " is \"" + value + "\", expected a number");
    return number;
  }

 private:
  std::map<std::string, std::string> lines_;
};

Settings settingsOf(const Header& header) {
  Settings settings;
  const int mode = header.number<int>("mode");
  if (mode < 0 || mode > static_cast<int>(Mode::kTelephonyPreset))
    throw std::invalid_argument("header: mode is " + std::to_string(mode) + ", expected 0 to 5");
  settings.mode = static_cast<Mode>(mode);
  settings.cpdTimeoutMs = header.number<int32_t>("cpdTimeoutMs");
  settings.inferAnswer = header.number<int>("inferAnswer") != 0;
  settings.maxHumanLoss = header.number<float>("maxHumanLoss");
  settings.scoreOffset = header.number<float>("scoreOffset");
  const auto check = [](bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(std::string("header: ") + what);
  };
  check(settings.cpdTimeoutMs > 0, "cpdTimeoutMs is not above 0");
  check(isHumanLoss(settings.maxHumanLoss), "maxHumanLoss is not 0 or 0.001 to 0.1");
  check(std::isfinite(settings.scoreOffset), "scoreOffset is not a finite number");
  settings.plan.code = header.text("plan");
  settings.plan.name = header.text("plan.name");
  for (const auto& [name, member] : kCadences)
    settings.plan.*member = parseCadence(header.text(std::string("plan.") + name));
  return settings;
}

// How many bytes of an observation or of evidence come next.
std::vector<uint8_t> said(ByteReader& from) {
  const auto bytes = from.take(from.u16());
  return {bytes.begin(), bytes.end()};
}

std::vector<int16_t> samplesOf(ByteReader& from) {
  std::vector<int16_t> samples(kFrameSamples);
  for (int16_t& sample : samples) sample = static_cast<int16_t>(from.u16());
  return samples;
}

}  // namespace

const char* detectorVersion() { return CPD_DETECTOR; }

void CallRecorder::start(const Settings& settings, StartAt at, std::string_view label, size_t mostBytes) {
  const std::string text = header(settings, at, label);
  bytes_.clear();
  bytes_.reserve(kFirstBytes);
  bytes_.assign(text.begin(), text.end());
  mostBytes_ = std::max(mostBytes, bytes_.size() + kEndBytes);
  full_ = false;
}

bool CallRecorder::hasRoom(size_t bytes) {
  if (bytes_.empty() || full_) return false;
  full_ = bytes_.size() + bytes + kEndBytes > mostBytes_;
  return !full_;
}

void CallRecorder::mark(char step) {
  if (hasRoom(1)) bytes_.push_back(static_cast<uint8_t>(step));
}

void CallRecorder::frame(const int16_t* samples, FrameKind kind) {
  if (kind == FrameKind::kLost) return mark('L');
  if (!hasRoom(1 + 2 * kFrameSamples)) return;
  ByteWriter to(bytes_);
  to.u8(kind == FrameKind::kAudio ? 'F' : 'C');
  for (int i = 0; i < kFrameSamples; ++i) to.u16(static_cast<uint16_t>(samples[i]));
}

void CallRecorder::observed(std::span<const Observation> observations) {
  if (bytes_.empty() || full_) return;
  for (const Observation& observation : observations) write('O', recordedBytes(observation));
}

void CallRecorder::concluded(const Evidence& evidence) {
  if (bytes_.empty() || full_) return;
  write('V', recordedBytes(evidence));
}

void CallRecorder::write(char step, const std::vector<uint8_t>& said) {
  if (!hasRoom(3 + said.size())) return;
  ByteWriter to(bytes_);
  to.u8(static_cast<uint8_t>(step));
  to.u16(static_cast<uint16_t>(said.size()));
  bytes_.insert(bytes_.end(), said.begin(), said.end());
}

std::vector<uint8_t> CallRecorder::take() {
  if (!isRecording()) return {};
  if (full_) bytes_.push_back('Z');
  bytes_.push_back('X');
  ByteWriter(bytes_).u32(crc32(bytes_));
  return std::exchange(bytes_, {});
}

CallRecording readRecording(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), kMostHeaderBytes));
  const size_t headerEnd = text.find("\n\n");
  const Header header(text.substr(0, headerEnd));
  if (headerEnd == std::string_view::npos) throw std::invalid_argument("header: cut short");

  CallRecording recording;
  recording.detector = header.text("detector");
  recording.label = header.text("label");
  recording.settings = settingsOf(header);
  recording.startAt = header.text("startAt") == "answer" ? StartAt::kAnswer : StartAt::kDial;
  ByteReader from(bytes.subspan(headerEnd + 2));
  int32_t now = 0;
  for (;;) {
    RecordedStep step;
    step.atMs = now;
    step.kind = static_cast<char>(from.u8());
    switch (step.kind) {
      case 'F':
      case 'C':
        step.samples = samplesOf(from);
        now += kFrameMs;
        break;
      case 'L':
        now += kFrameMs;
        break;
      case 'A':
      case 'R':
      case 'E':
        break;
      case 'O':
      case 'V':
        step.said = said(from);
        break;
      case 'Z':
        recording.full = true;
        continue;
      case 'X': {
        const uint32_t expected = crc32(bytes.first(headerEnd + 2 + from.at()));
        if (from.u32() != expected)
          throw std::invalid_argument("the checksum does not fit: the file was changed");
        if (!from.atEnd()) throw std::invalid_argument("there is data after the end");
        return recording;
      }
      default:
        throw std::invalid_argument("byte " + std::to_string(headerEnd + 1 + from.at()) +
                                    " is not a step of a recording");
    }
    recording.steps.push_back(std::move(step));
  }
}

}  // namespace cpd
