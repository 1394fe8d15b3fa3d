// RTP (RFC 3550) and telephone events (RFC 4733), on the wire and off it. Pure: any bytes may be given.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace board::sip {

struct RtpPacket {
  uint8_t payloadType = 0;
  bool marker = false;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  std::span<const uint8_t> payload;  // of the bytes given; without padding
};

// Nothing for what is no RTP packet of version 2, RTCP on the same port among it.
std::optional<RtpPacket> decodeRtp(std::span<const uint8_t> bytes);

std::vector<uint8_t> encodeRtp(const RtpPacket& packet);

// One packet of a telephone event.
struct TelephoneEvent {
  char digit = 0;  // 0-9 * # A-D
  bool end = false;
  uint16_t duration = 0;  // in samples
};

// Nothing for events that are no keys of a telephone, and for payloads that are too short.
std::optional<TelephoneEvent> decodeTelephoneEvent(std::span<const uint8_t> payload);

}  // namespace board::sip
