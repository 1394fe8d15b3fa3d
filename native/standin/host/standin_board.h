// The Dialogic board on the stand-in vendor libraries, with what a simulated board offers beside the port: a
// stepped clock, faults on request, and the truth of each call. For tests alone.
#pragma once

#include "board/drivers.h"

namespace standin {

// The board of a Dialogic configuration. The stand-in is configured by STANDIN_CONFIG
// (native/standin/README.md).
board::MadeBoard makeBoard(board::DriverConfig config);

}  // namespace standin
