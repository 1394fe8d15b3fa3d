#include "sipexchange/udp_port.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace sipexchange {

UdpPort::UdpPort(const std::string& address, uint16_t port) {
  sockaddr_in at = addressOf(address, port);
  fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  socklen_t length = sizeof at;
  if (fd_ < 0 || ::bind(fd_, reinterpret_cast<const sockaddr*>(&at), length) != 0 ||
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &length) != 0) {
    if (fd_ >= 0) ::close(fd_);
    throw std::runtime_error("the stand-in exchange: " + address + ":" + std::to_string(port) +
                             " is not free");
  }
  port_ = ntohs(at.sin_port);
}

UdpPort::~UdpPort() { ::close(fd_); }

std::optional<std::string> UdpPort::receive(sockaddr_in& from) const {
  std::array<char, 8192> buffer;
  socklen_t length = sizeof from;
  const ssize_t received =
      ::recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (received < 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<size_t>(received));
}

void UdpPort::send(const std::string& bytes, const sockaddr_in& to) const {
  (void)::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

sockaddr_in addressOf(const std::string& ip, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1)
    throw std::runtime_error("the stand-in exchange: expected an IPv4 address, found " + ip);
  return address;
}

}  // namespace sipexchange
