// What tests of signalling share: addresses that no other process has, and a board that hears nothing.
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>

#include "board/sip/signalling.h"

namespace board::sip {

// An address of loopback that no other process of the tests has.
inline std::string loopback(int role) {
  const int place = ::getpid() * 4 + role;
  return "127." + std::to_string(place >> 16 & 255) + "." + std::to_string(place >> 8 & 255) + "." +
         std::to_string(place & 255);
}

// ::1, which is one for all: tests of a process have ports of its own there, 8 of them, below the system's own.
inline int v6Port(int place) { return 10'000 + ::getpid() % 2'800 * 8 + place; }
inline bool hasV6() {
  static const bool has = [] {
    const int fd = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const SocketAddress at({ipOf("::1"), 0});
    const bool bound = fd >= 0 && ::bind(fd, at.get(), at.length) == 0;
    if (fd >= 0) ::close(fd);
    if (!bound) MESSAGE("this machine has no ::1: IPv6 was not tried");
    return bound;
  }();
  return has;
}

class NoEvents : public SignallingEvents {
 public:
  void progressed(LegId /*leg*/, bool /*alerting*/, const std::optional<MediaPlan>& /*media*/) override {}
  void answered(LegId /*leg*/, const MediaPlan& /*media*/) override {}
  void mediaChanged(LegId /*leg*/, const MediaPlan& /*media*/) override {}
  void keyPressed(LegId /*leg*/, char /*key*/) override {}
  void sessionLasts(LegId /*leg*/, int /*seconds*/, bool /*weRefresh*/) override {}
  void asked(LegId /*leg*/, bool /*lives*/) override {}
  void ended(LegId /*leg*/, const Ending& ending) override { last = ending; }
  void referRefused(LegId /*leg*/, int /*status*/) override {}
  void referTold(LegId /*leg*/, int /*status*/) override {}
  void peerAnswered(size_t /*trunk*/, size_t /*address*/) override { ++optionsAnswered; }
  void registered(size_t /*trunk*/, int /*expiresS*/) override {}
  void registrationFailed(size_t /*trunk*/, int /*status*/, int /*retryAfterS*/) override {}

  std::optional<Ending> last;
  std::atomic<int> optionsAnswered = 0;
};

}  // namespace board::sip
