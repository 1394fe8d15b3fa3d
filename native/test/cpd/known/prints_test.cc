#include "cpd/known/prints.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cpd/known/library.h"
#include "media/tone_generator.h"
#include "test/cpd/known/known_fixture.h"

using cpd::known::fingerprint;
using cpd::known::kUsable;
using cpd::known::Print;
using known_fixture::voice;

TEST_CASE("the prints are those of the sound, whatever its level") {
  std::vector<int16_t> soft = voice("machine-02-en");
  const std::vector<Print> loud = fingerprint(soft);
  for (int16_t& sample : soft) sample = static_cast<int16_t>(sample / 4);
  const std::vector<Print> prints = fingerprint(soft);
  REQUIRE(prints.size() == loud.size());
  int differing = 0;
  for (size_t i = 0; i < loud.size(); ++i) differing += cpd::known::differingBits(prints[i], loud[i]);
  CHECK(differing < static_cast<int>(loud.size()));  // of 28 bits each
}

TEST_CASE("of two voices half of the bits differ") {
  const std::vector<Print> a = fingerprint(voice("machine-02-en")), b = fingerprint(voice("machine-05-en"));
  int differing = 0, compared = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if ((a[i] & b[i] & kUsable) == 0) continue;
    differing += cpd::known::differingBits(a[i], b[i]);
    compared += cpd::known::kPrintBits;
  }
  REQUIRE(compared > 1000);
  CHECK(differing > compared * 2 / 5);
  CHECK(differing < compared * 3 / 5);
}

TEST_CASE("silence, noise of a line and tones have no usable print") {
  std::vector<int16_t> samples(8 * 4000);
  CHECK(fingerprint(samples).empty());
  media::NoiseGenerator(3, -62).add(samples);
  CHECK(fingerprint(samples).empty());
  for (const media::Signal& signal : {media::Signal{{{.hz = {425}}}}, media::Signal{{{.hz = {440, 480}}}},
                                      media::Signal{{{.hz = {950}}}}}) {
    media::ToneOptions options;
    options.dbm0 = -15;
    media::ToneGenerator generator(signal, options);
    generator.fill(samples);
    CHECK(fingerprint(samples).empty());
  }
}

TEST_CASE("prints begin and end with sound") {
  std::vector<int16_t> samples(8 * 1500);
  const std::vector<int16_t> words = voice("machine-02-en");
  samples.insert(samples.end(), words.begin(), words.end());
  samples.resize(samples.size() + 8 * 1500);
  const std::vector<Print> prints = fingerprint(samples);
  REQUIRE(!prints.empty());
  CHECK((prints.front() & kUsable) != 0);
  CHECK((prints.back() & kUsable) != 0);
  CHECK(cpd::known::usablePrints(prints) > 75);
}
