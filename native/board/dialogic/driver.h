// The Dialogic board's row in the table of drivers; see board/drivers.h.
#pragma once

#include <string>

#include "board/dialogic/config.h"
#include "board/made_board.h"

namespace board::dialogic {

struct Driver {
  using Config = dialogic::Config;
  static constexpr const char* kName = "dialogic";
  static constexpr bool kSimulated = false;

  static MadeBoard make(Config config);
  static std::string checkBoardHost(const Config& config);
  static BoardClock clock(const Config& /*config*/) { return {}; }
};

}  // namespace board::dialogic
