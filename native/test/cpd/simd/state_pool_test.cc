// Memory of the channels' states.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "cpd/simd/state_pool.h"
#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_receiver.h"

TEST_CASE("state pool: states lie apart, on cache lines, and are used again") {
  constexpr size_t kBytes = 5000, kStates = 1000;  // more than a piece holds
  cpd::StatePool pool(kBytes);
  std::vector<void*> states;
  for (size_t i = 0; i < kStates; ++i) {
    states.push_back(pool.take());
    CHECK(reinterpret_cast<uintptr_t>(states.back()) % 64 == 0);
    std::memset(states.back(), static_cast<int>(i % 251), kBytes);
  }
  size_t whole = 0;
  for (size_t i = 0; i < kStates; ++i) {
    const auto* const bytes = static_cast<const uint8_t*>(states[i]);
    whole += bytes[0] == i % 251 && bytes[kBytes - 1] == i % 251;
  }
  CHECK(whole == kStates);
  const std::set<void*> before(states.begin(), states.end());
  CHECK(before.size() == kStates);
  for (void* const state : states) pool.give(state);
#if !defined(__SANITIZE_ADDRESS__)  // which wants to see who uses a state that was given back
  std::set<void*> again;
  for (size_t i = 0; i < kStates; ++i) again.insert(pool.take());
  CHECK(again == before);
#endif
}

TEST_CASE("tone sets: one for all that have the same plan") {
  const cpd::TonePlan& plan = *cpd::findTonePlan("DE");
  const auto set = cpd::makeToneSet(plan);
  cpd::TonePlan copy = plan;
  CHECK(cpd::makeToneSet(copy) == set);
  copy.busy.steps[0].ms += 1;
  CHECK(cpd::makeToneSet(copy) != set);
}
