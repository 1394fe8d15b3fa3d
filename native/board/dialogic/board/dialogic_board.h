// The Dialogic boards of one host behind the board port, by the vendor's libraries.
#pragma once

#include <memory>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/dialogic/config.h"

namespace board::dialogic {

class DialogicBoard : public Board, public Diagnostics {};

// Throws std::invalid_argument, whose message names the field. open() loads the libraries, which a process
// can do once: a second board in the same process does not open. It throws std::runtime_error saying in plain
// words what is missing: libraries, symbols, an ELF class that this process cannot load, a layout that is not
// ours, devices. Commands are taken before all lines are there; a line that is still being opened is out of
// service ("opening").
std::unique_ptr<DialogicBoard> makeDialogicBoard(Config config);

}  // namespace board::dialogic
