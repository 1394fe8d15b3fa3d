// boardhost: one board in a process of its own. cpdd starts it and speaks to it over the socket it inherits
// (board/remote/protocol.h); it is of no use by hand but for `boardhost --version`.
//
// It ends when the socket does, whoever closed it: the calls are dropped then. Signals to end it are ignored,
// so that calls can drain while a service manager tells every process of the daemon to stop.
#include <poll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include "board/remote/child.h"
#include "board/remote/protocol.h"
#include "board/remote/server.h"
#include "board/remote/socket.h"

namespace {

// A board whose library hangs when it is closed is given up so long after the daemon left, in s.
constexpr unsigned kLastSeconds = 15;

bool isSocket(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

// Sees to it that the process ends, also when the thread that serves is inside of a vendor's call.
void endWithDaemon(int fd) {
  pollfd daemon{fd, POLLRDHUP, 0};
  while (::poll(&daemon, 1, board::remote::kForEver) < 0) {
  }
  ::alarm(kLastSeconds);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::strcmp(arguments[1], "--version") == 0) {
    std::printf("boardhost %s, %zu bits, protocol %u\n", CPD_VERSION, sizeof(void*) * 8,
                static_cast<unsigned>(board::remote::kVersion));
    return EX_OK;
  }
  if (count != 1 || !isSocket(board::remote::kBoardHostSocket)) {
    std::fprintf(stderr,
                 "boardhost: cpdd starts this program (board.host: process in its configuration);\n"
                 "by hand there is only: boardhost --version\n");
    return EX_USAGE;
  }
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(ignored, SIG_IGN);
  std::thread(endWithDaemon, board::remote::kBoardHostSocket).detach();
  return board::remote::serve(board::remote::kBoardHostSocket, {.build = CPD_VERSION});
}
