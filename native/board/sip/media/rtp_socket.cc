#include "board/sip/media/rtp_socket.h"

#include <arpa/inet.h>
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

sockaddr_in socketAddress(uint32_t ip, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(ip);
  address.sin_port = htons(port);
  return address;
}

// Not open: the port is taken, or there are too many descriptors.
RtpSocket openAt(uint32_t ip, uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  RtpSocket socket(fd, port);
  const sockaddr_in address = socketAddress(ip, port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
  (void)::setsockopt(fd, IPPROTO_IP, IP_TOS, &kExpeditedForwarding, sizeof kExpeditedForwarding);
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
  sockaddr_in sender{};
  socklen_t length = sizeof sender;
  const ssize_t received =
      ::recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&sender), &length);
  if (received < 0) return std::nullopt;
  from = {ntohl(sender.sin_addr.s_addr), ntohs(sender.sin_port)};
  return std::span<const uint8_t>(buffer).first(static_cast<size_t>(received));
}

void RtpSocket::send(std::span<const uint8_t> bytes, MediaAddress to) const {
  if (fd_ < 0) return;
  const sockaddr_in address = socketAddress(to.ip, to.port);
  // A packet that cannot be sent now is lost, as on any network.
  (void)::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address);
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

uint32_t ipOf(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ? ntohl(address.s_addr) : 0;
}

std::string ipText(uint32_t ip) {
  return std::to_string(ip >> 24) + "." + std::to_string(ip >> 16 & 255) + "." +
         std::to_string(ip >> 8 & 255) + "." + std::to_string(ip & 255);
}

}  // namespace board::sip
