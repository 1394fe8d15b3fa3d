// What a detector is told before a call: the tones of its network, and how sure it has to be how soon.
#pragma once

#include <cstdint>
#include <memory>

#include "cpd/tones/plan/tone_plan.h"
#include "cpd/types.h"

namespace cpd {

namespace known {
class Library;
}

struct Settings {
  TonePlan plan;  // see tone_plan.h: findTonePlan("US")
  Mode mode = Mode::kAccurateAmDetection;
  int32_t cpdTimeoutMs = 4500;  // latest verdict, from answer
  bool inferAnswer = false;     // the trunk does not signal answer: it is inferred from the audio
  float maxHumanLoss = 0;       // largest share of people that may be taken for machines, 0.001 to 0.1;
                                // 0: that of the mode
  float scoreOffset = 0;        // log odds of a machine added to the model's own: what a calibration found
  std::shared_ptr<const known::Library> recordings = nullptr;  // that are known; null: none
  bool checkLearnt = false;  // those that were learnt are named and decide nothing: are they right?
};

// What maxHumanLoss may be.
inline constexpr float kLeastHumanLoss = 0.001f, kMostHumanLoss = 0.1f;
inline constexpr bool isHumanLoss(float share) {
  return share == 0 || (share >= kLeastHumanLoss && share <= kMostHumanLoss);
}

}  // namespace cpd
