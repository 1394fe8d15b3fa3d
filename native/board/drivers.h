// The drivers of boards: one configuration for any of them, and the board it makes. A board that is hosted in
// a process of its own is made in the same way there.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/dialogic/config.h"
#include "board/sim/sim_board.h"

namespace board {

using DriverConfig = std::variant<sim::Config, dialogic::Config>;

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
  sim::SimBoard* sim = nullptr;        // the same board, where it is simulated
  Diagnostics* diagnostics = nullptr;  // the same board, where it can say more of itself
};

// Throws OpenError BAD_WORLD, BAD_CONFIG: the message names the field.
MadeBoard makeBoard(DriverConfig config);

// Whether a board of this configuration could be opened in this process, as a JSON document: {"ok": true,
// "checks":
// [{"check", "ok", "text"}]}. Loads what the driver needs and opens nothing.
std::string checkHost(const DriverConfig& config);

// Opens it. Throws OpenError: BAD_AUDIO from a simulated board, the code of a hosted one, else BOARD_ERROR.
void openBoard(const MadeBoard& made, EventSink& sink);

}  // namespace board
