// Dial tone, ringback, busy, congestion and number unobtainable of every plan, anywhere within the limits.
#include <algorithm>
#include <cstdio>

#include "media/tone_generator.h"
#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {

namespace {

constexpr double kLeastSnrDb = 12;

struct Kind {
  cpd::ToneId tone;
  cpd::Verdict verdict;
  const cpd::Cadence cpd::TonePlan::*cadence;
};

constexpr Kind kKinds[] = {
    {cpd::ToneId::kDialtone, cpd::Verdict::kDialtone, &cpd::TonePlan::dial},
    {cpd::ToneId::kRingback, cpd::Verdict::kRingback, &cpd::TonePlan::ringback},
    {cpd::ToneId::kBusy, cpd::Verdict::kBusy, &cpd::TonePlan::busy},
    {cpd::ToneId::kCongestion, cpd::Verdict::kCongestion, &cpd::TonePlan::congestion},
    {cpd::ToneId::kNumberUnobtainable, cpd::Verdict::kCongestion, &cpd::TonePlan::numberUnobtainable},
};

double periodMs(const cpd::Cadence& cadence) {
  double sum = 0;
  for (const cpd::ToneStep& step : cadence.steps) sum += step.ms;
  return sum;
}

bool right(const Said& said, const Kind& kind) {
  if (said.verdict == kind.verdict) return true;
  for (const cpd::Observation& o : said.of(cpd::ObservationKind::kTone)) {
    const bool decided = (said.verdict == cpd::Verdict::kBusy && o.tone == cpd::ToneId::kBusy) ||
                         (said.verdict == cpd::Verdict::kCongestion && o.tone == cpd::ToneId::kCongestion);
    if (decided && o.ambiguousWith == kind.tone) return true;
  }
  return false;
}

}  // namespace

int sweepTones(const Options& options) {
  const Speech speech(options.examples);
  Table byCondition("tone within limits"), byPlan("by plan");
  int beeps = 0;
  for (const cpd::TonePlan& plan : cpd::builtInTonePlans()) {
    for (const Kind& kind : kKinds) {
      const cpd::Cadence& cadence = plan.*kind.cadence;
      if (cadence.steps.empty()) continue;
      for (int c = 0; c < kConditions; ++c) {
        for (int n = 0; n < options.seeds; ++n) {
          Random random = options.draw(n, c);
          media::ToneOptions how;
          how.hzFactor = random.between(0.985, 1.015);
          how.timeFactor = random.between(0.95, 1.05);
          how.twistDb = random.between(-6, 6);
          how.dbm0 = random.between(-35, -5) - 3;
          const double period = periodMs(cadence) * how.timeFactor;
          how.startMs = random.chance(0.3) ? random.between(0, period) : 0;
          const double ms =
              period == 0 ? 6000
                          : std::max(2.5 * period, kind.verdict == cpd::Verdict::kRingback ? 7000.0 : 4500.0);
          Sound call = quiet(how.startMs > 0 ? 0 : random.between(50, 700));
          std::vector<int16_t> tone(static_cast<size_t>(ms * kSamplesPerMs));
          media::ToneGenerator(media::cadenceSignal(cadence), how).fill(tone);
          call.insert(call.end(), tone.begin(), tone.end());
          const double snr = random.between(kLeastSnrDb, 25);
          const Heard heard = throughLine(std::move(call), static_cast<Condition>(c), snr, random);
          const Said said = hear(plan, heard, cpd::StartAt::kDial);
          const bool ok = right(said, kind);
          byCondition.add(name(kind.tone), nameOf(static_cast<Condition>(c)), ok);
          byPlan.add(plan.code, name(kind.tone), ok);
          beeps += static_cast<int>(said.of(cpd::ObservationKind::kBeep).size());
          if (!ok) {
            const std::string name = std::string(cpd::name(kind.tone)) + "-" + plan.code + "-" +
                                     nameOf(static_cast<Condition>(c)) + "-" + std::to_string(n);
            keepWrong(options, name, heard);
            std::printf("wrong: %s: %s (%d)\n", name.c_str(), said.rule.c_str(),
                        static_cast<int>(said.verdict));
          }
        }
      }
    }
  }
  byCondition.print();
  byPlan.print();
  std::printf("false beeps on tones: %d\n", beeps);
  return 0;
}

}  // namespace sweep
