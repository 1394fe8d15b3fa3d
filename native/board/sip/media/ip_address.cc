#include "board/sip/media/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace board::sip {
namespace {

constexpr int kBits = 128, kBitsOfV4 = 32;
constexpr uint8_t kLoopbackNet = 127;
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string withoutBrackets(const std::string& text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  return bracketed ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

IpAddress::IpAddress(const in6_addr& ip) {
  std::copy_n(ip.s6_addr, bytes_.size(), bytes_.begin());
  if (isV4() && v4() == 0) bytes_ = {};
}

bool IpAddress::isV4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin()); }

bool IpAddress::isLoopback() const {
  if (isV4()) return bytes_[12] == kLoopbackNet;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](uint8_t byte) { return byte == 0; }) &&
         bytes_.back() == 1;
}

uint32_t IpAddress::v4() const {
  uint32_t ip = 0;
  for (size_t i = kMapped.size(); i < bytes_.size(); ++i) ip = ip << 8 | bytes_[i];
  return ip;
}

std::string IpAddress::text() const {
  if (!isSet()) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool four = isV4();
  return ::inet_ntop(four ? AF_INET : AF_INET6, bytes_.data() + (four ? kMapped.size() : 0), text.data(),
                     text.size());
}

IpAddress ipOf(const std::string& text) {
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return ntohl(four.s_addr);
  in6_addr six{};
  return ::inet_pton(AF_INET6, withoutBrackets(text).c_str(), &six) == 1 ? IpAddress(six) : IpAddress();
}

std::optional<IpPrefix> IpPrefix::of(const std::string& text) {
  const size_t slash = text.find('/');
  IpPrefix prefix;
  prefix.base_ = ipOf(text.substr(0, slash));
  if (!prefix.base_.isSet()) return std::nullopt;
  const int most = prefix.base_.isV4() ? kBitsOfV4 : kBits;
  prefix.bits_ = kBits;
  if (slash == std::string::npos) return prefix;
  int bits = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data() + slash + 1, end, bits);
  // Without a bit everybody would be known.
  if (error != std::errc() || read != end || bits < 1 || bits > most) return std::nullopt;
  prefix.bits_ = kBits - most + bits;
  return prefix;
}

bool IpPrefix::contains(const IpAddress& address) const {
  if (base_.isV4() != address.isV4()) return false;
  const auto whole = static_cast<size_t>(bits_ / 8);
  if (std::memcmp(base_.bytes().data(), address.bytes().data(), whole) != 0) return false;
  if (bits_ % 8 == 0) return true;
  const int shift = 8 - bits_ % 8;
  return base_.bytes()[whole] >> shift == address.bytes()[whole] >> shift;
}

SocketAddress::SocketAddress(const MediaAddress& at) {
  if (at.ip.isV6()) {
    storage.sin6_family = AF_INET6;
    storage.sin6_port = htons(at.port);
    std::ranges::copy(at.ip.bytes(), storage.sin6_addr.s6_addr);
    return;
  }
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(at.port);
  four.sin_addr.s_addr = htonl(at.ip.v4());
  std::memcpy(&storage, &four, sizeof four);
  length = sizeof four;
}

MediaAddress SocketAddress::media() const {
  if (storage.sin6_family == AF_INET6) return {IpAddress(storage.sin6_addr), ntohs(storage.sin6_port)};
  sockaddr_in four{};
  std::memcpy(&four, &storage, sizeof four);
  return {ntohl(four.sin_addr.s_addr), ntohs(four.sin_port)};
}

}  // namespace board::sip
