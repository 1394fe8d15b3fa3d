// A UDP port of the stand-in's, on loopback, of either family.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sipexchange {

// As sockets have it.
struct Address {
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.sin6_family; }
  uint16_t port() const { return ntohs(storage.sin6_port); }
  std::string ip() const;

  sockaddr_in6 storage{};  // room for either
  socklen_t length = sizeof storage;
};

// Throws std::runtime_error: it is no address.
Address addressOf(const std::string& ip, uint16_t port);
// As URIs have it: of IPv6 in brackets.
std::string inBrackets(const std::string& ip);

class UdpPort {
 public:
  // Throws std::runtime_error. Port 0: any.
  UdpPort(const std::string& address, uint16_t port);
  ~UdpPort();
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  uint16_t port() const { return port_; }
  // What has arrived, and from where; nothing: no more.
  std::optional<std::string> receive(Address& from) const;
  void send(const std::string& bytes, const Address& to) const;

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
};

}  // namespace sipexchange
