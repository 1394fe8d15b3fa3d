// Whose media a call hears.
#include "board/sip/media/peer_gate.h"

#include <doctest/doctest.h>

using board::sip::MediaAddress;
using board::sip::PeerGate;

namespace {

constexpr MediaAddress kPeer{0xc0000201, 4000}, kOtherPort{0xc0000201, 5000}, kStranger{0xc6336401, 4000};

}  // namespace

TEST_CASE("peer gate: the negotiated address alone") {
  PeerGate gate;
  CHECK_FALSE(gate.admits(kPeer));  // nothing is negotiated yet
  gate.negotiated(kPeer);
  CHECK(gate.admits(kPeer));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(gate.admits(kStranger));
  CHECK(gate.sendTo() == kPeer);
  CHECK(gate.refused() == 11);
}

TEST_CASE("peer gate: another port of the address after three packets, unless the right one was heard") {
  PeerGate gate;
  gate.negotiated(kPeer);
  CHECK_FALSE(gate.admits(kOtherPort));
  CHECK_FALSE(gate.admits(kOtherPort));
  CHECK(gate.admits(kOtherPort));
  CHECK(gate.sendTo() == kOtherPort);
  gate.negotiated(kPeer);  // the same answer once more
  CHECK(gate.admits(kOtherPort));
  PeerGate heard;
  heard.negotiated(kPeer);
  CHECK(heard.admits(kPeer));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(heard.admits(kOtherPort));
}

TEST_CASE("peer gate: once held to, no third port takes the call over") {
  PeerGate gate;
  gate.negotiated(kPeer);
  for (int i = 0; i < 3; ++i) (void)gate.admits(kOtherPort);
  for (int i = 0; i < 10; ++i) CHECK_FALSE(gate.admits({kPeer.ip, 6000}));
  CHECK(gate.sendTo() == kOtherPort);
}
