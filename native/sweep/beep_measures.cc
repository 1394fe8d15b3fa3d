// What the detector measures of tones, for scripts/beep-training: of beeps drawn by seed and of what sounds
// before and after them, and of recordings without beeps. One line a tone: what it is part of, 1 for a beep,
// then the measures of cpd/beep/beep_score.h.
#include <algorithm>
#include <cstdio>

#include "cpd/beep/beep_shape.h"
#include "cpd/frontend/front_end.h"
#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"
#include "cpd/voice/voice_history.h"
#include "media/wav.h"
#include "sweep/beep_call_generator.h"

namespace sweep {

namespace {

constexpr size_t kCallSamples = 6 * 8000;  // of a recording at once: what the history holds

void print(const char* part, bool beep, const cpd::ToneSegment& tone, int32_t startMs, int32_t endMs,
           const cpd::VoiceHistory& history) {
  std::printf("%s,%d,%d,%d", part, beep ? 1 : 0, tone.startMs, tone.endMs);
  for (const float v : cpd::shapeMeasures(tone)) std::printf(",%.5g", static_cast<double>(v));
  const cpd::BeepSurroundings around = cpd::surroundingsOf(history, tone.dbm0, startMs, endMs);
  for (const float v : cpd::aroundMeasures(around)) std::printf(",%.5g", static_cast<double>(v));
  std::printf("\n");
}

// `startMs` kNever: no beep in it.
void measure(const char* part, const Heard& call, int32_t startMs, int32_t endMs) {
  cpd::ToneReceiver receiver;
  receiver.start(cpd::makeToneSet(*cpd::findTonePlan("US")));
  cpd::VoiceHistory history;
  history.clear();
  struct Tone {
    cpd::ToneSegment tone;
    int32_t from, to;
  };
  std::vector<Tone> waiting;
  for (size_t frame = 0; frame < call.lost.size(); ++frame) {
    const cpd::FrameKind kind = call.lost[frame] ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio;
    cpd::FrontEndFrame measured;
    const bool heard = receiver.take(call.samples.data() + frame * cpd::kFrameSamples, kind);
    if (heard) {
      const cpd::FrontEndInput* const in = &receiver.input();
      cpd::FrontEndFrame* const out = &measured;
      cpd::FrontEnd().measure({&in, 1}, {&out, 1}, true);
    }
    const auto events = receiver.hear(heard ? &measured : nullptr);
    heard ? history.push(measured.voice, false) : history.pushLost();
    for (const cpd::ToneEvent& event : events) {
      const cpd::ToneSegment& tone = event.segment;
      if (event.kind != cpd::ToneEventKind::kSegmentEnd || !cpd::couldBeBeep(tone, tone.endMs)) continue;
      const bool beep = startMs != cpd::kNever && tone.startMs < endMs && tone.endMs > startMs;
      if (beep && tone.startMs < startMs - 60) continue;  // neither
      waiting.push_back(
          {tone, beep ? startMs : tone.startMs, beep ? std::max(endMs, tone.endMs) : tone.endMs});
    }
    for (size_t i = 0; i < waiting.size();) {
      const Tone& tone = waiting[i];
      if (history.frames() * cpd::kFrameMs < tone.to + 160) {
        ++i;
        continue;
      }
      print(part, startMs != cpd::kNever && tone.from == startMs, tone.tone, tone.from, tone.to, history);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

}  // namespace

int sweepMeasures(const Options& options) {
  const Speech speech(options.examples);
  for (int k = 0; k < kBeepKinds && options.folders.empty(); ++k)
    for (int c = 0; c < kConditions; ++c)
      for (int n = 0; n < options.seeds; ++n) {
        const BeepCall call =
            beepCall(options, speech, static_cast<BeepKind>(k), static_cast<Condition>(c), n);
        const std::string part = std::string(nameOf(static_cast<BeepKind>(k))) + "/" +
                                 nameOf(static_cast<Condition>(c)) + "/" + std::to_string(n);
        std::string name = part;
        for (char& letter : name)
          if (letter == ',') letter = ' ';
        measure(name.c_str(), call.heard, static_cast<int32_t>(std::lround(call.startMs)),
                static_cast<int32_t>(std::lround(call.endMs)));
      }
  Random random(options.seed);
  for (const std::string& folder : options.folders)
    for (const std::string& file : wavFiles(folder)) {
      std::vector<int16_t> samples;
      try {
        samples = media::readWav(file);
      } catch (const media::WavError&) {
        continue;
      }
      for (size_t at = 0; at < std::min(samples.size(), 20 * kCallSamples); at += kCallSamples) {
        const size_t n = std::min(kCallSamples, samples.size() - at);
        Sound call = quiet(300);
        call.insert(call.end(), samples.begin() + static_cast<std::ptrdiff_t>(at),
                    samples.begin() + static_cast<std::ptrdiff_t>(at + n));
        append(call, quiet(500));
        const double snr = random.between(8, 20);
        const Condition line =
            random.chance(0.6) ? Condition::kClean : static_cast<Condition>(random.below(13));
        measure(file.c_str(), throughLine(std::move(call), line, snr, random), cpd::kNever, cpd::kNever);
      }
    }
  return 0;
}

}  // namespace sweep
