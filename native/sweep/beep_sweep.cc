// Voicemail beeps of many kinds after a greeting, and what is none: progress tones, digits, whistles, vowels.
#include <algorithm>
#include <cstdio>

#include "media/tone_generator.h"
#include "sweep/beep_call_generator.h"

namespace sweep {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr int32_t kStartWithinMs = 60;

bool found(const Said& said, double startMs) {
  for (const cpd::Observation& o : said.of(cpd::ObservationKind::kBeep))
    if (std::abs(o.startMs - startMs) <= kStartWithinMs) return true;
  return false;
}

// Beeps that were found outside of it.
int elsewhere(const Said& said, double startMs, double endMs) {
  int n = 0;
  for (const cpd::Observation& o : said.of(cpd::ObservationKind::kBeep))
    n += o.endMs < startMs - 100 || o.startMs > endMs + 300 ? 1 : 0;
  return n;
}

void sweepFound(const Options& options, const Speech& speech) {
  const cpd::TonePlan& plan = *cpd::findTonePlan("US");
  Table table("beep within 60 ms");
  int falseBeeps = 0;
  double falseHours = 0;
  for (int k = 0; k < kBeepKinds; ++k) {
    for (int c = 0; c < kConditions; ++c) {
      for (int n = 0; n < options.seeds; ++n) {
        const BeepCall call =
            beepCall(options, speech, static_cast<BeepKind>(k), static_cast<Condition>(c), n);
        const Heard& heard = call.heard;
        const Said said = hear(plan, heard, cpd::StartAt::kAnswer);
        const bool ok = found(said, call.startMs);
        table.add(nameOf(static_cast<BeepKind>(k)), nameOf(static_cast<Condition>(c)), ok);
        const int others = elsewhere(said, call.startMs, call.endMs);
        falseBeeps += others;
        falseHours += static_cast<double>(heard.samples.size()) / 8000 / 3600;
        if (!ok || others > 0) {
          const std::string name = std::string(ok ? "false-" : "missed-") + nameOf(static_cast<BeepKind>(k)) +
                                   "-" + nameOf(static_cast<Condition>(c)) + "-" + std::to_string(n);
          std::printf("%s: true %.0f to %.0f ms", name.c_str(), call.startMs, call.endMs);
          for (const cpd::Observation& o : said.of(cpd::ObservationKind::kBeep))
            std::printf(", heard %d to %d at %.0f Hz", o.startMs, o.endMs, static_cast<double>(o.hz[0]));
          std::printf("\n");
          keepWrong(options, name, heard);
        }
      }
    }
  }
  table.print();
  std::printf("false beeps in these calls: %d in %.2f h\n", falseBeeps, falseHours);
}

// A whistled tune or signal: glides, wavers by some 5 times a second, swells.
Sound whistle(Random& random) {
  Sound x;
  double hz = random.between(700, 1800);
  for (int note = 0; note < 6; ++note) {
    const double toHz = std::clamp(hz * random.between(0.7, 1.4), 600.0, 2200.0);
    const auto n = static_cast<size_t>(random.between(150, 700) * kSamplesPerMs);
    const double vibratoHz = random.between(4, 7), depth = random.between(0.004, 0.02);
    double phase = 0;
    for (size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) / 8000, part = static_cast<double>(i) / static_cast<double>(n);
      const double at = part < 0.3 ? hz + (toHz - hz) * part / 0.3 : toHz;
      phase += kTurn * at * (1 + depth * std::sin(kTurn * vibratoHz * t)) / 8000;
      x.push_back(static_cast<float>(peakAt(-15) * std::sin(phase) * std::sin(std::numbers::pi * part) *
                                     (1 + 0.1 * random.normal())));
    }
    hz = toHz;
    if (random.chance(0.4)) append(x, quiet(random.between(40, 300)));
  }
  return x;
}

