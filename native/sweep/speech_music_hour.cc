#include "sweep/speech_music_hour.h"

#include <cstdio>

#include "sweep/music_generator.h"
#include "sweep/speech_clips.h"

namespace sweep {

namespace {

constexpr double kCallMs = 30000;
constexpr int kCallsOfAnHour = 120;

// One voice after the other, with pauses, sometimes a long one.
Sound talk(const Speech& speech, Random& random) {
  constexpr const char* kKinds[] = {"live", "live", "machine", "announcement"};
  Sound call = quiet(random.between(100, 900));
  while (call.size() < static_cast<size_t>(kCallMs * kSamplesPerMs)) {
    append(call, speech.any(kKinds[random.below(4)], random.between(-32, -10), random));
    append(call, quiet(random.chance(0.2) ? random.between(1000, 4000) : random.between(80, 700)));
  }
  return call;
}

Sound music(Random& random) {
  Sound call = playMusic(kCallMs, random);
  const auto gain = static_cast<float>(fromDb(random.between(-22, 6)));
  for (float& v : call) v *= gain;
  return call;
}

// "beep", or the name of the tone; nullptr: nothing that a line with speech may not have.
const char* wrongIn(const cpd::Observation& o) {
  if (o.kind == cpd::ObservationKind::kBeep) return "beep";
  return o.kind == cpd::ObservationKind::kTone && o.endMs == cpd::kNever ? name(o.tone) : nullptr;
}

void printRow(const char* what, double seconds, const std::map<std::string, int>& heard) {
  int all = 0;
  for (const auto& [name, n] : heard) all += n;
  std::printf("%s: %.2f h, %d heard", what, seconds / 3600, all);
  for (const auto& [name, n] : heard) std::printf(", %s %d", name.c_str(), n);
  std::printf("\n");
}

}  // namespace

HourHeard listenFor(int calls, const Options& options, bool tells) {
  constexpr Condition kLines[] = {Condition::kClean, Condition::kClean,      Condition::kWhite,
                                  Condition::kHum,   Condition::kLossSilent, Condition::kGsm};
  const Speech speech(options.examples);
  const auto& plans = cpd::builtInTonePlans();
  HourHeard heard;
  for (int n = 0; n < calls; ++n) {
    Random random = options.draw(n);
    const bool plays = n % 2 == 1;
    const cpd::TonePlan& plan = plans[static_cast<size_t>(random.below(static_cast<int>(plans.size())))];
    const Condition line = kLines[n / 2 % static_cast<int>(std::size(kLines))];
    Sound call = plays ? music(random) : talk(speech, random);
    (plays ? heard.musicS : heard.speechS) += static_cast<double>(call.size()) / 8000;
    append(call, quiet(1000));
    const Heard onLine = throughLine(std::move(call), line, random.between(12, 25), random);
    const Said said = hear(plan, onLine, cpd::StartAt::kAnswer);
    bool any = false;
    for (const cpd::Observation& o : said.observations) {
      const char* const wrong = wrongIn(o);
      if (wrong == nullptr) continue;
      any = true;
      ++(plays ? heard.inMusic : heard.inSpeech)[wrong];
      if (tells)
        std::printf("%s in %s of call %d (%s, plan %s) at %d ms, %.0f Hz\n", wrong,
                    plays ? "the music" : "the speech", n, nameOf(line), plan.code.c_str(), o.startMs,
                    static_cast<double>(o.hz[0]));
    }
    if (any) keepWrong(options, (plays ? "music-" : "speech-") + std::to_string(n), onLine);
  }
  return heard;
}

int sweepHour(const Options& options) {
  // Of this sweep --seeds is the number of hours.
  const HourHeard heard = listenFor(options.seeds * kCallsOfAnHour, options, true);
  printRow("speech", heard.speechS, heard.inSpeech);
  printRow("music", heard.musicS, heard.inMusic);
  return 0;
}

}  // namespace sweep
