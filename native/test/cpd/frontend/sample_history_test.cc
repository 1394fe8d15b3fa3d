// The ring of a channel's newest samples.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "cpd/frontend/sample_history.h"

namespace {

// A frame whose samples all have this value.
std::vector<int16_t> level(int16_t value) { return std::vector<int16_t>(cpd::kFrameSamples, value); }

std::vector<int16_t> newest(const cpd::SampleHistory& history, int count) {
  std::vector<int16_t> samples(static_cast<size_t>(count));
  history.copyNewest(count, samples.data());
  return samples;
}

}  // namespace

TEST_CASE("sample history: the newest samples come out oldest first, past the end of the ring") {
  cpd::SampleHistory history;
  std::vector<int16_t> all;
  for (int frame = 0; frame < 20; ++frame) {
    std::vector<int16_t> samples(cpd::kFrameSamples);
    for (int i = 0; i < cpd::kFrameSamples; ++i)
      samples[static_cast<size_t>(i)] = static_cast<int16_t>(frame * cpd::kFrameSamples + i);
    history.push(samples.data());
    all.insert(all.end(), samples.begin(), samples.end());
    const int count = std::min<int>(static_cast<int>(all.size()), cpd::SampleHistory::kSamples);
    REQUIRE(newest(history, count) == std::vector<int16_t>(all.end() - count, all.end()));
  }
}

TEST_CASE("sample history: a lost frame is the one before it once more") {
  cpd::SampleHistory history;
  history.push(level(100).data());
  history.push(level(300).data());
  history.repeat();
  CHECK(newest(history, 2 * cpd::kFrameSamples) == std::vector<int16_t>(2 * cpd::kFrameSamples, 300));
  CHECK(history.meanSquare() == doctest::Approx(300.0 * 300).epsilon(0.001));
}

TEST_CASE("sample history: the loudest of the last four frames counts, and is forgotten with the fifth") {
  cpd::SampleHistory history;
  history.push(level(1000).data());
  for (int i = 0; i < 3; ++i) {
    history.push(level(10).data());
    CHECK(history.loudest() == doctest::Approx(1e6).epsilon(0.001));
  }
  history.push(level(10).data());
  CHECK(history.loudest() < 200);
}
