// Known recordings: whether speech that is none of them is ever taken for one, and how soon one is known.
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>

#include "cpd/frontend/front_end.h"
#include "cpd/known/matcher.h"
#include "media/wav.h"
#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {
namespace {

using cpd::known::Library;
using cpd::known::Match;
using cpd::known::Matcher;
using cpd::known::Print;

constexpr size_t kAtOnce = 64;  // calls that the front end hears side by side
constexpr size_t kCallSamples = 30 * 8000, kMostOfRecording = 12 * 8000;

// At another speed: nobody's recording any more. Linear between samples.
Sound atSpeed(const Sound& sound, double speed) {
  Sound out;
  for (double at = 0; at + 1 < static_cast<double>(sound.size()); at += speed) {
    const auto i = static_cast<size_t>(at);
    const auto part = static_cast<float>(at - static_cast<double>(i));
    out.push_back(sound[i] * (1 - part) + sound[i + 1] * part);
  }
  return out;
}

// Far enough from 1 that it is another sound.
double anySpeed(Random& random) {
  return random.chance(0.5) ? random.between(0.8, 0.96) : random.between(1.04, 1.25);
}

std::vector<Sound> soundsOf(const std::string& folder) {
  std::vector<Sound> sounds;
  for (const std::string& file : wavFiles(folder)) {
    std::vector<int16_t> samples = media::readWav(file);
    samples.resize(std::min(samples.size(), kCallSamples));
    sounds.emplace_back(samples.begin(), samples.end());
  }
  if (sounds.empty()) throw std::runtime_error(folder + ": no WAV files");
  return sounds;
}

Sound atLevel(Sound sound, double dbm0) {
  const double rms = activeRms(sound);
  const auto gain = static_cast<float>(rms < 1 ? 0 : peakAt(dbm0) / 1.41421356 / rms);
  for (float& sample : sound) sample *= gain;
  return sound;
}

// Calls `with(call, frame, features)` for every frame of every call.
template <typename With>
void measureAll(const std::vector<Heard>& calls, const cpd::FrontEnd& frontEnd, With with) {
  std::vector<cpd::SampleHistory> histories(calls.size());
  std::vector<cpd::FrontEndInput> inputs(calls.size());
  std::vector<cpd::FrontEndFrame> frames(calls.size());
  size_t longest = 0;
  for (const Heard& call : calls) longest = std::max(longest, call.samples.size() / cpd::kFrameSamples);
  for (size_t frame = 0; frame < longest; ++frame) {
    std::vector<const cpd::FrontEndInput*> in;
    std::vector<cpd::FrontEndFrame*> out;
    const auto isLost = [&](size_t i) { return static_cast<bool>(calls[i].lost[frame]); };
    const auto hasFrame = [&](size_t i) {
      return (frame + 1) * cpd::kFrameSamples <= calls[i].samples.size();
    };
    for (size_t i = 0; i < calls.size(); ++i) {
      if (!hasFrame(i) || isLost(i)) continue;
      histories[i].push(calls[i].samples.data() + frame * cpd::kFrameSamples);
      inputs[i].ring = histories[i].ring();
      inputs[i].end = histories[i].end();
      inputs[i].quiet = true;  // no tones are asked for
      in.push_back(&inputs[i]);
      out.push_back(&frames[i]);
    }
    if (!in.empty()) frontEnd.measure(in, out, true);
    for (size_t i = 0; i < calls.size(); ++i) {
      if (!hasFrame(i)) continue;
      frames[i].voice.lost = isLost(i);
      with(i, frame, frames[i].voice);
    }
  }
}

// `count` recordings: those of the folder, then the same at other speeds.
std::vector<cpd::known::Recording> recordingsOf(const std::vector<Sound>& sounds, size_t count,
                                                const cpd::FrontEnd& frontEnd, Random& random) {
  std::vector<cpd::known::Recording> recordings;
  for (size_t next = 0; recordings.size() < count && next < 10 * count;) {
    std::vector<Heard> calls;
    std::vector<size_t> places;
    for (; calls.size() < kAtOnce; ++next) {
      const Sound& own = sounds[next % sounds.size()];
      Sound sound = next < sounds.size() ? own : atSpeed(own, anySpeed(random));
      sound.resize(std::min(sound.size(), kMostOfRecording));
      Sound call = quiet(300);
      append(call, atLevel(std::move(sound), -20));
      calls.push_back(throughLine(std::move(call), Condition::kClean, 0, random));
      places.push_back(next);
    }
    std::vector<cpd::known::PrintMaker> makers(calls.size());
    std::vector<std::vector<Print>> prints(calls.size());
    measureAll(calls, frontEnd, [&](size_t i, size_t, const cpd::FrameFeatures& features) {
      prints[i].push_back(makers[i].next(features));
    });
    for (size_t i = 0; i < calls.size() && recordings.size() < count; ++i) {
      std::vector<Print> whole = cpd::known::trimmed(prints[i]);
      whole.resize(std::min(whole.size(), static_cast<size_t>(cpd::known::kMostPrints)));
      if (cpd::known::usablePrints(whole) < cpd::known::kLeastUsablePrints) continue;
      recordings.push_back({.name = std::to_string(places[i]), .prints = std::move(whole)});
    }
  }
  return recordings;
}

// Half a minute of speech at other speeds than it was recorded, with pauses.
Sound otherSpeech(const std::vector<std::vector<Sound>>& folders, Random& random) {
  Sound call = quiet(random.between(100, 900));
  const std::vector<Sound>& sounds =
      folders[static_cast<size_t>(random.below(static_cast<int>(folders.size())))];
  while (call.size() < kCallSamples) {
    const Sound& sound = sounds[static_cast<size_t>(random.below(static_cast<int>(sounds.size())))];
    append(call, atLevel(atSpeed(sound, anySpeed(random)), random.between(-32, -14)));
    append(call, quiet(random.between(50, 600)));
  }
  call.resize(kCallSamples);
  return call;
}

// Of every recording of the folder a call on a line of each kind.
void sweepKnown(const std::vector<Sound>& sounds, const Library& library, const cpd::FrontEnd& frontEnd,
                Random& random) {
  std::map<std::string, size_t> known;
  for (const cpd::known::Recording& recording : library.recordings()) known[recording.name] = 0;
  std::printf("%-15s %6s %7s %6s %9s %9s\n", "line", "calls", "known", "wrong", "p50 s", "p95 s");
  for (int c = 0; c < kConditions; ++c) {
    const auto condition = static_cast<Condition>(c);
    int calls = 0, wrong = 0;
    std::vector<double> seconds;
    for (size_t next = 0; next < sounds.size();) {
      std::vector<Heard> heard;
      std::vector<size_t> places;
      for (; next < sounds.size() && heard.size() < kAtOnce; ++next) {
        if (!known.contains(std::to_string(next))) continue;
        const double lateS = sounds[next].size() > 8000 * 7 ? random.between(0, 3) : 0;
        Sound call = quiet(300 + random.between(0, 20));
        const Sound& own = sounds[next];
        append(call,
               atLevel({own.begin() + static_cast<std::ptrdiff_t>(lateS * 8000),
                        own.begin() + static_cast<std::ptrdiff_t>(std::min(own.size(), kMostOfRecording))},
                       random.between(-35, -14)));
        append(call, quiet(500));
        heard.push_back(throughLine(std::move(call), condition, 20, random));
        places.push_back(next);
      }
      std::vector<Matcher> matchers(heard.size());
      std::vector<size_t> begun(heard.size(), 0);
      std::vector<bool> done(heard.size());
      measureAll(heard, frontEnd, [&](size_t i, size_t frame, const cpd::FrameFeatures& features) {
        if (done[i]) return;
        const std::optional<Match> match = matchers[i].hear(features, library);
        if (begun[i] == 0 && !matchers[i].heard().empty()) begun[i] = frame + 1 - cpd::known::kPrintFrames;
        if (!match) return;
        done[i] = true;
        seconds.push_back(static_cast<double>(frame - begun[i]) * 0.02);
        // At another speed, which is a recording of its own here, it is the same words of the same voice.
        const std::string& name = library.recordings()[static_cast<size_t>(match->recording)].name;
        wrong += std::stoul(name) % sounds.size() != places[i];
      });
      calls += static_cast<int>(heard.size());
    }
    std::sort(seconds.begin(), seconds.end());
    const auto at = [&](double share) {
      return seconds.empty() ? 0
                             : seconds[static_cast<size_t>(share * static_cast<double>(seconds.size() - 1))];
    };
    std::printf("%-15s %6d %6.1f%% %6d %9.2f %9.2f\n", nameOf(condition), calls,
                100.0 * static_cast<double>(seconds.size()) / std::max(1, calls), wrong, at(0.5), at(0.95));
  }
}

}  // namespace

