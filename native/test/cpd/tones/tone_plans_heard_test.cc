// Every tone of every plan, nominal and at the limits, has to be named.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"
#include "test/cpd/tones/tone_fixture.h"

using cpd::Cadence;
using media::cadenceSignal;
using media::ToneOptions;
using tone_fixture::Line;
using tone_fixture::namesHeard;

namespace {

struct Condition {
  const char* name;
  ToneOptions options;
  Line line;
};

std::vector<Condition> conditions() {
  Condition nominal{"nominal", {}, {}};
  Condition high{"high, slow and soft, A-law", {}, {}};
  high.options.hzFactor = 1.015;
  high.options.timeFactor = 1.1;
  high.options.dbm0 = -39.5;
  high.line.law = 'a';
  Condition low{"low, fast and loud, twisted", {}, {}};
  low.options.hzFactor = 0.985;
  low.options.timeFactor = 0.9;
  low.options.dbm0 = -10;
  low.options.twistDb = 6;
  Condition noisy{"noise 12 dB below, losses concealed, offset", {}, {}};
  noisy.options.twistDb = -6;
  noisy.line.noiseDbm0 = -32;
  noisy.line.loseEvery = 83;
  noisy.line.lossKnown = false;
  noisy.line.offset = 300;
  return {nominal, high, low, noisy};
}

double periodMs(const Cadence& cadence) {
  double sum = 0;
  for (const cpd::ToneStep& step : cadence.steps) sum += step.ms;
  return sum;
}

std::string rhythm(const Cadence& cadence) {
  std::string text;
  for (const cpd::ToneStep& step : cadence.steps)
    text += std::to_string(step.hz1) + "+" + std::to_string(step.hz2) + "/" + std::to_string(step.ms) + ",";
  return text;
}

bool soundAlike(const Cadence& a, const Cadence& b) {
  const std::string one = rhythm(a), two = rhythm(b);
  return one == two || one == two + two || two == one + one;
}

}  // namespace

TEST_CASE("every tone of every plan is named at nominal and limit values") {
  for (const cpd::TonePlan& plan : cpd::builtInTonePlans()) {
    const auto set = cpd::makeToneSet(plan);
    const bool alike = soundAlike(plan.busy, plan.congestion);
    const struct {
      std::string name;
      const Cadence& cadence;
      double periods;
    } tones[] = {
        {"dialtone", plan.dial, 2.2},
        {"ringback", plan.ringback, 1.6},
        {alike ? "busy|congestion" : "busy", plan.busy, 3.2},
        {alike ? "busy|congestion" : "congestion", plan.congestion, 3.2},
        {"number_unobtainable", plan.numberUnobtainable, 2.5},
    };
    for (const auto& tone : tones) {
      if (tone.cadence.steps.empty()) continue;
      for (const Condition& condition : conditions()) {
        CAPTURE(plan.code);
        CAPTURE(condition.name);
        const double period = periodMs(tone.cadence);
        const double ms = (period == 0 ? 3100 : period * tone.periods * condition.options.timeFactor) + 450;
        CHECK(namesHeard(set, cadenceSignal(tone.cadence), condition.options, ms, condition.line) ==
              tone.name);
      }
    }
  }
}

TEST_CASE("every national information tone is a SIT under its own plan") {
  for (const cpd::TonePlan& plan : cpd::builtInTonePlans()) {
    CAPTURE(plan.code);
    const double ms = std::max(2.2 * periodMs(plan.info), 1500.0) + 400;
    const auto named = tone_fixture::recognised(
        tone_fixture::hear(cpd::makeToneSet(plan), tone_fixture::render(cadenceSignal(plan.info), {}, ms)));
    REQUIRE_FALSE(named.empty());
    for (const cpd::ToneEvent& event : named) CHECK(event.tone == cpd::ToneId::kSit);
  }
}

TEST_CASE("outside the limits nothing of the plan is heard") {
  for (const char* const code : {"US", "GB", "DE", "FR", "JP", "AU", "BR", "IN", "CN", "ES"}) {
    const cpd::TonePlan& plan = *cpd::findTonePlan(code);
    const auto own = cpd::makeToneSet(plan, {});
    const Cadence* const tones[] = {&plan.ringback, &plan.busy, &plan.congestion};
    for (const Cadence* tone : tones) {
      CAPTURE(code);
      CAPTURE(rhythm(*tone));
      const double ms = std::min(3.2 * periodMs(*tone), 8000.0);
      ToneOptions high, low, soft, equalNoise;
      high.hzFactor = 1.09;
      low.hzFactor = 0.91;
      soft.dbm0 = -49;
      Line aLaw, noise;
      aLaw.law = 'a';
      noise.noiseDbm0 = -16.5;  // 0 dB against the sum of two at -20
      CHECK(namesHeard(own, cadenceSignal(*tone), high, ms) == "");
      CHECK(namesHeard(own, cadenceSignal(*tone), low, ms) == "");
      CHECK(namesHeard(own, cadenceSignal(*tone), soft, ms, aLaw) == "");
      CHECK(namesHeard(own, cadenceSignal(*tone), equalNoise, ms, noise) == "");
    }
  }
}

TEST_CASE("a rhythm outside the limits is not the plan's busy") {
  const auto own = cpd::makeToneSet(*cpd::findTonePlan("DE"), {});
  for (const char* const wrong :
       {"425/330,0/330", "425/650,0/650", "425/480,0/700", "425/700,0/480", "425/90,0/90"})
    CHECK(namesHeard(own, cadenceSignal(cpd::parseCadence(wrong)), {}, 5000) == "");
}

TEST_CASE("a beat in another rhythm is not the plan's ringback, also heard from inside a burst") {
  const auto own = cpd::makeToneSet(*cpd::findTonePlan("US"), {});
  for (const char* const wrong : {"440+480/1120,0/2240", "440+480/3300,0/6600"})
    for (const double leadMs : {0, 137}) {
      Line line;
      line.leadMs = leadMs;
      CHECK(namesHeard(own, cadenceSignal(cpd::parseCadence(wrong)), {}, 9000, line) == "");
    }
}

TEST_CASE("a pair more than 12 dB apart is a single tone") {
  const auto own = cpd::makeToneSet(*cpd::findTonePlan("US"), {});
  ToneOptions twisted;
  twisted.twistDb = 14;
  CHECK(namesHeard(own, cadenceSignal(cpd::findTonePlan("US")->busy), twisted, 4000) == "");
  twisted.twistDb = -14;
  CHECK(namesHeard(own, cadenceSignal(cpd::findTonePlan("US")->busy), twisted, 4000) == "");
}
