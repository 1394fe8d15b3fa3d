// Special information tone: three rising tones. Category by the nearest of the known forms.
#pragma once

#include <cstdint>

#include "cpd/types.h"

namespace cpd {

struct SitSegment {
  float hz = 0;  // 0: not heard
  int32_t ms = 0;
  bool clipped = false;  // its beginning was not heard, or it still lasts: at least `ms`
};

struct SitMatch {
  SitCategory category = SitCategory::kNone;  // kNone: not a SIT
  float confidence = 0;
};

// Forms and limits: ANSI T1.401 (category by frequency and length of the first two segments) and ITU-T E.180
// (950, 1400, 1800 Hz +-50 Hz, 330 +-70 ms), with the national deviations of the first and second segment.
SitMatch classifySit(const SitSegment& first, const SitSegment& second, const SitSegment& third);

}  // namespace cpd
