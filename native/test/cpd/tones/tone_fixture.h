// Plays generated signals over a generated line to the tone receiver.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"
#include "media/g711.h"
#include "media/tone_generator.h"

namespace tone_fixture {

struct Line {
  std::optional<double> noiseDbm0;
  char law = 'u';         // 'a', 'u', or 0: linear
  int loseEvery = 0;      // every so many frames one is lost; 0: none
  bool lossKnown = true;  // the receiver is told; else it hears the frame before again
  double leadMs = 137;    // quiet before the signal
  int offset = 0;         // direct current
  uint64_t seed = 1;
};

inline std::vector<int16_t> render(const media::Signal& signal, const media::ToneOptions& options, double ms,
                                   const Line& line = {}) {
  std::vector<int16_t> samples(static_cast<size_t>(ms * 8));
  const auto lead = std::min(samples.size(), static_cast<size_t>(line.leadMs * 8));
  media::ToneGenerator generator(signal, options);
  generator.fill(std::span(samples).subspan(lead));
  if (line.noiseDbm0) media::NoiseGenerator(line.seed, *line.noiseDbm0).add(samples);
  for (int16_t& sample : samples) {
    sample = static_cast<int16_t>(std::clamp(sample + line.offset, -32768, 32767));
    if (line.law == 'u') sample = media::decodeUlaw(media::encodeUlaw(sample));
    if (line.law == 'a') sample = media::decodeAlaw(media::encodeAlaw(sample));
  }
  return samples;
}

inline std::vector<cpd::ToneEvent> hear(const std::shared_ptr<const cpd::ToneSet>& set,
                                        const std::vector<int16_t>& samples, const Line& line = {}) {
  std::vector<cpd::ToneEvent> heard;
  cpd::ToneReceiver receiver;
  receiver.start(set);
  const int16_t* before = samples.data();
  const size_t frames = samples.size() / cpd::kFrameSamples;
  for (size_t frame = 0; frame < frames; ++frame) {
    const int16_t* now = samples.data() + frame * cpd::kFrameSamples;
    const bool lost = line.loseEvery > 0 &&
                      frame % static_cast<size_t>(line.loseEvery) == static_cast<size_t>(line.loseEvery) / 2;
    const auto events = lost && line.lossKnown ? receiver.process(nullptr, cpd::FrameKind::kLost)
                                               : receiver.process(lost ? before : now);
    if (!lost) before = now;
    heard.insert(heard.end(), events.begin(), events.end());
  }
  const auto last = receiver.finish();
  heard.insert(heard.end(), last.begin(), last.end());
  return heard;
}

inline std::vector<cpd::ToneEvent> recognised(const std::vector<cpd::ToneEvent>& events) {
  std::vector<cpd::ToneEvent> named;
  for (const cpd::ToneEvent& event : events)
    if (event.kind == cpd::ToneEventKind::kRecognised) named.push_back(event);
  return named;
}

// "busy", or "busy|congestion" where it can be either; several with blanks between; "" for none.
inline std::string namesIn(const std::vector<cpd::ToneEvent>& events) {
  std::string names;
  for (const cpd::ToneEvent& event : recognised(events)) {
    if (!names.empty()) names += ' ';
    names += name(event.tone);
    if (event.ambiguousWith != cpd::ToneId::kNone) names += std::string("|") + name(event.ambiguousWith);
  }
  return names;
}

inline std::string namesHeard(const std::shared_ptr<const cpd::ToneSet>& set, const media::Signal& signal,
                              const media::ToneOptions& options, double ms, const Line& line = {}) {
  return namesIn(hear(set, render(signal, options, ms, line), line));
}

}  // namespace tone_fixture
