// Who may connect to the ports that libre opens by TCP and TLS: known peers, and each of these so often at a time. Whoever
// else does is closed at once. libre would keep whoever comes for half a minute, and has no say for its user in that: its
// tcp_listen() and tcp_accept() are wrapped when the program is linked (--wrap).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "board/sip/signalling/libre.h"

namespace board::sip {

class ConnectionGuard {
 public:
  // Connections that one peer may have open.
  static constexpr size_t kMostOfAPeer = 512;

  explicit ConnectionGuard(std::function<bool(const sa&)> isKnown, size_t mostOfAPeer = kMostOfAPeer)
      : isKnown_(std::move(isKnown)), mostOfAPeer_(mostOfAPeer) {}
  ConnectionGuard(const ConnectionGuard&) = delete;
  ConnectionGuard& operator=(const ConnectionGuard&) = delete;

  // Somebody has connected. False: it is to be closed.
  bool admits(const sa& from);
  // A connection that was admitted, and its socket; whether that is still open is asked of the system.
  void accepted(const sa& from, int socket) { sockets_[socket] = from; }
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
  size_t countOf(const sa& peer) const;

  const std::function<bool(const sa&)> isKnown_;
  const size_t mostOfAPeer_;
  std::map<int, sa> sockets_;  // accepted, and from where; some may be closed by now
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
