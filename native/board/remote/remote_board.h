// A board in a host process, by the port: the daemon's end of the protocol.
//
// A command waits for the host's answer a little, so it must not be given from within EventSink::post; a host
// that is slow refuses by an event. One that does not answer in time, breaks the protocol or ends takes its
// board along: one kDead event whose text says how, kBoardDead to every command after it, all channels out of
// service, and a clock that stands still.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "board/drivers.h"
#include "board/remote/child.h"

namespace board::remote {

struct HostOptions {
  std::string build;  // our version; a host of another one is refused
  int helloMs = 10'000;
  // The vendor's libraries take their time to start.
  int openMs = 180'000;
  // For any answer; then the host is given up.
  int answerMs = 3'000;
  // For the answer to a command of the port: the daemon stands still for so long, once, when a host hangs.
  // The command counts as taken then (host_link.h).
  int commandMs = 100;
  // A host that nobody asks is asked this often whether it lives.
  int pingMs = 1'000;
  int closeMs = 10'000;
};

class RemoteBoard : public sim::SimBoard, public Diagnostics {
 public:
  // Bits of the host's pointers: 32 or 64. Known once open.
  virtual int bits() const = 0;

  // From any thread: lets an open() that is not done yet fail at once.
  virtual void abandon() = 0;
};

// Asks a host that `start` gives for checkHost of drivers.h; the host ends then. Throws OpenError as open()
// does.
std::string checkRemoteHost(DriverConfig config, const std::function<Child()>& start,
                            const HostOptions& options);

// `start` gives the host; it is called by open(), which throws OpenError: NOT_SUPPORTED if there is no such
// host or it is of another version, BOARD_ERROR if it ended or did not answer, else the host's own refusal.
// What only a simulated board has throws OpenError NOT_SUPPORTED where the host's is another.
std::unique_ptr<RemoteBoard> makeRemoteBoard(DriverConfig config, std::function<Child()> start,
                                             HostOptions options);

}  // namespace board::remote
