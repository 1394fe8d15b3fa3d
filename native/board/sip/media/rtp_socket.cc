#include "board/sip/media/rtp_socket.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace board::sip {
namespace {

constexpr int kBufferBytes = 64 * 1024;
constexpr int kExpeditedForwarding = 46 << 2;  // DSCP EF, RFC 3246

// Not open: the port is taken, or there are too many descriptors.
RtpSocket openAt(const IpAddress& ip, uint16_t port) {
  const bool six = ip.isV6();
  const int fd = ::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  RtpSocket socket(fd, port);
  const SocketAddress address({ip, port});
  if (::bind(fd, address.get(), address.length) != 0) return {};
  (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
  (void)::setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_TCLASS : IP_TOS, &kExpeditedForwarding,
                     sizeof kExpeditedForwarding);
  return socket;
}

}  // namespace

RtpSocket::RtpSocket(RtpSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(std::exchange(other.port_, uint16_t{0})) {}

RtpSocket& RtpSocket::operator=(RtpSocket&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  port_ = std::exchange(other.port_, uint16_t{0});
  return *this;
}

void RtpSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::optional<std::span<const uint8_t>> RtpSocket::receive(std::span<uint8_t> buffer,
                                                           MediaAddress& from) const {
  if (fd_ < 0) return std::nullopt;
  SocketAddress sender;
  const ssize_t received = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, sender.get(), &sender.length);
  if (received < 0) return std::nullopt;
  from = sender.media();
  return std::span<const uint8_t>(buffer).first(static_cast<size_t>(received));
}

void RtpSocket::send(std::span<const uint8_t> bytes, MediaAddress to) const {
  if (fd_ < 0) return;
  const SocketAddress address(to);
  // A packet that cannot be sent now is lost, as on any network.
  (void)::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL, address.get(), address.length);
}

uint64_t RtpSocket::dropped() const {
  std::array<uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (fd_ < 0 || ::getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) return 0;
  return memory[SK_MEMINFO_DROPS];
}

RtpSocket RtpPorts::open() {
  for (uint32_t tried = first_; tried <= last_; tried += 2) {
    const auto port = static_cast<uint16_t>(next_);
    next_ = next_ + 2 > last_ ? first_ : next_ + 2;
    RtpSocket socket = openAt(ip_, port);
    if (socket.isOpen()) return socket;
  }
  return {};
}

RtpSocket RtpPorts::openControl(const RtpSocket& of) const {
  if (of.port() >= last_) return {};
  return openAt(ip_, static_cast<uint16_t>(of.port() + 1));
}

}  // namespace board::sip
