// How well speech is understood, estimated from what the network does to it. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace board::sip {

// Mean opinion score, 1 to 4.5, of G.711 by the E-model (ITU-T G.107): what is lost in per cent, lost here and there and
// not concealed (G.113: Bpl 4.3), and the delay from mouth to ear. It is an estimate of the line, not of a conversation.
inline double estimatedMos(double lossPercent, double delayMs) {
  constexpr double kBest = 93.2, kWorstEquipment = 95, kLossRobustness = 4.3;
  const double delay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const double loss = kWorstEquipment * lossPercent / (lossPercent + kLossRobustness);
  const double r = std::clamp(kBest - delay - loss, 0.0, 100.0);
  return std::clamp(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1.0, 4.5);
}

// What one leg's sound was like: as it came, and as the far end says that ours did (RTCP).
struct VoiceQuality {
  uint64_t sent = 0, packets = 0;
  uint64_t dropped = 0;           // packets that came while this host was too slow to take them
  uint64_t frames = 0, lost = 0;  // of 20 ms; lost ones are among all
  uint64_t late = 0;              // packets that came when their frame had left
  double jitterMs = 0;
  std::optional<double> farLostPercent, farJitterMs, roundTripMs;

  // All of it where nothing came.
  double lostPercent() const {
    if (packets == 0 && frames > 0) return 100;
    return frames == 0 ? 0 : 100.0 * static_cast<double>(lost) / static_cast<double>(frames);
  }
  // Of what came. Delay: a packet, the wait for late ones, and half of the way there and back where RTCP told it.
  double mos() const {
    constexpr double kPacketMs = 20;
    return estimatedMos(lostPercent(), kPacketMs + 3 * jitterMs + roundTripMs.value_or(0) / 2);
  }
};

}  // namespace board::sip
