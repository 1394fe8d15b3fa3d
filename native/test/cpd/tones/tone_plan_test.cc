#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>

#include "cpd/tones/plan/tone_plan.h"

using cpd::Cadence;
using cpd::parseCadence;

namespace {

std::string refusal(const char* notation) {
  try {
    parseCadence(notation);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a cadence is read step by step") {
  const Cadence ringback = parseCadence("440+480/2000,0/4000");
  REQUIRE(ringback.steps.size() == 2);
  CHECK(ringback.steps[0].hz1 == 440);
  CHECK(ringback.steps[0].hz2 == 480);
  CHECK(ringback.steps[0].hz3 == 0);
  CHECK(ringback.steps[0].ms == 2000);
  CHECK(ringback.steps[1].hz1 == 0);
  CHECK(ringback.steps[1].ms == 4000);
  CHECK_FALSE(ringback.once);

  const Cadence india = parseCadence(" 400*25/400 , 0/200 ");
  CHECK(india.steps[0].modHz == 25);
  CHECK(india.steps[0].hz2 == 0);

  const Cadence turkish = parseCadence("950+1400+1800/300,0/1000");
  CHECK(turkish.steps[0].hz3 == 1800);

  const Cadence dial = parseCadence("350+440/0");
  CHECK(dial.steps.size() == 1);
  CHECK(dial.steps[0].ms == 0);
  CHECK_FALSE(dial.once);
}

TEST_CASE("0/0 at the end means once") {
  const Cadence sit = parseCadence("950/330,1400/330,1800/330,0/0");
  CHECK(sit.once);
  CHECK(sit.steps.size() == 3);
}

TEST_CASE("an empty notation is an unknown tone") { CHECK(parseCadence("").steps.empty()); }

TEST_CASE("a bad cadence names the step and what is expected") {
  CHECK(refusal("440+480") == "step 1 \"440+480\": expected FREQUENCIES/MS, as 440+480/2000");
  CHECK(refusal("440/500,x/500") ==
        "step 2 \"x/500\": expected 0 for silence, or frequencies of 50 to 3999 Hz");
  CHECK(refusal("440/-5").find("duration") != std::string::npos);
  CHECK(refusal("440/5s").find("duration") != std::string::npos);
  CHECK(refusal("440/99999").find("60000") != std::string::npos);
  CHECK(refusal("440/0,0/500").find("only the last step") != std::string::npos);
  CHECK(refusal("1+2+3+4/5").find("50 to 3999") != std::string::npos);
  CHECK(refusal("100+200+300+400/5").find("at most three") != std::string::npos);
  CHECK(refusal("400*2/5").find("modulation") != std::string::npos);
  CHECK(refusal("400+450*20/5").find("one frequency") != std::string::npos);
  CHECK(refusal("0*20/5").find("silence") != std::string::npos);
  CHECK(refusal("4000/5").find("3999") != std::string::npos);
  CHECK(refusal("nan/5").find("3999") != std::string::npos);
  CHECK(refusal("0/0").find("a tone") != std::string::npos);
  CHECK(refusal("440/500,").find("step 2") != std::string::npos);
}

TEST_CASE("46 plans, each with dial, ringback, busy, congestion and info") {
  const auto& plans = cpd::builtInTonePlans();
  CHECK(plans.size() == 46);
  std::set<std::string> codes;
  for (const cpd::TonePlan& plan : plans) {
    CAPTURE(plan.code);
    codes.insert(plan.code);
    CHECK_FALSE(plan.name.empty());
    CHECK_FALSE(plan.dial.steps.empty());
    CHECK_FALSE(plan.ringback.steps.empty());
    CHECK_FALSE(plan.busy.steps.empty());
    CHECK_FALSE(plan.congestion.steps.empty());
    CHECK_FALSE(plan.info.steps.empty());
  }
  CHECK(codes.size() == plans.size());
}

TEST_CASE("a plan is found by its code") {
  REQUIRE(cpd::findTonePlan("GB") != nullptr);
  CHECK(cpd::findTonePlan("GB")->name == "United Kingdom");
  CHECK(cpd::findTonePlan("GB")->numberUnobtainable.steps[0].hz1 == 400);
  CHECK(cpd::findTonePlan("XX") == nullptr);
  CHECK(cpd::findTonePlan("") == nullptr);
}
