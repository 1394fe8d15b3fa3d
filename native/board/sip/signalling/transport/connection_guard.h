// Who may connect to the ports that libre opens by TCP and TLS: known peers, and of these no more than can be served. Whoever
// else does is closed at once. libre would keep whoever comes for half a minute, and has no say for its user in that: its
// tcp_listen() is wrapped when the program is linked (--wrap=tcp_listen).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "board/sip/signalling/libre.h"

namespace board::sip {

class ConnectionGuard {
 public:
  explicit ConnectionGuard(std::function<bool(const sa&)> isKnown) : isKnown_(std::move(isKnown)) {}
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;

  // So many connections of known peers are taken within kWithinMs, which is how long libre keeps one that says nothing.
  static constexpr size_t kMostAtOnce = 512;
  static constexpr uint64_t kWithinMs = 32'000;

  // Somebody has connected; `now` in ms. False: it is to be closed.
  bool admits(const sa& from, uint64_t now);
  uint64_t refused() const { return refused_; }

  // A listening socket of libre's whose connections are asked for first. On libre's thread, while the guard is there.
  int listen(tcp_sock** socket, const sa* local, tcp_conn_h* handler, void* argument);

 private:
  struct Listening {
    ConnectionGuard& guard;
    tcp_conn_h* handler;
    void* argument;
    tcp_sock* socket;
  };
  static void connected(const sa* from, void* listening);

  const std::function<bool(const sa&)> isKnown_;
  std::deque<uint64_t> taken_;
  std::atomic<uint64_t> refused_{0};
  std::vector<std::unique_ptr<Listening>> listening_;
};

// While one is there, what libre listens at on this thread has that guard.
class GuardedListening {
 public:
  explicit GuardedListening(ConnectionGuard& guard);
  ~GuardedListening();
  GuardedListening(const GuardedListening&) = delete;
  GuardedListening& operator=(const GuardedListening&) = delete;
};

}  // namespace board::sip
