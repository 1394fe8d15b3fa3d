#include "cpd/operating_point.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "cpd/settings.h"
#include "cpd/simd/exact_math.h"

namespace cpd {
namespace {

// What was measured at a share of people lost; scripts/voice-training/README.md says on what.
struct Measured {
  float maxHumanLoss;
  OperatingLines lines;
};

// clang-format off
constexpr Measured kPatient[] = {
    {0.003f, {{{{360, 440, 520, 600, 1000}, {-3.65f, -3.05f, -2.15f, -1.05f, 1.45f}, 7.2f, 7.2f},
               {{360, 440, 520, 620, 1200}, {-3.65f, -3.05f, -2.05f, -0.65f, 1.45f}, 4.6f, 4.6f},
               {{360, 600, 900, 1200, 1420}, {-4.45f, -3.35f, -2.45f, -1.55f, -0.45f}, 4.4f, 4.2f}}, 5.2f}},
    {0.01f,  {{{{360, 440, 520, 600, 1000}, {-3.75f, -3.15f, -2.35f, -1.35f, 1.15f}, 6.0f, 6.0f},
               {{360, 440, 520, 620, 1200}, {-3.75f, -3.15f, -2.25f, -0.95f, 1.15f}, 3.6f, 3.6f},
               {{360, 600, 900, 1200, 1420}, {-4.55f, -3.55f, -2.65f, -1.75f, -0.75f}, 3.6f, 3.2f}}, 4.5f}},
    {0.03f,  {{{{360, 440, 520, 600, 1000}, {-3.85f, -3.35f, -2.65f, -1.75f, 0.65f}, 4.8f, 4.8f},
               {{360, 440, 520, 620, 1200}, {-3.85f, -3.35f, -2.55f, -1.35f, 0.55f}, 2.3f, 2.3f},
               {{360, 600, 900, 1200, 1420}, {-4.75f, -3.95f, -3.15f, -2.35f, -1.35f}, 2.4f, 2.0f}}, 3.6f}},
};
constexpr Measured kQuick[] = {
    {0.003f, {{{{320, 380, 440, 520, 700}, {-3.45f, -2.25f, -1.05f, 0.15f, 1.65f}, 7.2f, 7.2f},
               {{320, 380, 440, 540, 800}, {-3.45f, -2.25f, -0.85f, 0.35f, 1.65f}, 4.6f, 4.6f},
               {{320, 440, 580, 700, 900}, {-3.45f, -1.75f, -0.25f, 0.55f, 1.35f}, 4.4f, 4.2f}}, 5.2f}},
    {0.01f,  {{{{320, 380, 440, 520, 700}, {-3.55f, -2.45f, -1.25f, -0.05f, 1.45f}, 6.0f, 6.0f},
               {{320, 380, 440, 540, 800}, {-3.55f, -2.45f, -1.05f, 0.15f, 1.45f}, 3.6f, 3.6f},
               {{320, 440, 580, 700, 900}, {-3.55f, -2.05f, -0.75f, 0.25f, 0.95f}, 3.6f, 3.2f}}, 4.5f}},
    {0.03f,  {{{{320, 380, 440, 520, 700}, {-3.65f, -2.65f, -1.65f, -0.45f, 0.75f}, 4.8f, 4.8f},
               {{320, 380, 440, 540, 800}, {-3.65f, -2.65f, -1.45f, -0.25f, 0.75f}, 2.3f, 2.3f},
               {{320, 440, 580, 700, 900}, {-3.65f, -2.25f, -1.15f, -0.15f, 0.35f}, 2.4f, 2.0f}}, 3.6f}},
};
// clang-format on
constexpr int kRows = static_cast<int>(std::size(kPatient));
static_assert(std::size(kQuick) == std::size(kPatient));

float mix(float a, float b, float part) { return a + part * (b - a); }
int32_t mixMs(int32_t a, int32_t b, float part) {
  return a + static_cast<int32_t>(std::lround(part * static_cast<float>(b - a)));
}

DecisionLines mix(const DecisionLines& a, const DecisionLines& b, float part) {
  DecisionLines lines = a;
  for (int i = 0; i < DecisionLines::kPoints; ++i) {
    lines.silenceMs[i] = mixMs(a.silenceMs[i], b.silenceMs[i], part);
    lines.liveBelow[i] = mix(a.liveBelow[i], b.liveBelow[i], part);
  }
  lines.machineInPause = mix(a.machineInPause, b.machineInPause, part);
  lines.machineAtEnd = mix(a.machineAtEnd, b.machineAtEnd, part);
  return lines;
}

DecisionLines atGreeting(const OperatingLines& lines, int32_t greetingMs) {
  constexpr const int32_t(&kMs)[OperatingLines::kGreetings] = OperatingLines::kGreetingMs;
  const int32_t ms = std::clamp(greetingMs, kMs[0], kMs[OperatingLines::kGreetings - 1]);
  int i = 0;
  while (i < OperatingLines::kGreetings - 2 && ms > kMs[i + 1]) ++i;
  return mix(lines.at[i], lines.at[i + 1],
             static_cast<float>(ms - kMs[i]) / static_cast<float>(kMs[i + 1] - kMs[i]));
}

float logOddsOf(float share) { return exactLog(share / (1 - share)); }

}  // namespace

float humanLossOf(Mode mode) {
  return mode == Mode::kPositiveAmDetection || mode == Mode::kFullPositiveAmDetection ? 0.003f : 0.01f;
}

OperatingPoint::OperatingPoint(Mode mode, float maxHumanLoss) {
  const bool quick = mode == Mode::kPositiveAmDetection || mode == Mode::kFullPositiveAmDetection;
  const Measured* const table = quick ? kQuick : kPatient;
  // Beyond what was measured the lines are continued, as far as the knob goes.
  const float loss =
      std::clamp(maxHumanLoss > 0 ? maxHumanLoss : humanLossOf(mode), kLeastHumanLoss, kMostHumanLoss);
  int row = 0;
  while (row < kRows - 2 && loss > table[row + 1].maxHumanLoss) ++row;
  from_ = &table[row].lines;
  to_ = &table[row + 1].lines;
  const float low = logOddsOf(table[row].maxHumanLoss), high = logOddsOf(table[row + 1].maxHumanLoss);
  part_ = (logOddsOf(loss) - low) / (high - low);
}

DecisionLines OperatingPoint::linesFor(int32_t greetingMs) const {
  DecisionLines lines = mix(atGreeting(*from_, greetingMs), atGreeting(*to_, greetingMs), part_);
  // What is continued far beyond may not bend back.
  for (int i = 1; i < DecisionLines::kPoints; ++i)
    lines.liveBelow[i] = std::max(lines.liveBelow[i], lines.liveBelow[i - 1]);
  return lines;
}

float OperatingPoint::machineWhileTalking() const {
  return mix(from_->machineWhileTalking, to_->machineWhileTalking, part_);
}

float DecisionLines::liveBelowAfter(int32_t silence) const {
  if (silence < silenceMs[0]) return -100;
  for (int i = 1; i < kPoints; ++i) {
    if (silence >= silenceMs[i]) continue;
    const float part =
        static_cast<float>(silence - silenceMs[i - 1]) / static_cast<float>(silenceMs[i] - silenceMs[i - 1]);
    return mix(liveBelow[i - 1], liveBelow[i], part);
  }
  return 100;
}

}  // namespace cpd
