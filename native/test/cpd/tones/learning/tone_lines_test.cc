#include "cpd/tones/learning/tone_lines.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"
#include "test/cpd/tones/tone_fixture.h"

using cpd::ToneLines;
using cpd::toneLines;

namespace {

// The tone of a cadence from 100 ms on, without noise or coding.
std::vector<int16_t> rendered(const media::Signal& signal, double ms) {
  return tone_fixture::render(signal, {}, 100 + ms, {.noiseDbm0 = {}, .law = 0, .leadMs = 100});
}

std::vector<int16_t> rendered(const std::string& notation, double ms) {
  return rendered(media::cadenceSignal(cpd::parseCadence(notation)), ms);
}

}  // namespace

TEST_CASE("the lines of a tone are found to half a hertz") {
  struct Case {
    std::string notation;
    std::vector<double> hz;
    double modulationHz;  // 0: none
  };
  for (const Case& wanted :
       {Case{"425/400,0/1000", {425}, 0}, Case{"350+440/400,0/1000", {350, 440}, 0},
        Case{"400+425/400,0/1000", {400, 425}, 0}, Case{"950+1400+1800/400,0/1000", {950, 1400, 1800}, 0},
        Case{"400*25/400,0/1000", {400}, 25}, Case{"425*17/400,0/1000", {425}, 17}}) {
    CAPTURE(wanted.notation);
    const ToneLines lines = toneLines(rendered(wanted.notation, 600), 100, 500);
    REQUIRE(lines.hz.size() == wanted.hz.size());
    for (size_t i = 0; i < lines.hz.size(); ++i)
      CHECK(lines.hz[i] == doctest::Approx(wanted.hz[i]).epsilon(0.5 / wanted.hz[i]));
    CHECK(lines.modulationHz.has_value() == (wanted.modulationHz > 0));
    if (lines.modulationHz) CHECK(*lines.modulationHz == doctest::Approx(wanted.modulationHz).epsilon(0.03));
    CHECK(lines.share > 0.95);
  }
}

TEST_CASE("a stretch below 50 ms, and silence, have no lines") {
  CHECK(toneLines(rendered("425/400,0/1000", 600), 100, 149).hz.empty());
  CHECK(toneLines(rendered("425/400,0/1000", 600), 100, 150).hz.size() == 1);
  CHECK(toneLines(std::vector<int16_t>(8000), 100, 900).hz.empty());
  CHECK(toneLines(std::vector<int16_t>(8000), 100, 900).share == 0);
}

TEST_CASE("an overtone is left out, a tone of a pair at twice the frequency is not") {
  media::Signal signal = media::cadenceSignal(cpd::parseCadence("400+1200/400,0/1000"));
  signal.steps[0].gainDb[1] = -14;
  CHECK(toneLines(rendered(signal, 600), 100, 500).hz.size() == 1);
  signal.steps[0].gainDb[1] = -4;
  CHECK(toneLines(rendered(signal, 600), 100, 500).hz.size() == 2);
}

TEST_CASE("a tone is steady, a glide is not") {
  CHECK(cpd::isSteadyTone(rendered("425/400,0/1000", 600), 100, 500));
  CHECK(cpd::isSteadyTone(rendered(media::beepSignal(425, 400, 4), 600), 100, 500));
  CHECK_FALSE(cpd::isSteadyTone(rendered(media::beepSignal(425, 400, 40), 600), 100, 500));
  CHECK(cpd::isSteadyTone(rendered(media::beepSignal(425, 400, 40), 600), 100,
                          180));  // halves too short to measure
}
