// The SIP board's row in the table of drivers; see board/drivers.h. The board itself is in boardhost-sip alone, which
// has libre: everywhere else `make` says so.
#pragma once

#include <memory>
#include <string>

#include "board/made_board.h"
#include "board/sip/config.h"

namespace board::sip {

struct Driver {
  using Config = sip::Config;
  static constexpr const char* kName = "sip";
  static constexpr bool kSimulated = false;

  static MadeBoard make(Config config);
  static std::string checkBoardHost(const Config& config);
  static BoardClock clock(const Config& config) { return {.speed = config.standInSpeed}; }
};

}  // namespace board::sip
