#include "board/dialogic/driver.h"

#include <stdexcept>
#include <utility>

#include "board/dialogic/board/dialogic_board.h"
#include "board/dialogic/diagnostics.h"

namespace board::dialogic {

MadeBoard Driver::make(Config config) {
  try {
    auto board = makeDialogicBoard(std::move(config));
    DialogicBoard* const made = board.get();
    return {.board = std::move(board), .diagnostics = made};
  } catch (const std::invalid_argument& error) {
    throw OpenError("BAD_CONFIG", error.what());
  }
}

std::string Driver::checkBoardHost(const Config& config) { return dialogic::checkBoardHost(config); }

}  // namespace board::dialogic
