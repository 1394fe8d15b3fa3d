#include "board/sip/signalling/transport/connection_guard.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

// As the linker names libre's own and what is called instead.
extern "C" {
int realTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler,
                  void* argument) __asm__("__real_tcp_listen");
int guardedTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler,
                     void* argument) __asm__("__wrap_tcp_listen");
int realTcpAccept(tcp_conn** connection, tcp_sock* socket, tcp_estab_h* established, tcp_recv_h* received,
                  tcp_close_h* closed, void* argument) __asm__("__real_tcp_accept");
int guardedTcpAccept(tcp_conn** connection, tcp_sock* socket, tcp_estab_h* established, tcp_recv_h* received,
                     tcp_close_h* closed, void* argument) __asm__("__wrap_tcp_accept");
}

namespace board::sip {
namespace {

thread_local ConnectionGuard* current = nullptr;
// The connection that is being handed to libre.
struct Admitted {
  ConnectionGuard& guard;
  const sa& from;
};
thread_local const Admitted* admitted = nullptr;

// A socket of that number may be another one by now.
bool isOpen(int socket, const sa& peer) {
  sa at;
  at.len = sizeof at.u;
  return ::getpeername(socket, &at.u.sa, &at.len) == 0 && sa_cmp(&at, &peer, SA_ALL);
}

}  // namespace

bool ConnectionGuard::admits(const sa& from) {
  if (isKnown_(from)) {
    if (countOf(from) < mostOfAPeer_) return true;
    std::erase_if(sockets_, [](const auto& each) { return !isOpen(each.first, each.second); });
    if (countOf(from) < mostOfAPeer_) return true;
  }
  ++refused_;
  return false;
}

size_t ConnectionGuard::countOf(const sa& peer) const {
  return static_cast<size_t>(std::ranges::count_if(
      sockets_, [&](const auto& each) { return sa_cmp(&each.second, &peer, SA_ADDR); }));
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
  if (!at.guard.admits(*from)) return tcp_reject(at.socket);
  const Admitted handed{at.guard, *from};
  admitted = &handed;
  at.handler(from, at.argument);
  admitted = nullptr;
}

GuardedListening::GuardedListening(ConnectionGuard& guard) { current = &guard; }
GuardedListening::~GuardedListening() { current = nullptr; }

}  // namespace board::sip

// Whatever listens without a guard would take anybody.
int guardedTcpListen(tcp_sock** socket, const sa* local, tcp_conn_h* handler, void* argument) {
  if (board::sip::current == nullptr) return EPERM;
  return board::sip::current->listen(socket, local, handler, argument);
}

int guardedTcpAccept(tcp_conn** connection, tcp_sock* socket, tcp_estab_h* established, tcp_recv_h* received,
                     tcp_close_h* closed, void* argument) {
  const int error = realTcpAccept(connection, socket, established, received, closed, argument);
  const board::sip::Admitted* from = board::sip::admitted;
  if (error == 0 && from != nullptr) from->guard.accepted(from->from, tcp_conn_fd(*connection));
  return error;
}
