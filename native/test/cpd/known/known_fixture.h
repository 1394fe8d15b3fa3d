// Recordings that are known, and calls on which they are heard: the example voices over a line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpd/frontend/front_end.h"
#include "cpd/known/fingerprint.h"
#include "cpd/known/matcher.h"
#include "media/wav.h"
#include "sweep/line_simulation.h"

namespace known_fixture {

inline std::vector<int16_t> voice(const std::string& name) {
  return media::readWav(std::string(EXAMPLES "/speech/") + name + ".wav");
}

inline cpd::known::Recording recordingOf(const std::string& name) {
  return {.name = name, .prints = cpd::known::fingerprint(voice(name))};
}

inline const std::vector<std::string>& machines() {
  static const std::vector<std::string> names = {
      "machine-01-en", "machine-02-en", "machine-03-en", "machine-04-en", "machine-05-en",
      "machine-06-en", "machine-07-en", "machine-08-en", "machine-10-de", "machine-11-de",
      "machine-12-fr", "machine-13-es", "machine-14-it", "machine-15-pt", "machine-16-pl"};
  return names;
}

inline cpd::known::Library libraryOf(const std::vector<std::string>& names) {
  std::vector<cpd::known::Recording> recordings;
  for (const std::string& name : names) recordings.push_back(recordingOf(name));
  return cpd::known::Library(std::move(recordings));
}

// A voice from `lateMs` of it on, behind `leadMs` of a quiet line, at this level.
inline sweep::Heard call(const std::string& name, sweep::Condition condition, double leadMs, double lateMs,
                         double dbm0, sweep::Random& random) {
  const std::vector<int16_t> samples = voice(name);
  const auto late = static_cast<std::ptrdiff_t>(lateMs * sweep::kSamplesPerMs);
  sweep::Sound sound(samples.begin() + late, samples.end());
  const double gain = sweep::peakAt(dbm0) / 1.414 / sweep::activeRms(sound);
  for (float& sample : sound) sample *= static_cast<float>(gain);
  sweep::Sound all = sweep::quiet(leadMs);
  sweep::append(all, sound);
  sweep::append(all, sweep::quiet(500));
  return sweep::throughLine(std::move(all), condition, 20, random);
}

// What the matcher says, frame by frame.
inline std::optional<cpd::known::Match> matchOf(const sweep::Heard& heard, const cpd::known::Library& library,
                                                cpd::known::Matcher& matcher) {
  const cpd::FrontEnd frontEnd;
  cpd::SampleHistory history;
  for (size_t at = 0; at + cpd::kFrameSamples <= heard.samples.size(); at += cpd::kFrameSamples) {
    cpd::FrontEndFrame measured;
    measured.voice.lost = heard.lost[at / cpd::kFrameSamples];
    if (measured.voice.lost) {
      history.repeat();
    } else {
      history.push(heard.samples.data() + at);
      cpd::FrontEndInput input;
      input.ring = history.ring();
      input.end = history.end();
      input.quiet = true;
      const cpd::FrontEndInput* const in = &input;
      cpd::FrontEndFrame* const out = &measured;
      frontEnd.measure({&in, 1}, {&out, 1}, true);
    }
    if (const auto match = matcher.hear(measured.voice, library)) return match;
  }
  return std::nullopt;
}

inline std::optional<cpd::known::Match> matchOf(const sweep::Heard& heard,
                                                const cpd::known::Library& library) {
  cpd::known::Matcher matcher;
  return matchOf(heard, library, matcher);
}

}  // namespace known_fixture
