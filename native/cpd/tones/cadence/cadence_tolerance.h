// How far what is heard may be from what a plan says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cpd/tones/cadence/tone_set.h"

namespace cpd {

inline constexpr int32_t kNoticeMs = 100;     // a burst is known this long after it began
inline constexpr float kRateToleranceHz = 4;  // of a beat or modulation

struct Tolerance {
  bool own;
  float hz, hzShare;  // the larger counts
  float ms, msShare;

  int32_t slack(int32_t nominal) const {
    return static_cast<int32_t>(std::max(ms, msShare * static_cast<float>(nominal)));
  }
  bool near(int32_t heard, int32_t nominal) const { return std::abs(heard - nominal) <= slack(nominal); }
};

// One's own plan: 10 Hz or 1.5 %, 20 ms or 10 % must be accepted; 25 Hz and 5 %, 60 ms and 30 % refused.
// Among all plans something always fits roughly, so it has to fit better there.
inline constexpr Tolerance kOwnTolerance{true, 15, 0.03f, 50, 0.18f};
inline constexpr Tolerance kForeignTolerance{false, 12, 0.02f, 25, 0.12f};

// The longest gap after a burst that does not refute its cadence.
inline int32_t longestGapMs(const Tolerance& t, const CadenceElement& element) {
  return element.offMs + t.slack(element.offMs) + kNoticeMs;
}

}  // namespace cpd
