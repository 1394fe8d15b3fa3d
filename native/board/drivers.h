// The table of drivers, and what is done with a board of any of them. A board that is hosted in a process of
// its own is made in the same way there.
//
// A driver's row, in its own folder as driver.h:
//
//   Config            its configuration; wire_fields.h beside it says how that goes to a board host, and
//                     addon/convert/from_js.h how it is read from JavaScript
//   kName             `driver` in the configuration
//   kSimulated        whether its boards have Simulation
//   make              makes a board. Throws OpenError: the message names the field
//   checkBoardHost    whether such a board could be opened in this process, as a JSON document:
//                     {"ok": true, "checks": [{"check", "ok", "text"}]}. Loads what the driver needs, opens
//                     nothing
//   clock             how its boards' clock goes
#pragma once

#include <string>
#include <variant>

#include "board/dialogic/driver.h"
#include "board/made_board.h"
#include "board/sim/driver.h"
#include "board/sip/driver.h"

namespace board {

template <typename... Rows>
struct DriverTable {
  using Config = std::variant<typename Rows::Config...>;
};

// A row's place is the number of its kind of configuration on the wire.
using Drivers = DriverTable<sim::Driver, dialogic::Driver, sip::Driver>;

// The configuration of a board of any driver.
using DriverConfig = Drivers::Config;

// Throws OpenError.
MadeBoard makeBoard(DriverConfig config);

std::string checkBoardHost(const DriverConfig& config);
bool isSimulated(const DriverConfig& config);
BoardClock clockOf(const DriverConfig& config);

// Opens it. Throws OpenError: with a code of the board's own, else MadeBoard::openFailure.
void openBoard(const MadeBoard& made, EventSink& sink);

}  // namespace board
