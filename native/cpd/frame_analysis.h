// The features of one channel's frames; see frame_features.h.
#pragma once

#include <cstdint>

#include "cpd/frame_features.h"
#include "cpd/sample_history.h"

namespace cpd {

class FrameAnalyzer {
 public:
  // `samples`: kFrameSamples. The spectrum covers these and the 12 ms before them.
  const FrameFeatures& push(const int16_t* samples);
  const FrameFeatures& pushLost();

 private:
  SampleHistory history_;
  FrameFeatures features_;
};

}  // namespace cpd
