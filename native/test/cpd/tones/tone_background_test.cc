// Tones over mains hum and held notes, which their lines must not be mistaken for.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "cpd/tones/plan/tone_plan.h"
#include "test/cpd/tones/tone_fixture.h"

using media::cadenceSignal;
using tone_fixture::hear;
using tone_fixture::namesIn;

namespace {

// Mixes hum with its harmonics from 300 to 480 Hz, all together at `dbm0`, into the samples.
void addHum(std::vector<int16_t>& samples, double mainsHz, double dbm0) {
  std::vector<double> harmonics;
  for (double hz = mainsHz; hz <= 480; hz += mainsHz)
    if (hz >= 300) harmonics.push_back(hz);
  media::ToneOptions options;
  options.dbm0 = dbm0 - 10 * std::log10(static_cast<double>(harmonics.size()));
  for (const double hz : harmonics) {
    media::SignalStep step;
    step.hz[0] = hz;
    media::ToneGenerator({{step}, false}, options).add(samples);
  }
}

}  // namespace

TEST_CASE("hum 12 dB below hides no progress tone") {
  for (const char* const code : {"US", "DE", "AT", "NO", "CN", "JP", "FR", "IL"}) {
    const cpd::TonePlan& plan = *cpd::findTonePlan(code);
    const struct {
      const char* name;
      const cpd::Cadence& cadence;
      double ms;
    } tones[] = {{"ringback", plan.ringback, 7500}, {"busy", plan.busy, 5000}};
    for (const auto& tone : tones) {
      for (const double mainsHz : {50.0, 60.0}) {
        CAPTURE(code);
        CAPTURE(tone.name);
        CAPTURE(mainsHz);
        tone_fixture::Line line;
        line.leadMs = 400;
        auto samples = tone_fixture::render(cadenceSignal(tone.cadence), {}, tone.ms, line);
        addHum(samples, mainsHz, -32);
        const std::string names = namesIn(hear(cpd::makeToneSet(plan), samples));
        CHECK(names.substr(0, names.find('|')) == tone.name);
      }
    }
  }
}

TEST_CASE("hum alone is no progress tone but where it sounds exactly like one") {
  for (const double mainsHz : {50.0, 60.0}) {
    std::vector<int16_t> samples(80000, 0);
    addHum(samples, mainsHz, -25);
    CHECK(namesIn(hear(cpd::makeToneSet(*cpd::findTonePlan("US")), samples)) == "");
    CHECK(namesIn(hear(cpd::makeToneSet(*cpd::findTonePlan("DE")), samples)) == "");
  }
}

TEST_CASE("a tone that goes on is not its own background") {
  const auto set = cpd::makeToneSet(*cpd::findTonePlan("US"));
  tone_fixture::Line torn;
  torn.loseEvery = 7;
  torn.lossKnown = false;
  const auto samples =
      tone_fixture::render(cadenceSignal(cpd::findTonePlan("US")->ringback), {}, 14000, torn);
  CHECK(namesIn(hear(set, samples, torn)) == "ringback");
}
