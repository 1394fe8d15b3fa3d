// The sockets of the media of calls: UDP, non-blocking, on ports of a range that are taken in turn, so that one that
// was just given back rests as long as possible: what is still on its way to an old call does not reach a new one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "board/sip/media/peer_gate.h"

namespace board::sip {

class RtpSocket {
 public:
  RtpSocket() = default;
  RtpSocket(int fd, uint16_t port) : fd_(fd), port_(port) {}
  ~RtpSocket() { close(); }
  RtpSocket(RtpSocket&& other) noexcept;
  RtpSocket& operator=(RtpSocket&& other) noexcept;

  bool isOpen() const { return fd_ >= 0; }
  uint16_t port() const { return port_; }

  // The bytes of one packet, in `buffer`, and who sent it; nothing when none waits.
  std::optional<std::span<const uint8_t>> receive(std::span<uint8_t> buffer, MediaAddress& from) const;
  void send(std::span<const uint8_t> bytes, MediaAddress to) const;
  // Packets that came while its buffer was full: this host was too slow to take those before them.
  uint64_t dropped() const;
  void close();

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
};

class RtpPorts {
 public:
  // Even ports of a range, both ends in it, on an address of this machine.
  RtpPorts(const IpAddress& ip, uint16_t first, uint16_t last)
      : ip_(ip), first_(first + first % 2), last_(last), next_(first_) {}

  // Not open: no port of the range is free.
  RtpSocket open();
  // The port above one of them, which is RTCP's. Not open: another program has it.
  RtpSocket openControl(const RtpSocket& of) const;

 private:
  IpAddress ip_;
  uint32_t first_, last_, next_;
};

}  // namespace board::sip
