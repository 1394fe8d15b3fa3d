#include "board/sip/media/rtcp_packet.h"

#include <array>
#include <cstddef>
#include <cstdio>

namespace board::sip {
namespace {

constexpr uint8_t kVersion = 2, kSenderReport = 200, kReceiverReport = 201, kSourceDescription = 202;
constexpr uint8_t kCanonicalName = 1;
constexpr size_t kHeader = 8, kSender = 20, kReception = 24;
constexpr int32_t kMostLost = 0x7fffff;

void put(std::vector<uint8_t>& bytes, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(value >> shift));
}

uint32_t word(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

void putHeader(std::vector<uint8_t>& bytes, uint8_t count, uint8_t type, size_t length) {
  put(bytes, static_cast<uint32_t>(kVersion << 6 | count) << 24 | static_cast<uint32_t>(type) << 16 |
                 static_cast<uint32_t>(length / 4 - 1));
}

void putReception(std::vector<uint8_t>& bytes, const ReceptionReport& report) {
  const int32_t lost = report.lost > kMostLost    ? kMostLost
                       : report.lost < -kMostLost ? -kMostLost
                                                  : report.lost;
  put(bytes, report.ssrc);
  put(bytes, static_cast<uint32_t>(report.fractionLost) << 24 | (static_cast<uint32_t>(lost) & 0xffffff));
  for (const uint32_t value : {report.highestSequence, report.jitter, report.lastReport, report.since})
    put(bytes, value);
}

ReceptionReport reception(std::span<const uint8_t> bytes) {
  const uint32_t lost = word(bytes, 4) & 0xffffff;
  return {.ssrc = word(bytes, 0),
          .fractionLost = bytes[4],
          .lost = static_cast<int32_t>(lost) - ((lost & 0x800000) != 0 ? 0x1000000 : 0),
          .highestSequence = word(bytes, 8),
          .jitter = word(bytes, 12),
          .lastReport = word(bytes, 16),
          .since = word(bytes, 20)};
}

}  // namespace

std::vector<uint8_t> encodeRtcp(const RtcpReport& report) {
  std::vector<uint8_t> bytes;
  const size_t blocks = report.reception ? 1 : 0;
  putHeader(bytes, static_cast<uint8_t>(blocks), report.sender ? kSenderReport : kReceiverReport,
            kHeader + (report.sender ? kSender : 0) + blocks * kReception);
  put(bytes, report.ssrc);
  if (report.sender) {
    put(bytes, static_cast<uint32_t>(report.sender->ntp >> 32));
    for (const uint32_t value : {static_cast<uint32_t>(report.sender->ntp), report.sender->timestamp,
                                 report.sender->packets, report.sender->octets})
      put(bytes, value);
  }
  if (report.reception) putReception(bytes, *report.reception);
  // A name that says nothing of this host; four characters of type, length and end complete the last word.
  std::array<char, 9> name{};
  std::snprintf(name.data(), name.size(), "%08x", static_cast<unsigned>(report.ssrc));
  putHeader(bytes, 1, kSourceDescription, 4 + 4 + 2 + 8 + 2);
  put(bytes, report.ssrc);
  bytes.push_back(kCanonicalName);
  bytes.push_back(8);
  bytes.insert(bytes.end(), name.begin(), name.begin() + 8);
  bytes.insert(bytes.end(), 2, 0);
  return bytes;
}

std::optional<RtcpReport> decodeRtcp(std::span<const uint8_t> bytes, uint32_t ours) {
  if (bytes.size() < kHeader || bytes[0] >> 6 != kVersion) return std::nullopt;
  const uint8_t type = bytes[1];
  const size_t length = 4 * (static_cast<size_t>(bytes[2] << 8 | bytes[3]) + 1);
  if ((type != kSenderReport && type != kReceiverReport) || length > bytes.size()) return std::nullopt;
  const bool sends = type == kSenderReport;
  const size_t first = kHeader + (sends ? kSender : 0), blocks = bytes[0] & 0x1f;
  if (first + blocks * kReception > length) return std::nullopt;
  RtcpReport report{.ssrc = word(bytes, 4), .sender = {}, .reception = {}};
  if (sends)
    report.sender = SenderReport{.ntp = static_cast<uint64_t>(word(bytes, 8)) << 32 | word(bytes, 12),
                                 .timestamp = word(bytes, 16),
                                 .packets = word(bytes, 20),
                                 .octets = word(bytes, 24)};
  for (size_t i = 0; i < blocks; ++i) {
    const ReceptionReport said = reception(bytes.subspan(first + i * kReception, kReception));
    if (said.ssrc == ours) report.reception = said;
  }
  return report;
}

}  // namespace board::sip
