// A board in a board host, without the process: the server runs on a thread of the test.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/remote/remote_board.h"
#include "board/remote/server.h"
#include "test/board/sim/harness.h"

namespace remotetest {

// Both ends of a connection.
struct Ends {
  Ends() {
    int fds[2] = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
    daemon = board::remote::Fd(fds[0]);
    host = board::remote::Fd(fds[1]);
  }
  board::remote::Fd daemon, host;
};

// Keeps what comes from whichever thread, and waits for it.
class Waiting : public board::EventSink {
 public:
  void post(board::Event&& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    more_.notify_all();
  }

  // The first event of the type; waits up to ten seconds, which pass only where the test fails.
  bool wait(board::EventType type, board::Event* found = nullptr) {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const board::Event& event : events_) {
        if (event.type != type) continue;
        if (found != nullptr) *found = event;
        return true;
      }
      return false;
    });
  }

  std::vector<board::Event> all() {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<board::Event> events_;
};

// A server of its own; `exitCode` once the board host end was closed.
struct Hosted {
  explicit Hosted(board::DriverConfig config, board::remote::BoardHostOptions options = {.build = "1"},
                  board::remote::ServerOptions server = {.build = "1"}) {
    board = board::remote::makeRemoteBoard(
        std::move(config),
        [this, server] {
          Ends ends;
          thread = std::thread([this, server, fd = std::move(ends.host)]() mutable {
            exitCode = board::remote::serve(fd.get(), server);
            fd.reset();
          });
          return board::remote::Child{std::move(ends.daemon), 0};
        },
        std::move(options));
  }
  ~Hosted() {
    board->close();
    join();
  }
  void join() {
    if (thread.joinable()) thread.join();
  }

  std::unique_ptr<board::remote::RemoteBoard> board;
  std::thread thread;
  int exitCode = -1;
};

}  // namespace remotetest
