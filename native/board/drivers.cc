#include "board/drivers.h"

#include <utility>

#include "board/dialogic/diagnostics.h"
#include "board/dialogic/dialogic_board.h"

namespace board {
namespace {

MadeBoard make(sim::Config config) {
  try {
    auto board = sim::makeSimBoard(std::move(config));
    sim::SimBoard* const sim = board.get();
    return {std::move(board), sim};
  } catch (const std::invalid_argument& error) {
    throw OpenError("BAD_WORLD", error.what());
  }
}

MadeBoard make(dialogic::Config config) {
  try {
    auto board = dialogic::makeDialogicBoard(std::move(config));
    Diagnostics* const diagnostics = board.get();
    return {std::move(board), nullptr, diagnostics};
  } catch (const std::invalid_argument& error) {
    throw OpenError("BAD_CONFIG", error.what());
  }
}

}  // namespace

MadeBoard makeBoard(DriverConfig config) {
  return std::visit([](auto&& each) { return make(std::move(each)); }, std::move(config));
}

std::string checkHost(const DriverConfig& config) {
  const auto* const dialogic = std::get_if<dialogic::Config>(&config);
  return dialogic == nullptr ? R"({"ok":true,"checks":[]})" : dialogic::checkHost(*dialogic);
}

void openBoard(const MadeBoard& made, EventSink& sink) {
  try {
    made.board->open(sink);
  } catch (const OpenError&) {
    throw;
  } catch (const std::exception& error) {
    // What a simulated board reads when it is opened is its sounds.
    throw OpenError(made.diagnostics == nullptr ? "BAD_AUDIO" : "BOARD_ERROR", error.what());
  }
}

}  // namespace board