int sweepRecordings(const Options& options) {
  const cpd::FrontEnd frontEnd;
  Random random(options.seed);
  const std::vector<Sound> own = soundsOf(options.folders[0]);
  const Library library(recordingsOf(own, static_cast<size_t>(options.known), frontEnd, random));
  std::printf("%zu recordings known, %.1f MB\n", library.recordings().size(),
              static_cast<double>(library.bytes()) / 1e6);
  sweepKnown(own, library, frontEnd, random);

  std::vector<std::vector<Sound>> others;
  for (size_t i = 1; i < options.folders.size(); ++i) others.push_back(soundsOf(options.folders[i]));
  int matches = 0;
  const int calls = options.seeds * 120;
  for (int done = 0; done < calls && !others.empty(); done += static_cast<int>(kAtOnce)) {
    std::vector<Heard> heard;
    for (size_t i = 0; i < kAtOnce; ++i)
      heard.push_back(throughLine(otherSpeech(others, random),
                                  random.chance(0.5) ? Condition::kClean : Condition::kAll, 20, random));
    std::vector<Matcher> matchers(kAtOnce);
    measureAll(heard, frontEnd, [&](size_t i, size_t frame, const cpd::FrameFeatures& features) {
      if (matchers[i].isFull()) matchers[i].clear();
      const std::optional<Match> match = matchers[i].hear(features, library);
      if (!match) return;
      ++matches;
      std::printf("match: call %d at %.2f s, %d prints, %.3f differ\n", done + static_cast<int>(i),
                  static_cast<double>(frame) * 0.02, match->comparedPrints,
                  static_cast<double>(match->differing));
      matchers[i].clear();
    });
    if ((done / static_cast<int>(kAtOnce)) % 50 == 49) {
      std::printf("%.1f h of other speech, %d matches\n", (done + static_cast<int>(kAtOnce)) / 120.0,
                  matches);
      std::fflush(stdout);
    }
  }
  std::printf("%d h of other speech, %d matches\n", options.seeds, matches);
  return matches == 0 ? 0 : 1;
}

}  // namespace sweep
