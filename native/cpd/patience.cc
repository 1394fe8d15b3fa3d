#include "cpd/patience.h"

#include <algorithm>

namespace cpd {
namespace {

constexpr Patience kPatient = {
    {580, 650, 720, 1000, 1480}, {-5.6f, -4.3f, -3.1f, -2.4f, -1.1f}, 6.0f, 7.0f, 1.2f};
constexpr Patience kQuick = {{360, 430, 500, 700, 900}, {-2.5f, -1.5f, -0.5f, 0.3f, 1}, 5.0f, 6.0f, 2.8f};
constexpr int32_t kLongAnswerMs = 3600;  // up to this the doubt for people grows with shortness
constexpr float kShortnessPerS = 3;

}  // namespace

const Patience& patienceOf(Mode mode) {
  return mode == Mode::kPositiveAmDetection || mode == Mode::kFullPositiveAmDetection ? kQuick : kPatient;
}

float machineAtEnd(const Patience& p, int32_t greetingMs) {
  const float shortS = std::max(0.0f, static_cast<float>(kLongAnswerMs - greetingMs) / 1000);
  return p.machineAtEnd + kShortnessPerS * shortS;
}

float liveBelow(const Patience& p, int32_t silenceMs) {
  if (silenceMs < p.silenceMs[0]) return -100;
  for (int i = 1; i < Patience::kPoints; ++i) {
    if (silenceMs >= p.silenceMs[i]) continue;
    const float part = static_cast<float>(silenceMs - p.silenceMs[i - 1]) /
                       static_cast<float>(p.silenceMs[i] - p.silenceMs[i - 1]);
    return p.liveBelow[i - 1] + part * (p.liveBelow[i] - p.liveBelow[i - 1]);
  }
  return 100;
}

}  // namespace cpd
