// Special information tones with their categories; fax, modem and text telephone signals.
#include <algorithm>
#include <cstdio>

#include "media/tone_generator.h"
#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {

namespace {

Sound rendered(const media::Signal& signal, double ms, const media::ToneOptions& how) {
  std::vector<int16_t> samples(static_cast<size_t>(ms * kSamplesPerMs));
  media::ToneGenerator(signal, how).fill(samples);
  return Sound(samples.begin(), samples.end());
}

void sweepSit(const Options& options, const Speech& speech) {
  static constexpr const char* kNames[] = {"", "IC", "VC", "RO'", "RO\"", "NC'", "NC\"", "R1", "R2", "ITU"};
  static constexpr const char* kForms[] = {"alone", "repeated", "with message", "clipped",
                                           "clipped, message"};
  Table found("SIT found"), category("category, of all"), byForm("found by form");
  const cpd::TonePlan& plan = *cpd::findTonePlan("US");
  for (int sit = 1; sit <= 9; ++sit) {
    for (int c = 0; c < kConditions; ++c) {
      for (int n = 0; n < options.seeds; ++n) {
        Random random = options.draw(n, 100 * sit + c);
        const int form = n % 5;
        media::ToneOptions how;
        how.hzFactor = random.between(0.994, 1.006);
        how.timeFactor = random.between(0.96, 1.04);
        how.dbm0 = random.between(-32, -8);
        if (form >= 3) how.startMs = random.between(20, 220);
        const media::Signal signal = media::sitSignal(static_cast<cpd::SitCategory>(sit));
        Sound call = quiet(form >= 3 ? 0 : random.between(50, 700));
        append(call, rendered(signal, 1250, how));
        if (form == 1) {
          append(call, quiet(random.between(400, 1000)));
          how.startMs = 0;
          append(call, rendered(signal, 1250, how));
        }
        if (form == 2 || form == 4)
          append(call, speech.any("announcement", how.dbm0 - random.between(-3, 3), random));
        append(call, quiet(1500));
        const Heard heard =
            throughLine(std::move(call), static_cast<Condition>(c), random.between(12, 25), random);
        const Said said = hear(plan, heard, cpd::StartAt::kDial);
        const bool is = said.verdict == cpd::Verdict::kSit;
        found.add(kNames[sit], nameOf(static_cast<Condition>(c)), is);
        byForm.add(kForms[form], nameOf(static_cast<Condition>(c)), is);
        category.add(kNames[sit], nameOf(static_cast<Condition>(c)),
                     is && said.sit == static_cast<cpd::SitCategory>(sit));
        if (!is || said.sit != static_cast<cpd::SitCategory>(sit)) {
          const std::string name = std::string("sit-") + kNames[sit] + "-" + kForms[form] + "-" +
                                   nameOf(static_cast<Condition>(c)) + "-" + std::to_string(n);
          std::printf("wrong: %s: %s, category %d\n", name.c_str(), said.rule.c_str(),
                      static_cast<int>(said.sit));
          keepWrong(options, name, heard);
        }
      }
    }
  }
  found.print();
  byForm.print();
  category.print();
}

void sweepFax(const Options& options) {
  const struct {
    const char* name;
    media::Signal signal;
    double ms, hzLimit;
    cpd::Verdict verdict;
  } kinds[] = {
      {"CED", media::cedSignal(), 3300, 0.006, cpd::Verdict::kFax},
      {"CED and V.21", media::faxAnswerSignal(), 5500, 0.003, cpd::Verdict::kFax},
      {"V.21 preamble", media::v21PreambleSignal(), 1300, 0.003, cpd::Verdict::kFax},
      {"CNG", media::cngSignal(), 8000, 0.02, cpd::Verdict::kFax},
      {"ANS with reversals", media::ansSignal(true), 3300, 0.006, cpd::Verdict::kFax},
      {"ANSam", media::ansamSignal(false), 4000, 0.0006, cpd::Verdict::kFax},
      {"ANSam, reversals", media::ansamSignal(true), 4000, 0.0006, cpd::Verdict::kFax},
      {"Bell answer", media::bellAnswerSignal(), 3300, 0.006, cpd::Verdict::kModem},
      {"V.22 answer", media::v22AnswerSignal(), 3300, 0.003, cpd::Verdict::kModem},
      {"TTY", media::ttySignal("HELLO GA"), 2500, 0.005, cpd::Verdict::kModem},
  };
  Table table("fax, modem, TTY");
  for (const auto& kind : kinds) {
    for (int c = 0; c < kConditions; ++c) {
      for (int n = 0; n < options.seeds; ++n) {
        Random random = options.draw(n, c);
        media::ToneOptions how;
        how.hzFactor = random.between(1 - kind.hzLimit, 1 + kind.hzLimit);
        how.dbm0 = random.between(-35, -8);
        Sound call = quiet(random.between(200, 2400));
        append(call, rendered(kind.signal, kind.ms, how));
        append(call, quiet(1500));
        const Heard heard =
            throughLine(std::move(call), static_cast<Condition>(c), random.between(12, 25), random);
        const Said said = hear(*cpd::findTonePlan("US"), heard, cpd::StartAt::kAnswer);
        const bool ok = said.verdict == cpd::Verdict::kFax || said.verdict == cpd::Verdict::kModem;
        table.add(kind.name, nameOf(static_cast<Condition>(c)), ok);
        if (!ok) {
          const std::string name = std::string("fax-") + kind.name + "-" + nameOf(static_cast<Condition>(c)) +
                                   "-" + std::to_string(n);
          std::printf("wrong: %s: %s (%d)\n", name.c_str(), said.rule.c_str(),
                      static_cast<int>(said.verdict));
          keepWrong(options, name, heard);
        }
      }
    }
  }
  table.print();
}

}  // namespace

int sweepSpecial(const Options& options) {
  sweepSit(options, Speech(options.examples));
  sweepFax(options);
  return 0;
}

}  // namespace sweep
