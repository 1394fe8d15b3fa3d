// RTCP (RFC 3550 section 6), on the wire and off it: sender and receiver reports. Pure: any bytes may be given.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace board::sip {

// Time as reports have it: the middle 32 bits of an NTP timestamp, 1/65536 s. From any moment on: the far end only gives
// it back.
using ReportTime = uint32_t;

// What one end says of the packets that it got of a source.
struct ReceptionReport {
  uint32_t ssrc = 0;         // the source
  uint8_t fractionLost = 0;  // since the report before, of 256
  int32_t lost = 0;          // since the beginning; negative where packets came twice
  uint32_t highestSequence = 0;
  uint32_t jitter = 0;        // in samples
  ReportTime lastReport = 0;  // of the sender report that came last; 0: none did
  ReportTime since = 0;       // since it came
};

// What a sender says of itself.
struct SenderReport {
  uint64_t ntp = 0;
  uint32_t timestamp = 0;
  uint32_t packets = 0, octets = 0;
};

struct RtcpReport {
  uint32_t ssrc = 0;
  std::optional<SenderReport> sender;
  std::optional<ReceptionReport> reception;
};

// With a name of the source (SDES), which each compound packet must have.
std::vector<uint8_t> encodeRtcp(const RtcpReport& report);

// The first report of a compound packet, and in it what is said of `ours`. Nothing for what is no RTCP.
std::optional<RtcpReport> decodeRtcp(std::span<const uint8_t> bytes, uint32_t ours);

}  // namespace board::sip
