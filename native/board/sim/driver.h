// The simulator's row in the table of drivers; see board/drivers.h.
#pragma once

#include <string>

#include "board/made_board.h"
#include "board/sim/sim_config.h"

namespace board::sim {

struct Driver {
  using Config = sim::Config;
  static constexpr const char* kName = "sim";
  static constexpr bool kSimulated = true;

  static MadeBoard make(Config config);
  static std::string checkBoardHost(const Config& config);
  static BoardClock clock(const Config& config) { return {config.stepped, config.speed}; }
};

}  // namespace board::sim
