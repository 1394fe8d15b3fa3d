#include "board/sip/signalling/transport/peer.h"

#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "board/made_board.h"
#include "board/sip/signalling/message.h"
#include "board/sip/signalling/transport/announced_address.h"
#include "board/sip/signalling/transport/libre_address.h"
#include "board/sip/signalling/transport/service_records.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr size_t kMostAddresses = 16;
constexpr uint32_t kMostPort = 65'535;

uint16_t defaultPort(const Trunk& trunk) { return trunk.transport == "tls" ? SIP_PORT_TLS : SIP_PORT; }

std::string serviceOf(const Trunk& trunk, const std::string& host) {
  return (trunk.transport == "tls" ? "_sips._tcp." : "_sip._" + trunk.transport + ".") + host;
}

const char* familyOf(const OwnAddresses& own) {
  if (!own.v6.isSet()) return "IPv4 address";
  return own.v4.isSet() ? "address" : "IPv6 address";
}

IpAddress ipOf(const addrinfo& found) {
  SocketAddress at;
  std::memcpy(at.get(), found.ai_addr, std::min<size_t>(found.ai_addrlen, sizeof at.storage));
  return at.media().ip;
}

void addHost(const std::string& host, uint16_t port, const OwnAddresses& own, std::vector<PeerAddress>& to) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const PeerAddress at{ipOf(*each), port};
    if (!own.of(at.ip.isV6()).isSet()) continue;
    if (std::ranges::find(to, at) == to.end() && to.size() < kMostAddresses) to.push_back(at);
  }
  ::freeaddrinfo(found);
}

}  // namespace

OwnAddresses ownAddresses(const Config& config) {
  OwnAddresses own;
  for (const std::string& bind : {config.bind, config.secondBind}) {
    const IpAddress ip = ipOf(bind);
    if (!ip.isSet()) continue;
    (ip.isV6() ? own.v6 : own.v4) = ip;
  }
  return own;
}

std::vector<PeerAddress> addressesOf(const Trunk& trunk, const OwnAddresses& own) {
  std::vector<PeerAddress> addresses;
  for (const auto& [host, port] : trunk.addresses) {
    const size_t before = addresses.size();
    if (port == 0 && !ipOf(host).isSet())
      for (const ServiceRecord& record : findServiceRecords(serviceOf(trunk, host)))
        addHost(record.host, record.port, own, addresses);
    if (addresses.size() == before)
      addHost(host, port != 0 ? static_cast<uint16_t>(port) : defaultPort(trunk), own, addresses);
    if (addresses.size() == before && before < kMostAddresses)
      throw OpenError("BOARD_ERROR", "trunks: " + trunk.name + ": " + host + " has no " + familyOf(own));
  }
  return addresses;
}

std::string Peer::hop(size_t address) const {
  const std::string at = hostPort(addresses[address].ip.text(), addresses[address].port);
  return "sip:" + at + (trunk->transport == "udp" ? "" : ";transport=" + trunk->transport) + ";lr";
}

std::string Peer::route(size_t address) const {
  const std::string at = hostPort(addresses[address].ip.text(), addresses[address].port);
  return trunk->transport == "udp" && at == domain ? std::string() : hop(address);
}

bool Peer::isFrom(const IpAddress& ip) const {
  return std::ranges::find(addresses, ip, &PeerAddress::ip) != addresses.end() ||
         std::ranges::any_of(alsoFrom, [&](const IpPrefix& range) { return range.contains(ip); });
}

LibreStack* Peer::speaking(size_t address) const {
  announce(announced[address]);
  return stack;
}

MediaAddress Peer::announcedFor(size_t address, const MediaAddress& own) const {
  return toldFor(announced[address], own);
}

bool Peer::learnFrom(size_t address, const sip_msg* response) {
  pl received, port;
  if (!trunk->learnsAddress || !isFrom(ipOf(response->src)) ||
      msg_param_decode(&response->via.params, "received", &received) != 0)
    return false;
  MediaAddress& known = announced[address];
  MediaAddress seen{ipOf(text(received)), known.port};
  // By TCP and TLS it is the port of this one connection, at which nobody else gets in.
  if (response->tp == SIP_TRANSP_UDP && msg_param_decode(&response->via.params, "rport", &port) == 0 &&
      pl_u32(&port) <= kMostPort)
    seen.port = static_cast<uint16_t>(pl_u32(&port));
  if (!seen.ip.isSet() || seen == known) return false;
  known = seen;
  return true;
}

Peer findPeer(const Trunk& trunk, const OwnAddresses& own) {
  Peer peer{.trunk = &trunk,
            .addresses = addressesOf(trunk, own),
            .domain = {},
            .stack = nullptr,
            .announced = {},
            .alsoFrom = {}};
  const MediaAddress external{ipOf(trunk.externalAddress.host),
                              static_cast<uint16_t>(trunk.externalAddress.port)};
  peer.announced.assign(peer.addresses.size(), external);
  for (const std::string& from : trunk.alsoFrom) peer.alsoFrom.push_back(IpPrefix::of(from).value());
  const std::string& host = trunk.domain.empty() ? trunk.addresses.front().host : trunk.domain;
  peer.domain = ipOf(host).isSet() ? hostPort(host, peer.addresses.front().port) : host;
  return peer;
}

}  // namespace board::sip
