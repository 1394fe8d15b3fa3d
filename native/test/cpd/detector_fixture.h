// Calls put together from signals and the example voices, and what the detector says to them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cpd/analyze.h"
#include "cpd/detector.h"
#include "media/tone_generator.h"
#include "media/wav.h"

namespace detector_fixture {

inline std::shared_ptr<cpd::Settings> settings(const char* plan = "US", int32_t timeoutMs = 8000) {
  auto s = std::make_shared<cpd::Settings>();
  s->plan = *cpd::findTonePlan(plan);
  s->cpdTimeoutMs = timeoutMs;
  return s;
}

// A call's audio, built up from the left.
class Call {
 public:
  explicit Call(double noiseDbm0 = -65) : noise_(7, noiseDbm0) {}

  Call& silence(double ms) {
    samples_.resize(samples_.size() + static_cast<size_t>(ms * 8));
    return *this;
  }
  Call& tone(const media::Signal& signal, double ms, double dbm0 = -18) {
    media::ToneOptions options;
    options.dbm0 = dbm0;
    media::ToneGenerator generator(signal, options);
    std::vector<int16_t> part(static_cast<size_t>(ms * 8));
    generator.fill(part);
    samples_.insert(samples_.end(), part.begin(), part.end());
    return *this;
  }
  // An example voice, e.g. "live-01-en"; at most `ms` of it.
  Call& voice(const std::string& name, int ms = 1 << 20) {
    const std::vector<int16_t> part = media::readWav(std::string(EXAMPLES "/speech/") + name + ".wav");
    const size_t n = std::min(part.size(), static_cast<size_t>(ms) * 8);
    samples_.insert(samples_.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
    return *this;
  }
  int32_t ms() const { return static_cast<int32_t>(samples_.size() / 8); }

  // With line noise, to a whole number of frames.
  std::vector<int16_t> audio() {
    std::vector<int16_t> all = samples_;
    all.resize((all.size() + cpd::kFrameSamples - 1) / cpd::kFrameSamples * cpd::kFrameSamples);
    noise_.add(all);
    return all;
  }

 private:
  std::vector<int16_t> samples_;
  media::NoiseGenerator noise_;
};

// The analysis of the whole call with the settings of the tests.
inline cpd::AnalysisResult analyzed(Call& call, cpd::StartAt from) {
  return cpd::analyze(call.audio(), *settings(), from);
}

// Everything the detector said. Frames for which `lost` is true are reported as lost.
template <typename Lost>
std::vector<cpd::Observation> hear(cpd::Detector& detector, const std::vector<int16_t>& audio, Lost lost) {
  std::vector<cpd::Observation> all;
  for (size_t at = 0; at < audio.size(); at += cpd::kFrameSamples) {
    const bool isLost = lost(static_cast<int>(at / cpd::kFrameSamples));
    const auto said = detector.process(isLost ? nullptr : audio.data() + at,
                                       isLost ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio);
    all.insert(all.end(), said.begin(), said.end());
  }
  return all;
}

inline std::vector<cpd::Observation> hear(cpd::Detector& detector, const std::vector<int16_t>& audio) {
  return hear(detector, audio, [](int) { return false; });
}

inline int count(const std::vector<cpd::Observation>& all, cpd::ObservationKind kind) {
  return static_cast<int>(
      std::count_if(all.begin(), all.end(), [kind](const auto& o) { return o.kind == kind; }));
}

inline const cpd::Observation* first(const std::vector<cpd::Observation>& all, cpd::ObservationKind kind) {
  const auto found = std::find_if(all.begin(), all.end(), [kind](const auto& o) { return o.kind == kind; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace detector_fixture
