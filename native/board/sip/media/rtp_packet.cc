#include "board/sip/media/rtp_packet.h"

#include <string_view>

namespace board::sip {
namespace {

constexpr size_t kHeader = 12, kEventBytes = 4;
constexpr int kVersion = 2;
// RTCP that is multiplexed on the port has its packet types 192 to 223 where RTP has marker and payload type.
constexpr uint8_t kFirstRtcp = 192, kLastRtcp = 223;
constexpr std::string_view kKeys = "0123456789*#ABCD";

uint16_t read16(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

uint32_t read32(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint32_t>(read16(bytes, at)) << 16 | read16(bytes, at + 2);
}

}  // namespace

std::optional<RtpPacket> decodeRtp(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeader || bytes[0] >> 6 != kVersion) return std::nullopt;
  if (bytes[1] >= kFirstRtcp && bytes[1] <= kLastRtcp) return std::nullopt;
  const bool padded = (bytes[0] & 0x20) != 0, extended = (bytes[0] & 0x10) != 0;
  size_t start = kHeader + 4U * (bytes[0] & 0x0f);
  if (extended) {
    if (start + 4 > bytes.size()) return std::nullopt;
    start += 4 + 4U * read16(bytes, start + 2);
  }
  if (start > bytes.size()) return std::nullopt;
  size_t length = bytes.size() - start;
  if (padded) {
    const uint8_t padding = bytes.back();
    if (padding == 0 || padding > length) return std::nullopt;
    length -= padding;
  }
  return RtpPacket{.payloadType = static_cast<uint8_t>(bytes[1] & 0x7f),
                   .marker = (bytes[1] & 0x80) != 0,
                   .sequence = read16(bytes, 2),
                   .timestamp = read32(bytes, 4),
                   .ssrc = read32(bytes, 8),
                   .payload = bytes.subspan(start, length)};
}

std::vector<uint8_t> encodeRtp(const RtpPacket& packet) {
  std::vector<uint8_t> bytes;
  bytes.reserve(kHeader + packet.payload.size());
  const auto put = [&bytes](uint32_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
      bytes.push_back(static_cast<uint8_t>(value >> shift));
  };
  put(kVersion << 6, 1);
  put((packet.marker ? 0x80U : 0U) | packet.payloadType, 1);
  put(packet.sequence, 2);
  put(packet.timestamp, 4);
  put(packet.ssrc, 4);
  bytes.insert(bytes.end(), packet.payload.begin(), packet.payload.end());
  return bytes;
}

std::optional<TelephoneEvent> decodeTelephoneEvent(std::span<const uint8_t> payload) {
  if (payload.size() < kEventBytes || payload[0] >= kKeys.size()) return std::nullopt;
  return TelephoneEvent{
      .digit = kKeys[payload[0]], .end = (payload[1] & 0x80) != 0, .duration = read16(payload, 2)};
}

}  // namespace board::sip
