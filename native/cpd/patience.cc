#include "cpd/patience.h"

#include <algorithm>
#include <iterator>

#include "cpd/detector.h"
#include "cpd/exact_math.h"

namespace cpd {
namespace {

// What was measured at a share of people lost; scripts/voice-training/README.md says on what.
struct OperatingPoint {
  float maxHumanLoss;
  Patience patience;
};

// clang-format off
constexpr OperatingPoint kPatient[] = {
    {0.003f, {{360, 480, 580, 640, 720, 1000, 1480}, {-3.2f, -2.5f, -2.2f, -1.7f, -1.0f, 0.3f, 2.0f}, 6.2f, 4.2f, 2.6f}},
    {0.01f,  {{360, 480, 580, 640, 720, 1000, 1480}, {-3.3f, -2.6f, -2.3f, -1.8f, -1.15f, 0.1f, 1.7f}, 5.5f, 3.6f, 1.8f}},
    {0.03f,  {{360, 480, 580, 640, 720, 1000, 1480}, {-3.4f, -2.8f, -2.5f, -2.1f, -1.6f, -0.6f, 0.6f}, 5.0f, 2.7f, 0.6f}},
};
constexpr OperatingPoint kQuick[] = {
    {0.003f, {{320, 380, 440, 500, 580, 700, 900}, {-3.2f, -2.2f, -1.5f, -0.8f, 0.0f, 0.8f, 1.5f}, 6.2f, 4.2f, 2.4f}},
    {0.01f,  {{320, 380, 440, 500, 580, 700, 900}, {-3.3f, -2.4f, -1.8f, -1.2f, -0.5f, 0.5f, 1.2f}, 5.7f, 3.5f, 1.8f}},
    {0.03f,  {{320, 380, 440, 500, 580, 700, 900}, {-3.4f, -2.6f, -2.0f, -1.5f, -0.9f, 0.1f, 0.8f}, 5.2f, 2.8f, 1.2f}},
};
// clang-format on

constexpr int32_t kLongAnswerMs = 2600;  // up to this the doubt for people grows with shortness
constexpr float kShortnessPerS = 3;

float mix(float a, float b, float part) { return a + part * (b - a); }

float logOddsOf(float share) { return exactLog(share / (1 - share)); }

}  // namespace

float humanLossOf(Mode mode) {
  return mode == Mode::kPositiveAmDetection || mode == Mode::kFullPositiveAmDetection ? 0.003f : 0.01f;
}

Patience patienceFor(Mode mode, float maxHumanLoss) {
  const bool quick = mode == Mode::kPositiveAmDetection || mode == Mode::kFullPositiveAmDetection;
  const OperatingPoint* const table = quick ? kQuick : kPatient;
  constexpr int kRows = static_cast<int>(std::size(kPatient));
  static_assert(std::size(kQuick) == std::size(kPatient));
  // Beyond what was measured the lines are continued, as far as the knob goes.
  const float loss =
      std::clamp(maxHumanLoss > 0 ? maxHumanLoss : humanLossOf(mode), kLeastHumanLoss, kMostHumanLoss);
  int row = 0;
  while (row < kRows - 2 && loss > table[row + 1].maxHumanLoss) ++row;
  const float low = logOddsOf(table[row].maxHumanLoss), high = logOddsOf(table[row + 1].maxHumanLoss);
  const float part = (logOddsOf(loss) - low) / (high - low);
  Patience p = table[row].patience;
  const Patience& q = table[row + 1].patience;
  for (int i = 0; i < Patience::kPoints; ++i) p.liveBelow[i] = mix(p.liveBelow[i], q.liveBelow[i], part);
  p.machineWhileTalking = mix(p.machineWhileTalking, q.machineWhileTalking, part);
  p.machineInPause = mix(p.machineInPause, q.machineInPause, part);
  p.machineAtEnd = mix(p.machineAtEnd, q.machineAtEnd, part);
  return p;
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
    return mix(p.liveBelow[i - 1], p.liveBelow[i], part);
  }
  return 100;
}

}  // namespace cpd
