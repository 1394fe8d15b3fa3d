// What really happened on each call; for tests and the demo, never for the detector.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "board/sim/sim_config.h"

namespace board::sim {

using TruthId = uint64_t;  // counts from 1; 0 means none (agents' legs have no truth)

class GroundTruthLog {
 public:
  static constexpr size_t kKept = 100'000;  // the oldest are forgotten

  TruthId begin(GroundTruth truth);
  void answered(TruthId id, double at);
  void greetingEnds(TruthId id, double at);
  // From here on a mailbox records.
  void recordsFrom(TruthId id, double at);
  // A file was played from `from` to `to`.
  void heard(TruthId id, const std::string& file, double from, double to);
  // The first end counts.
  void ended(TruthId id, double at, const char* by);

  std::vector<GroundTruth> all() const { return {kept_.begin(), kept_.end()}; }

 private:
  GroundTruth* find(TruthId id);

  std::deque<GroundTruth> kept_;
  TruthId first_ = 1;  // id of the oldest kept
};

}  // namespace board::sim
