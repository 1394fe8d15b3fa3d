// Silence is only what is silent: in doubt somebody may have spoken, too softly to be told from the noise.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "cpd/analyze.h"
#include "test/cpd/detector_fixture.h"

using cpd::StartAt;
using cpd::Verdict;
using detector_fixture::settings;

namespace {

// A line's noise, and once a sound without any voice in it, so long and so loud.
Verdict heard(double soundMs, double soundDbm0) {
  constexpr double kNoiseDbm0 = -44;
  std::vector<int16_t> audio(6 * 8000);
  media::NoiseGenerator(11, kNoiseDbm0).add(audio);
  std::vector<int16_t> sound(static_cast<size_t>(soundMs * 8));
  media::NoiseGenerator(12, soundDbm0).add(sound);
  for (size_t i = 0; i < sound.size(); ++i)
    audio[16000 + i] = static_cast<int16_t>(audio[16000 + i] + sound[i]);
  return cpd::analyze(audio, *settings(), StartAt::kAnswer).verdict;
}

}  // namespace

TEST_CASE("the noise of a line, and a click on it, are silence") {
  CHECK(heard(0, -90) == Verdict::kSilence);
  CHECK(heard(30, -20) == Verdict::kSilence);
}

TEST_CASE("a sound as long as a syllable that stands out of the noise is in doubt") {
  CHECK(heard(120, -37) == Verdict::kUnknown);
  CHECK(heard(200, -37) == Verdict::kUnknown);
}
