// What a verdict was decided by.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cpd/types.h"

namespace cpd {

struct Score {
  const char* name;
  float value;
};

// A score for a machine that was made anew: log odds, and the lines it was compared with.
struct ScoreAt {
  int32_t atMs = kNever;
  float machineLogOdds = 0;
  float machineFrom = 0;  // a machine from here on
  float liveBelow = 0;    // a person below
};

struct Evidence {
  const char* rule = "";
  float confidence = 0;
  Verdict verdict = Verdict::kNone;
  SitCategory sit = SitCategory::kNone;
  int32_t decidedMs = kNever;
  int32_t answerMs = kNever;
  int32_t speechStartMs = kNever;
  int32_t greetingEndMs = kNever;
  int32_t beepMs = kNever;
  std::span<const Segment> segments;  // valid until the next process()
  std::span<const Score> scores;
  std::string_view recording;  // name of the one that was known, valid as long as the settings; empty: none
};

}  // namespace cpd
