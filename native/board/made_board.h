// What a driver makes of its configuration: the board, and the optional ports beside it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "board/board.h"
#include "board/diagnostics.h"

namespace board {

class Simulation;  // board/sim/simulation.h

// A board that cannot be made or opened, with a code of src/domain/errors.ts.
class OpenError : public std::runtime_error {
 public:
  OpenError(std::string code, const std::string& message) : runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

struct MadeBoard {
  std::unique_ptr<Board> board;
  Simulation* simulation = nullptr;         // the same board, where it is simulated
  Diagnostics* diagnostics = nullptr;       // the same board, where it can say more of itself
  const char* openFailure = "BOARD_ERROR";  // code of a failure to open that brings none of its own
};

// How the clock of a board goes.
struct BoardClock {
  bool stepped = false;  // by Simulation::advance alone
  double speed = 1;      // board time for real time
};

}  // namespace board
