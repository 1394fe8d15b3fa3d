#include "board/sip/media/rtcp_session.h"

#include <algorithm>
#include <cmath>

namespace board::sip {
namespace {

constexpr double kUnitsAMs = 65.536;  // of ReportTime
constexpr double kSamplesAMs = 8;
// A step back of less is a late packet; a jump ahead of more is a source that began anew.
constexpr int kMostLate = 1'000, kMostAhead = 3'000;
constexpr double kLongestRoundTripMs = 10'000;

ReportTime reportTime(double now) { return static_cast<ReportTime>(static_cast<uint64_t>(now * kUnitsAMs)); }

uint64_t ntp(double now) { return static_cast<uint64_t>(now * kUnitsAMs) << 16; }

}  // namespace

void RtcpSession::came(const RtpPacket& packet) {
  const auto ahead = static_cast<int16_t>(packet.sequence - static_cast<uint16_t>(highestSequence_));
  if (source_ != packet.ssrc || ahead < -kMostLate || ahead > kMostAhead) {
    source_ = packet.ssrc;
    baseSequence_ = highestSequence_ = packet.sequence;
    received_ = 1;
    expectedBefore_ = receivedBefore_ = 0;
    return;
  }
  ++received_;
  if (ahead > 0) highestSequence_ += static_cast<uint32_t>(ahead);
}

bool RtcpSession::take(std::span<const uint8_t> bytes, double now) {
  const std::optional<RtcpReport> report = decodeRtcp(bytes, ssrc_);
  if (!report) return false;
  if (report->sender) {
    lastReport_ = static_cast<ReportTime>(report->sender->ntp >> 16);
    lastReportAt_ = now;
  }
  if (!report->reception || packets_ == 0) return true;
  const ReceptionReport& said = *report->reception;
  farView_ = FarView{.lostPercent = std::clamp(100.0 * said.lost / packets_, 0.0, 100.0),
                     .jitterMs = said.jitter / kSamplesAMs};
  if (said.lastReport == 0) return true;
  const double around = static_cast<double>(reportTime(now) - said.lastReport - said.since) / kUnitsAMs;
  // What is longer is a clock that jumped, or somebody's invention.
  if (around <= kLongestRoundTripMs) roundTripMs_ = around;
  return true;
}

std::optional<std::vector<uint8_t>> RtcpSession::due(double now, uint32_t timestamp, uint32_t jitter) {
  if (now < nextAt_) return std::nullopt;
  nextAt_ = now + kEveryMs;
  RtcpReport report{.ssrc = ssrc_, .sender = {}, .reception = {}};
  if (packets_ != reportedPackets_)
    report.sender =
        SenderReport{.ntp = ntp(now), .timestamp = timestamp, .packets = packets_, .octets = octets_};
  reportedPackets_ = packets_;
  if (source_) report.reception = reception(now, jitter);
  return encodeRtcp(report);
}

ReceptionReport RtcpSession::reception(double now, uint32_t jitter) {
  const uint32_t expected = highestSequence_ - baseSequence_ + 1;
  const auto lostNow =
      static_cast<int64_t>(expected - expectedBefore_) - static_cast<int64_t>(received_ - receivedBefore_);
  const uint32_t expectedNow = expected - expectedBefore_;
  expectedBefore_ = expected;
  receivedBefore_ = received_;
  const int64_t fraction = expectedNow == 0 || lostNow <= 0 ? 0 : 256 * lostNow / expectedNow;
  return {.ssrc = *source_,
          .fractionLost = static_cast<uint8_t>(std::min<int64_t>(fraction, 255)),
          .lost = static_cast<int32_t>(expected - received_),
          .highestSequence = highestSequence_,
          .jitter = jitter,
          .lastReport = lastReport_,
          .since = lastReport_ == 0 ? 0 : reportTime(now - lastReportAt_)};
}

}  // namespace board::sip
