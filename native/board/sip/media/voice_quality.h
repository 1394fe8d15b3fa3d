// How well speech is understood, estimated from what the network does to it. Pure.
#pragma once

#include <algorithm>

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

}  // namespace board::sip
