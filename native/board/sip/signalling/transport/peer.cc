#include "board/sip/signalling/transport/peer.h"

#include <netdb.h>

#include <algorithm>
#include <utility>

#include "board/made_board.h"
#include "board/sip/media/rtp_socket.h"
#include "board/sip/signalling/transport/service_records.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr size_t kMostAddresses = 16;

uint16_t defaultPort(const Trunk& trunk) { return trunk.transport == "tls" ? SIP_PORT_TLS : SIP_PORT; }

std::string serviceOf(const Trunk& trunk, const std::string& host) {
  return (trunk.transport == "tls" ? "_sips._tcp." : "_sip._" + trunk.transport + ".") + host;
}

void addHost(const std::string& host, uint16_t port, std::vector<PeerAddress>& to) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const uint32_t ip = ntohl(reinterpret_cast<const sockaddr_in*>(each->ai_addr)->sin_addr.s_addr);
    const bool known =
        std::ranges::any_of(to, [&](const PeerAddress& one) { return one.ip == ip && one.port == port; });
    if (!known && to.size() < kMostAddresses) to.push_back({ip, port});
  }
  ::freeaddrinfo(found);
}

}  // namespace

std::vector<PeerAddress> addressesOf(const Trunk& trunk) {
  std::vector<PeerAddress> addresses;
  for (const auto& [host, port] : trunk.addresses) {
    const size_t before = addresses.size();
    if (port == 0 && ipOf(host) == 0)
      for (const ServiceRecord& record : findServiceRecords(serviceOf(trunk, host)))
        addHost(record.host, record.port, addresses);
    if (addresses.size() == before)
      addHost(host, port != 0 ? static_cast<uint16_t>(port) : defaultPort(trunk), addresses);
    if (addresses.size() == before && before < kMostAddresses)
      throw OpenError("BOARD_ERROR", "trunks: " + trunk.name + ": " + host + " has no IPv4 address");
  }
  return addresses;
}

std::string Peer::hop(size_t address) const {
  const std::string at = hostPort(ipText(addresses[address].ip), addresses[address].port);
  return "sip:" + at + (trunk->transport == "udp" ? "" : ";transport=" + trunk->transport) + ";lr";
}

std::string Peer::route(size_t address) const {
  const std::string at = hostPort(ipText(addresses[address].ip), addresses[address].port);
  return trunk->transport == "udp" && at == domain ? std::string() : hop(address);
}

Peer findPeer(const Trunk& trunk) {
  Peer peer{.trunk = &trunk, .addresses = addressesOf(trunk), .domain = {}, .stack = nullptr};
  const std::string& host = trunk.domain.empty() ? trunk.addresses.front().host : trunk.domain;
  peer.domain = ipOf(host) != 0 ? hostPort(host, peer.addresses.front().port) : host;
  return peer;
}

}  // namespace board::sip
