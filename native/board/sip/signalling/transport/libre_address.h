// Addresses as libre has them.
#pragma once

#include <cstdint>

#include "board/sip/media/ip_address.h"
#include "board/sip/signalling/libre.h"

namespace board::sip {

inline sa libreAddress(const IpAddress& ip, uint16_t port) {
  sa address;
  if (ip.isV6())
    sa_set_in6(&address, ip.bytes().data(), port);
  else
    sa_set_in(&address, ip.v4(), port);
  return address;
}

inline IpAddress ipOf(const sa& address) {
  if (sa_af(&address) == AF_INET) return sa_in(&address);
  if (sa_af(&address) != AF_INET6) return {};
  in6_addr six{};
  sa_in6(&address, six.s6_addr);
  return IpAddress(six);
}

}  // namespace board::sip
