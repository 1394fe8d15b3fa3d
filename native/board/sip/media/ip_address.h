// An IP address of either family, and prefixes of them. Of IPv4 it is held as the mapped one of IPv6 (RFC 4291, section
// 2.5.5.2), so that both writings of it are the same.
#pragma once

#include <netinet/in.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace board::sip {

class IpAddress {
 public:
  constexpr IpAddress() = default;  // none
  // IPv4 in host order; 0: none.
  constexpr IpAddress(uint32_t ip)  // NOLINT(google-explicit-constructor)
      : bytes_{} {
    if (ip == 0) return;
    bytes_[10] = bytes_[11] = 0xff;
    for (size_t i = 0; i < 4; ++i) bytes_[12 + i] = static_cast<uint8_t>(ip >> (24 - 8 * i));
  }
  explicit IpAddress(const in6_addr& ip);

  bool isSet() const { return *this != IpAddress(); }
  bool isV6() const { return isSet() && !isV4(); }
  bool isV4() const;
  // 127.0.0.0/8 or ::1.
  bool isLoopback() const;
  // Without brackets; empty: none.
  std::string text() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  // Of IPv4, in host order.
  uint32_t v4() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

// Not set for what is no address. Brackets are taken off; a zone ("%eth0") is none of an address.
IpAddress ipOf(const std::string& text);

class IpPrefix {
 public:
  // "192.0.2.0/24", "2001:db8::/32", or an address alone; nothing: it is neither.
  static std::optional<IpPrefix> of(const std::string& text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int bits_ = 0;  // of 128
};

// An address and a port in host order; not set: none.
struct MediaAddress {
  IpAddress ip;
  uint16_t port = 0;
  bool operator==(const MediaAddress&) const = default;
};

// As sockets have it.
struct SocketAddress {
  SocketAddress() = default;
  explicit SocketAddress(const MediaAddress& at);
  MediaAddress media() const;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }

  sockaddr_in6 storage{};  // room for either
  socklen_t length = sizeof storage;
};

}  // namespace board::sip
