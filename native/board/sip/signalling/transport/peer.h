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
  std::vector<MediaAddress> announced;  // at each address, as where we are; not set: where we are
  std::vector<IpPrefix> alsoFrom;

  bool isFrom(const IpAddress& ip) const;
  // The stack, for a request to one of the addresses that libre writes at once.
  LibreStack* speaking(size_t address) const;
  // What is told there in the place of an address of ours.
  MediaAddress announcedFor(size_t address, const MediaAddress& own) const;
  // Where a response to a request to that address says that it sees us (RFC 3581). True: that is news.
  bool learnFrom(size_t address, const sip_msg* response);

  // The Route that takes a request to an address, by the trunk's transport.
  std::string hop(size_t address) const;
  // The same; empty where the domain in the URI does.
  std::string route(size_t address) const;
};

Peer findPeer(const Trunk& trunk, const OwnAddresses& own);

}  // namespace board::sip
