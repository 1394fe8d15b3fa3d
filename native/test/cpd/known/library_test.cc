#include "cpd/known/library.h"

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "sweep/random.h"
#include "test/cpd/known/known_fixture.h"

using cpd::known::kMostPrints;
using cpd::known::kUsable;
using cpd::known::Library;
using cpd::known::Match;
using cpd::known::Print;
using cpd::known::Recording;

namespace {

std::vector<Print> drawn(int count, sweep::Random& random) {
  std::vector<Print> prints;
  for (int i = 0; i < count; ++i) prints.push_back((static_cast<Print>(random.below(1 << 28))) | kUsable);
  return prints;
}

}  // namespace

TEST_CASE("every place of every recording is found by its prints, and by no others") {
  sweep::Random random(1);
  std::vector<Recording> recordings;
  for (int i = 0; i < 50; ++i)
    recordings.push_back({.name = std::to_string(i), .prints = drawn(100 + i, random)});
  const Library library(recordings);
  uint32_t first = 0;
  int others = 0;
  for (size_t r = 0; r < recordings.size(); ++r) {
    const std::vector<Print>& prints = recordings[r].prints;
    for (size_t i = Library::kKeyFrames; i < prints.size(); ++i) {
      bool found = false;
      library.lookUp(prints[i], prints[i - Library::kKeyFrames], [&](uint32_t place) {
        found = found || place == first + i;
        others += place != first + i;
      });
      CHECK(found);
      const Match match =
          library.compare(std::span(prints).first(i + 1), first + static_cast<uint32_t>(i), 32);
      CHECK(match.recording == static_cast<int>(r));
      CHECK(match.differing == 0);
    }
    first += static_cast<uint32_t>(prints.size());
  }
  CHECK(others < 40);  // keys in one bucket are told apart by 8 bits
}

TEST_CASE("nothing is compared beyond the begin of a recording or of what was heard") {
  sweep::Random random(2);
  const Library library(
      {{.name = "a", .prints = drawn(100, random)}, {.name = "b", .prints = drawn(100, random)}});
  const std::vector<Print> heard = drawn(60, random);
  CHECK(library.compare(heard, 0, 32).comparedPrints == 1);
  CHECK(library.compare(heard, 100, 32).comparedPrints == 1);
  CHECK(library.compare(heard, 100, 32).recording == 1);
  CHECK(library.compare(heard, 99, 32).comparedPrints == 15);
  CHECK(library.compare(heard, 199, 10).comparedPrints == 10);
  CHECK(library.compare(heard, 200, 32).recording == -1);  // behind the last
  CHECK(library.compare(heard, 4'000'000, 32).recording == -1);
}

TEST_CASE("prints without sound are neither looked for nor compared") {
  sweep::Random random(3);
  std::vector<Print> prints = drawn(100, random);
  for (int i = 40; i < 60; ++i) prints[static_cast<size_t>(i)] &= ~kUsable;
  const Library library({{.name = "a", .prints = prints}});
  int found = 0;
  library.lookUp(prints[50], prints[18], [&](uint32_t) { ++found; });
  CHECK(found == 0);
  CHECK(library.compare(std::span(prints).first(80), 79, 32).comparedPrints == 15);
}

TEST_CASE("an empty library finds nothing, and of a long recording the first eight seconds count") {
  sweep::Random random(4);
  const Library empty({});
  CHECK(empty.empty());
  empty.lookUp(kUsable, kUsable, [](uint32_t) { CHECK(false); });
  const std::vector<Print> prints = drawn(kMostPrints + 50, random);
  const Library library({{.name = "long", .prints = prints}});
  int found = 0;
  const auto count = [&](uint32_t) { ++found; };
  library.lookUp(prints[kMostPrints - 1], prints[kMostPrints - 33], count);
  CHECK(found == 1);
  library.lookUp(prints[kMostPrints], prints[kMostPrints - 32], count);
  CHECK(found == 1);
}

TEST_CASE("what is alike everywhere does not make a look long") {
  sweep::Random random(3);
  const std::vector<Print> prints = drawn(200, random);
  const Library library(std::vector<Recording>(1000, {.name = "the same", .prints = prints}));
  uint32_t places = 0;
  library.lookUp(prints[100], prints[100 - Library::kKeyFrames], [&](uint32_t) { ++places; });
  CHECK(places > 0);
  CHECK(places <= Library::kMostPlaces);
}
