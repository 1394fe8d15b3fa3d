// Runs a recorded call through the detector again and compares what it says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpd/analyze.h"
#include "cpd/recording/call_recording.h"

namespace cpd {

struct ReplayDifference {
  int32_t atMs = 0;      // media time
  std::string recorded;  // empty: nothing was said then
  std::string replayed;  // empty: nothing is said now
};

struct ReplayResult {
  AnalysisResult now;  // what the detector of today makes of it
  int32_t audioFrames = 0, lostFrames = 0, comfortNoiseFrames = 0;
  int32_t compared = 0;                 // observations and pieces of evidence
  int32_t differences = 0;              // 0: all the same, bit for bit
  std::vector<ReplayDifference> first;  // of the differences, at most kShownDifferences
};

inline constexpr size_t kShownDifferences = 10;

ReplayResult replay(const CallRecording& recording);

}  // namespace cpd
