// A UDP port of the stand-in's, on loopback.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sipexchange {

class UdpPort {
 public:
  // Throws std::runtime_error. Port 0: any.
  UdpPort(const std::string& address, uint16_t port);
  ~UdpPort();
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  uint16_t port() const { return port_; }
  // What has arrived, and from where; nothing: no more.
  std::optional<std::string> receive(sockaddr_in& from) const;
  void send(const std::string& bytes, const sockaddr_in& to) const;

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
};

sockaddr_in addressOf(const std::string& ip, uint16_t port);

}  // namespace sipexchange