// Somebody holds vowels ("hellooo", "mmm"): pulses of a nearly steady pitch through two or three formants.
Sound vowels(Random& random) {
  Sound x;
  for (int word = 0; word < 4; ++word) {
    const double pitch = random.between(90, 420), rise = random.between(0.97, 1.03);
    const double formants[3] = {random.between(250, 750), random.between(800, 2200),
                                random.between(2300, 3000)};
    const double weights[3] = {1, random.between(0.02, 0.5), random.between(0.01, 0.2)};
    const auto n = static_cast<size_t>(random.between(150, 700) * kSamplesPerMs);
    const double attack = random.between(25, 80);
    double phase = 0;
    for (size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) / 8000, part = static_cast<double>(i) / static_cast<double>(n);
      const double wobble = 1 + 0.006 * std::sin(kTurn * 5.3 * t) + (rise - 1) * part;
      const double f0 = pitch * wobble;
      phase += kTurn * f0 / 8000;
      double v = 0;
      for (int k = 1; k * f0 < 3400; ++k) {
        double gain = 0;
        for (int f = 0; f < 3; ++f) {
          const double off = (k * f0 - formants[f]) / (60 + 30 * f);
          gain += weights[f] / (1 + off * off);
        }
        v += gain * std::sin(k * phase + k * k);
      }
      const double edge = std::min({1.0, t * 1000 / attack, static_cast<double>(n - i) / 8 / attack});
      x.push_back(static_cast<float>(v * edge));
    }
    append(x, quiet(random.between(20, 400)));
  }
  const double gain = peakAt(-18) / 1.41 / std::max(1e-9, activeRms(x));
  for (float& v : x) v = static_cast<float>(gain * v);
  return x;
}

void addNone(Table& table, const Options& options, const char* what, const cpd::TonePlan& plan,
             const Sound& call, int n) {
  for (const Condition c :
       {Condition::kClean, Condition::kWhite, Condition::kHum, Condition::kGsm, Condition::kLossSilent}) {
    Random random(options.seed * 31337 + static_cast<uint64_t>(n) * 7919 + static_cast<uint64_t>(c));
    const Heard heard = throughLine(call, c, random.between(12, 25), random);
    const Said said = hear(plan, heard, cpd::StartAt::kAnswer);
    const auto beeps = said.of(cpd::ObservationKind::kBeep);
    table.add(what, nameOf(c), beeps.empty());
    if (!beeps.empty()) {
      const std::string name =
          std::string("none-") + what + "-" + plan.code + "-" + nameOf(c) + "-" + std::to_string(n);
      std::printf("%s: heard %d to %d at %.0f Hz\n", name.c_str(), beeps[0].startMs, beeps[0].endMs,
                  static_cast<double>(beeps[0].hz[0]));
      keepWrong(options, name, heard);
    }
  }
}

Sound rendered(const media::Signal& signal, double ms, double dbm0) {
  media::ToneOptions how;
  how.dbm0 = dbm0;
  std::vector<int16_t> samples(static_cast<size_t>(ms * kSamplesPerMs));
  media::ToneGenerator(signal, how).fill(samples);
  return Sound(samples.begin(), samples.end());
}

void sweepNone(const Options& options, const Speech& speech) {
  Table table("no beep on");
  for (int n = 0; n < options.seeds; ++n) {
    Random random(options.seed * 104729 + static_cast<uint64_t>(n));
    const cpd::TonePlan& plan = cpd::builtInTonePlans()[static_cast<size_t>(random.below(46))];
    const auto withLead = [&random](const Sound& sound, bool person, const Speech& voices) {
      Sound call = quiet(random.between(100, 900));
      if (person) {
        append(call, voices.any("live", random.between(-28, -14), random));
        append(call, quiet(random.between(100, 800)));
      }
      append(call, sound);
      append(call, quiet(1500));
      return call;
    };
    for (const bool after : {false, true}) {
      const auto add = [&](const char* what, const media::Signal& signal, double ms) {
        const std::string name = std::string(what) + (after ? " after speech" : "");
        addNone(table, options, name.c_str(), plan,
                withLead(rendered(signal, ms, random.between(-30, -10)), after, speech), n);
      };
      add("ringback", media::cadenceSignal(plan.ringback), 9000);
      add("busy", media::cadenceSignal(plan.busy), 5000);
      add("congestion", media::cadenceSignal(plan.congestion), 5000);
      add("dial tone", media::cadenceSignal(plan.dial), 4000);
      std::string digits;
      for (int i = 0; i < 6; ++i) digits += "0123456789*#ABCD"[random.below(16)];
      add("DTMF", media::dtmfSignal(digits, random.between(50, 250), random.between(50, 250)), 4000);
      add("SIT", media::sitSignal(static_cast<cpd::SitCategory>(1 + random.below(9))), 2500);
      add("fax answer", media::faxAnswerSignal(), 6000);
      add("CNG", media::cngSignal(), 8000);
    }
    addNone(table, options, "whistle", plan, withLead(whistle(random), false, speech), n);
    addNone(table, options, "vowels", plan, withLead(vowels(random), false, speech), n);
  }
  table.print();
}

}  // namespace

int sweepBeeps(const Options& options) {
  const Speech speech(options.examples);
  sweepFound(options, speech);
  sweepNone(options, speech);
  return 0;
}

}  // namespace sweep
