// A board host and the socket to it.
#pragma once

#include <sys/types.h>

#include <string>

#include "board/remote/fd.h"

namespace board::remote {

// The descriptor on which a board host finds its socket.
inline constexpr int kBoardHostSocket = 3;

struct Child {
  Fd socket;
  pid_t pid = 0;  // 0: no process of its own (tests)
};

// Starts `program` with one end of a new pair of sockets, to which nobody else can connect, as
// kBoardHostSocket. It gets no standard input, its standard output goes where our standard error goes, it is
// in a process group of its own (what is typed at our terminal is not meant for it), and it does not see what
// the service manager and credentials are. Throws OpenError NOT_SUPPORTED saying what could not be run and
// why.
Child startChild(const std::string& program);

// Waits for its end up to `limitMs`, then kills it. Says how it ended: "ended with exit code 3", "was
// killed by signal 11 (Segmentation fault)".
std::string reapChild(pid_t pid, int limitMs);

}  // namespace board::remote
