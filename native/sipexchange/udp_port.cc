#include "sipexchange/udp_port.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace sipexchange {

UdpPort::UdpPort(const std::string& address, uint16_t port) {
  Address at = addressOf(address, port);
  fd_ = ::socket(at.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || ::bind(fd_, at.get(), at.length) != 0 || ::getsockname(fd_, at.get(), &at.length) != 0) {
    if (fd_ >= 0) ::close(fd_);
    throw std::runtime_error("the stand-in exchange: " + inBrackets(address) + ":" + std::to_string(port) +
                             " is not free");
  }
  port_ = at.port();
}

UdpPort::~UdpPort() { ::close(fd_); }

std::optional<std::string> UdpPort::receive(Address& from) const {
  std::array<char, 8192> buffer;
  from = Address();
  const ssize_t received = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, from.get(), &from.length);
  if (received < 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<size_t>(received));
}

void UdpPort::send(const std::string& bytes, const Address& to) const {
  (void)::sendto(fd_, bytes.data(), bytes.size(), 0, to.get(), to.length);
}

Address addressOf(const std::string& ip, uint16_t port) {
  Address address;
  // Both families have the port at the same place.
  address.storage.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, ip.c_str(), &address.storage.sin6_addr) == 1) {
    address.storage.sin6_family = AF_INET6;
    return address;
  }
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  if (::inet_pton(AF_INET, ip.c_str(), &four.sin_addr) != 1)
    throw std::runtime_error("the stand-in exchange: expected an IP address, found " + ip);
  std::memcpy(&address.storage, &four, sizeof four);
  address.length = sizeof four;
  return address;
}

std::string Address::ip() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  sockaddr_in four{};
  std::memcpy(&four, &storage, sizeof four);
  const void* bytes = &four.sin_addr;
  if (family() == AF_INET6) bytes = &storage.sin6_addr;
  return ::inet_ntop(family(), bytes, text.data(), text.size());
}

std::string inBrackets(const std::string& ip) {
  return ip.find(':') == std::string::npos ? ip : "[" + ip + "]";
}

}  // namespace sipexchange
