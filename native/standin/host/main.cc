// A boardhost like the product's, whose board is the Dialogic one on the stand-in vendor libraries under a
// test's control.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "board/remote/child.h"
#include "board/remote/server.h"
#include "standin/host/standin_board.h"

int main() {
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(ignored, SIG_IGN);
  // No host outlives its test.
  std::thread([] {
    pollfd daemon{board::remote::kBoardHostSocket, POLLRDHUP, 0};
    while (::poll(&daemon, 1, -1) < 0) {
    }
    ::alarm(10);
  }).detach();
  return board::remote::serve(board::remote::kBoardHostSocket,
                              {.build = CPD_VERSION, .make = standin::makeBoard});
}
