// Who answers at a number: a subscriber of the world's list, or one drawn from the number and the seed.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "board/sim/sim_config.h"

namespace board::sim {

class Numbers {
 public:
  // `nanpSit`: the network sends the coded SIT of North America, else the information tone of its plan.
  Numbers(const World& world, uint64_t seed, bool nanpSit);

  // A leading + makes no difference.
  Subscriber find(const std::string& number) const;

 private:
  const World& world_;
  uint64_t seed_;
  bool nanpSit_;
  std::unordered_map<std::string, size_t> listed_;
};

}  // namespace board::sim
