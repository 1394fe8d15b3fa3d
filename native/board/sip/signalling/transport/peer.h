// Where a trunk's requests go: its addresses, found when the board opens, and the stack that they go by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/sip/config.h"
#include "board/sip/signalling/libre.h"

namespace board::sip {

struct PeerAddress {
  uint32_t ip = 0;  // host order
  uint16_t port = 0;
};

// In the order of the configuration; of a host without a port those that DNS SRV names, in its order (RFC 2782), else
// its IPv4 address and the transport's port. Throws OpenError: a host has no address.
std::vector<PeerAddress> addressesOf(const Trunk& trunk);

struct Peer {
  const Trunk* trunk = nullptr;
  std::vector<PeerAddress> addresses;
  std::string domain;  // in URIs
  LibreStack* stack = nullptr;

  // The Route that takes a request to an address, by the trunk's transport.
  std::string hop(size_t address) const;
  // The same; empty where the domain in the URI does.
  std::string route(size_t address) const;
};

Peer findPeer(const Trunk& trunk);

}  // namespace board::sip
