// Serves one board to one daemon: the board host's end of the protocol.
#pragma once

#include <functional>
#include <string>

#include "board/drivers.h"

namespace board::remote {

struct ServerOptions {
  std::string build;  // version of the program, for the handshake
  // How a board is made of its configuration.
  std::function<MadeBoard(DriverConfig)> make = makeBoard;
  // A daemon that says nothing for so long after the connection was made is none.
  int helloMs = 10'000;
};

// Serves until the daemon closes the board or leaves; the board is closed then. An exit code of sysexits.h:
// 0; 76 the daemon broke the protocol; 70 it did not read for so long that the queue was full. What was wrong
// is written to standard error.
int serve(int fd, const ServerOptions& options);

}  // namespace board::remote
