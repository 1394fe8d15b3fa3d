// The stand-in exchange: takes calls over SIP and RTP on loopback and answers them from the simulator's world. Its clock
// is stepped, and it does nothing but within step() and drain().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "board/sim/exchange.h"
#include "sipexchange/far_end.h"
#include "sipexchange/message.h"
#include "sipexchange/stream_port.h"
#include "sipexchange/udp_port.h"

namespace sipexchange {

class Exchange {
 public:
  // Throws std::runtime_error: the port is taken, or a sound cannot be read.
  Exchange(board::sim::Config world, Habits habits, const std::string& ip, uint16_t port);

  uint16_t port() const { return sip_.port(); }
  // Takes what has arrived. True: there was something.
  bool drain();
  // 20 ms go by.
  void step();
  // Hears and says nothing until then.
  void fallSilent(double fromMs, double toMs) {
    silentFrom_ = fromMs;
    silentTo_ = toMs;
  }
  double now() const { return world_.now; }
  size_t calls() const { return calls_.size(); }  // that are not over
  uint64_t invites() const { return invites_; }
  uint64_t registrations() const { return registrations_; }
  bool isRegistered() const { return world_.now < registeredUntil_; }

 private:
  void take(const std::string& text, const FarEnd::Send& send);
  void takeInvite(const Message& invite, const FarEnd::Send& send);
  void takeRegister(const Message& request, const FarEnd::Send& send);
  bool refusesCall(const Message& invite, const FarEnd::Send& send);
  bool isAuthenticated(const Message& request, const FarEnd::Send& send);
  bool silent() const { return world_.now >= silentFrom_ && world_.now < silentTo_; }

  board::sim::Exchange world_;
  const Habits habits_;
  UdpPort sip_;
  std::optional<StreamPort> stream_;
  const Place place_;
  std::map<std::string, std::unique_ptr<FarEnd>> calls_;  // by Call-ID
  double silentFrom_ = 0, silentTo_ = 0;
  double registeredUntil_ = -1;
  uint64_t invites_ = 0, registrations_ = 0;
};

}  // namespace sipexchange
