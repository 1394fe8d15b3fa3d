// Beyond twice the tolerances nothing of the plan may be heard.
#include <algorithm>
#include <cstdio>

#include "media/tone_generator.h"
#include "sweep/detector_run.h"

#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"

namespace sweep {

namespace {

// Names that the receiver gives under this plan alone.
std::string namesOf(const cpd::TonePlan& plan, const Heard& heard) {
  cpd::ToneReceiver receiver;
  receiver.start(cpd::makeToneSet(plan, {}));
  std::string names;
  for (size_t frame = 0; frame < heard.lost.size(); ++frame)
    for (const cpd::ToneEvent& event : receiver.process(heard.samples.data() + frame * cpd::kFrameSamples))
      if (event.kind == cpd::ToneEventKind::kRecognised)
        names += std::string(names.empty() ? "" : " ") + name(event.tone);
  return names;
}

}  // namespace

int sweepOutside(const Options& options) {
  Table table("nothing heard");
  for (const cpd::TonePlan& plan : cpd::builtInTonePlans()) {
    const struct {
      const char* name;
      const cpd::Cadence& cadence;
    } tones[] = {{"ringback", plan.ringback}, {"busy", plan.busy}, {"congestion", plan.congestion}};
    for (const auto& tone : tones) {
      double period = 0;
      for (const cpd::ToneStep& step : tone.cadence.steps) period += step.ms;
      if (period == 0) continue;
      for (int n = 0; n < options.seeds; ++n) {
        static constexpr const char* kWays[] = {"frequency", "rhythm", "level"};
        for (int way = 0; way < 3; ++way) {
          Random random = options.draw(n, way);
          media::ToneOptions how;
          how.dbm0 = random.between(-35, -8);
          // Twice 1.5 % and twice 10 Hz are inside what is neither promised nor refused; 5 % and 25 Hz are
          // not.
          const double far = random.between(1.085, 1.2);
          if (way == 0) how.hzFactor = random.chance(0.5) ? far : 1 / far;
          if (way == 1)
            how.timeFactor = random.chance(0.5) ? random.between(1.45, 1.8) : random.between(0.45, 0.64);
          if (way == 2) how.dbm0 = random.between(-60, -50);
          std::vector<int16_t> samples(static_cast<size_t>(
              std::clamp(3.2 * period * how.timeFactor, 4000.0, 10000.0) * kSamplesPerMs));
          media::ToneGenerator(media::cadenceSignal(tone.cadence), how).fill(samples);
          const Heard heard =
              throughLine(Sound(samples.begin(), samples.end()), Condition::kClean, 0, random);
          const std::string names = namesOf(plan, heard);
          // With another rhythm one tone of a plan may be another: only its own name is wrong.
          const bool ok = way == 1 ? names.find(tone.name) == std::string::npos : names.empty();
          table.add(tone.name, kWays[way], ok);
          if (!ok) {
            const std::string name = std::string("outside-") + plan.code + "-" + tone.name + "-" +
                                     kWays[way] + "-" + std::to_string(n);
            std::printf("wrong: %s: %s, frequency times %.3f, time times %.2f\n", name.c_str(), names.c_str(),
                        how.hzFactor, how.timeFactor);
            keepWrong(options, name, heard);
          }
        }
      }
    }
  }
  table.print();
  return 0;
}

}  // namespace sweep
