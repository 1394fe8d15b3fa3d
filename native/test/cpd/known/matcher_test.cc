// A recording that is known is recognised on any line; nothing else is.
#include "cpd/known/matcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "media/tone_generator.h"
#include "test/cpd/known/known_fixture.h"

using cpd::known::Library;
using cpd::known::Matcher;
using cpd::known::MatchLimits;
using known_fixture::call;
using known_fixture::libraryOf;
using known_fixture::machines;
using known_fixture::matchOf;
using sweep::Condition;

TEST_CASE("a known recording is recognised over noise, losses, another clock, softer, and begun late") {
  const Library library = libraryOf(machines());
  sweep::Random random(3);
  for (int c = 0; c < sweep::kConditions; ++c) {
    const auto condition = static_cast<Condition>(c);
    int calls = 0, found = 0;
    for (size_t i = 0; i < machines().size(); i += 2) {
      const std::string& name = machines()[i];
      const double lateMs = c % 2 == 0 ? 0 : random.between(0, 700);
      const auto heard =
          call(name, condition, 300 + random.between(0, 20), lateMs, random.between(-35, -14), random);
      ++calls;
      const auto match = matchOf(heard, library);
      if (!match) continue;
      ++found;
      CHECK(library.recordings()[static_cast<size_t>(match->recording)].name == name);
      CHECK(match->comparedPrints >= MatchLimits{}.leastPrints);
    }
    CAPTURE(std::string(nameOf(condition)));
    CAPTURE(found);
    CHECK(found >= calls - 2);
  }
}

TEST_CASE("a greeting that is not known, a person, tones, noise and music are no recording") {
  std::vector<std::string> odd, even;
  for (size_t i = 0; i < machines().size(); ++i) (i % 2 == 0 ? even : odd).push_back(machines()[i]);
  const Library library = libraryOf(even);
  sweep::Random random(5);
  for (const std::string& name : odd) {
    CAPTURE(name);
    CHECK_FALSE(matchOf(call(name, Condition::kClean, 300, 0, -20, random), library));
  }
  for (const char* name :
       {"live-06-en", "live-08-en", "live-09-en", "live-18-en", "live-23-de", "live-27-fr", "music-1"}) {
    CAPTURE(std::string(name));
    CHECK_FALSE(matchOf(call(name, Condition::kAll, 300, 0, -20, random), library));
  }
}

TEST_CASE("nothing is said before enough was heard") {
  const Library library = libraryOf({"machine-01-en"});
  sweep::Random random(7);
  sweep::Heard heard = call("machine-01-en", Condition::kClean, 300, 0, -20, random);
  const auto until = [&](size_t ms) {
    sweep::Heard begun = heard;
    begun.samples.resize(ms * 8 / cpd::kFrameSamples * cpd::kFrameSamples);
    return matchOf(begun, library).has_value();
  };
  CHECK_FALSE(until(300 + 1400));
  CHECK(until(300 + 3500));
}

TEST_CASE("the limits: one print less, or one bit in a hundred more, is no match") {
  const MatchLimits limits;
  CHECK(limits.isMatch({0, 12, 0.08f}));
  CHECK_FALSE(limits.isMatch({0, 11, 0.0f}));
  CHECK_FALSE(limits.isMatch({0, 12, 0.085f}));
  CHECK(limits.isMatch({0, 16, 0.12f}));
  CHECK_FALSE(limits.isMatch({0, 16, 0.13f}));
  CHECK(limits.isMatch({0, 32, 0.16f}));
  CHECK_FALSE(limits.isMatch({0, 32, 0.165f}));
}

TEST_CASE("what was heard is kept from its first sound on, up to eight seconds") {
  const Library nothing({});
  Matcher matcher;
  sweep::Random random(9);
  sweep::Heard heard = call("machine-10-de", Condition::kClean, 300, 0, -20, random);
  for (int more = 0; more < 2; ++more)
    heard.samples.insert(heard.samples.end(), heard.samples.begin(), heard.samples.end());
  heard.lost.resize(heard.samples.size() / cpd::kFrameSamples);
  CHECK_FALSE(matchOf(heard, nothing, matcher));
  CHECK(matcher.isFull());
  CHECK(matcher.heard().size() == cpd::known::kMostPrints);
  CHECK((matcher.heard().front() & cpd::known::kUsable) != 0);
  matcher.clear();
  CHECK(matcher.heard().empty());
}

// What is heard on a call is learnt as it was heard: with the line's noise, late, and softly.
TEST_CASE("what was learnt from one call is recognised on another line") {
  sweep::Random random(11);
  int found = 0;
  for (size_t i = 0; i < machines().size(); i += 3) {
    const std::string& name = machines()[i];
    Matcher first;
    const Library nothing({});
    matchOf(call(name, Condition::kAll, 300, 0, -30, random), nothing, first);
    const Library library({{.name = name, .prints = cpd::known::trimmed(first.heard())}});
    found += matchOf(call(name, Condition::kAll, 407, 300, -18, random), library).has_value() ? 1 : 0;
  }
  CHECK(found >= 4);
}
