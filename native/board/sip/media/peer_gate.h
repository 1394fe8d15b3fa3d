// Whose RTP a call hears: the address that signalling negotiated and no other. A peer behind a translator may send from
// another port of that address; after some packets in a row from there, and none from the negotiated port, the call
// holds to it and sends there too. Pure.
#pragma once

#include <cstdint>

#include "board/sip/media/ip_address.h"

namespace board::sip {

class PeerGate {
 public:
  // What an answer or an offer names. Keeps a port it has held to when the same address comes again.
  void negotiated(MediaAddress peer) {
    if (peer == negotiated_) return;
    negotiated_ = peer;
    held_ = peer;
    candidate_ = {};
    inRow_ = 0;
    heardNegotiated_ = false;
  }

  bool isSet() const { return negotiated_.ip.isSet() && negotiated_.port != 0; }

  // Whether a valid packet from there is the peer's.
  bool admits(MediaAddress from) {
    if (!isSet() || from.ip != negotiated_.ip) return refuse();
    if (from == negotiated_) heardNegotiated_ = true;
    if (from == held_) {
      inRow_ = 0;
      return true;
    }
    if (heardNegotiated_ || held_ != negotiated_) return refuse();
    inRow_ = from == candidate_ ? inRow_ + 1 : 1;
    candidate_ = from;
    if (inRow_ < kToHold) return refuse();
    held_ = from;
    return true;
  }

  MediaAddress sendTo() const { return held_; }
  uint64_t refused() const { return refused_; }

 private:
  static constexpr int kToHold = 3;

  bool refuse() {
    ++refused_;
    return false;
  }

  MediaAddress negotiated_, held_, candidate_;
  int inRow_ = 0;
  bool heardNegotiated_ = false;
  uint64_t refused_ = 0;
};

}  // namespace board::sip
