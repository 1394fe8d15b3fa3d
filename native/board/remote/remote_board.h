// A board in a board host, by the port: the daemon's end of the protocol.
//
// A command waits for the board host's answer a little, so it must not be given from within EventSink::post;
// a board host that is slow refuses by an event. One that does not answer in time, breaks the protocol or
// ends takes its board along: one kDead event whose text says how, kBoardDead to every command after it, all
// channels out of service, and a clock that stands still.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "board/drivers.h"
#include "board/remote/child.h"
#include "board/sim/simulation.h"

namespace board::remote {

struct BoardHostOptions {
  std::string build;  // our version; a board host of another one is refused
  int helloMs = 10'000;
  // The vendor's libraries take their time to start.
  int openMs = 180'000;
  // For any answer; then the board host is given up.
  int answerMs = 3'000;
  // For the answer to a command of the port: the daemon stands still for so long, once, when a board host
  // hangs. The command counts as taken then (board_host_link.h).
  int commandMs = 100;
  // A board host that nobody asks is asked this often whether it lives.
  int pingMs = 1'000;
  int closeMs = 10'000;
};

class RemoteBoard : public Board, public Simulation, public Diagnostics {
 public:
  // Bits of the board host's pointers: 32 or 64. Known once open.
  virtual int bits() const = 0;

  // From any thread: lets an open() that is not done yet fail at once.
  virtual void abandon() = 0;
};

// Asks a board host that `start` gives for checkBoardHost of drivers.h; the board host ends then. Throws
// OpenError as open() does.
std::string askBoardHost(DriverConfig config, const std::function<Child()>& start,
                         const BoardHostOptions& options);

// `start` gives the board host; it is called by open(), which throws OpenError: NOT_SUPPORTED if there is no
// such host or it is of another version, BOARD_ERROR if it ended or did not answer, else the board host's own
// refusal. What only a simulated board has throws OpenError NOT_SUPPORTED where the board host's is another.
std::unique_ptr<RemoteBoard> makeRemoteBoard(DriverConfig config, std::function<Child()> start,
                                             BoardHostOptions options);

}  // namespace board::remote
