// Where a trunk's requests go: its addresses, found when the board opens, and the stack that they go by.
#pragma once

#include <string>
#include <vector>

#include "board/sip/config.h"
#include "board/sip/media/ip_address.h"
#include "board/sip/signalling/libre.h"

namespace board::sip {

using PeerAddress = MediaAddress;

// This host's, of each family; not set: none.
struct OwnAddresses {
  IpAddress v4, v6;
  const IpAddress& of(bool six) const { return six ? v6 : v4; }
};
OwnAddresses ownAddresses(const Config& config);

// In the order of the configuration; of a host without a port those that DNS SRV names, in its order (RFC 2782), else
// its addresses and the transport's port. None of a family that we have no address of. Throws OpenError: a host has none.
std::vector<PeerAddress> addressesOf(const Trunk& trunk, const OwnAddresses& own);

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

Peer findPeer(const Trunk& trunk, const OwnAddresses& own);

}  // namespace board::sip
