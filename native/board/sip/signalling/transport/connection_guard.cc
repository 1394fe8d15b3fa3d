#include "board/sip/signalling/transport/connection_guard.h"

#include <cerrno>
#include <utility>

// As the linker names libre's own and what is called instead.
extern "C" {
int realTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler,
                  void* argument) __asm__("__real_tcp_listen");
int guardedTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler,
                     void* argument) __asm__("__wrap_tcp_listen");
}

namespace board::sip {
namespace {

thread_local ConnectionGuard* current = nullptr;

}  // namespace

bool ConnectionGuard::admits(const sa& from, uint64_t now) {
  while (!taken_.empty() && now - taken_.front() >= kWithinMs) taken_.pop_front();
  if (!isKnown_(from) || taken_.size() >= kMostAtOnce) {
    ++refused_;
    return false;
  }
  taken_.push_back(now);
  return true;
}

int ConnectionGuard::listen(tcp_sock** socket, const sa* local, tcp_conn_h* handler, void* argument) {
  Listening& made =
      *listening_.emplace_back(std::make_unique<Listening>(Listening{*this, handler, argument, nullptr}));
  const int error = realTcpListen(socket, local, connected, &made);
  if (error == 0) made.socket = *socket;
  return error;
}

void ConnectionGuard::connected(const sa* from, void* listening) {
  const Listening& at = *static_cast<Listening*>(listening);
  if (at.guard.admits(*from, tmr_jiffies())) return at.handler(from, at.argument);
  tcp_reject(at.socket);
}

GuardedListening::GuardedListening(ConnectionGuard& guard) { current = &guard; }
GuardedListening::~GuardedListening() { current = nullptr; }

}  // namespace board::sip

// Whatever listens without a guard would take anybody.
int guardedTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler, void* argument) {
  if (board::sip::current == nullptr) return EPERM;
  return board::sip::current->listen(socket, local, handler, argument);
}
