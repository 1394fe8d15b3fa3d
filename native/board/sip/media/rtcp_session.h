// RTCP of one leg: what is counted of the far end's packets for our reports, and what the far end reports of ours. Pure;
// times are board time in ms.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "board/sip/media/rtcp_packet.h"
#include "board/sip/media/rtp_packet.h"

namespace board::sip {

// What the far end said of what it got of us.
struct FarView {
  double lostPercent = 0;  // since the beginning
  double jitterMs = 0;
};

class RtcpSession {
 public:
  void start(uint32_t ssrc, double now) {
    *this = RtcpSession();
    ssrc_ = ssrc;
    nextAt_ = now + kEveryMs;
  }

  // A valid packet of the far end's came; one of ours with so many bytes of sound went out.
  void came(const RtpPacket& packet);
  void went(size_t octets) {
    ++packets_;
    octets_ += static_cast<uint32_t>(octets);
  }

  uint64_t sent() const { return packets_; }

  // What the far end reports. False: it is no valid report.
  bool take(std::span<const uint8_t> bytes, double now);

  // The report that is due, each 5 s. `timestamp` of what is sent now, `jitter` of what comes, in samples.
  std::optional<std::vector<uint8_t>> due(double now, uint32_t timestamp, uint32_t jitter);

  const std::optional<FarView>& farView() const { return farView_; }
  // To the far end and back, in ms; nothing while no report told.
  std::optional<double> roundTripMs() const { return roundTripMs_; }

 private:
  static constexpr double kEveryMs = 5'000;

  ReceptionReport reception(double now, uint32_t jitter);

  uint32_t ssrc_ = 0;
  double nextAt_ = 0;
  uint32_t packets_ = 0, octets_ = 0, reportedPackets_ = 0;  // sent

  // The far end's source (RFC 3550, A.1 and A.3).
  std::optional<uint32_t> source_;
  uint32_t baseSequence_ = 0, highestSequence_ = 0;  // with the times that it began anew above 16 bits
  uint32_t received_ = 0, expectedBefore_ = 0, receivedBefore_ = 0;

  ReportTime lastReport_ = 0;
  double lastReportAt_ = 0;
  std::optional<FarView> farView_;
  std::optional<double> roundTripMs_;
};

}  // namespace board::sip
