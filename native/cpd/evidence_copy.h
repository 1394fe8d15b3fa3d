// The detector's evidence lives until its next frame; who keeps it needs a copy that owns its data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpd/evidence.h"

namespace cpd {

struct EvidenceCopy {
  std::string rule;
  float confidence = 0;
  Verdict verdict = Verdict::kNone;
  SitCategory sit = SitCategory::kNone;
  int32_t decidedMs = kNever, answerMs = kNever, speechStartMs = kNever;
  int32_t greetingEndMs = kNever, beepMs = kNever;
  std::vector<Segment> segments;
  std::vector<Score> scores;
  std::string recording;  // empty: none
};

EvidenceCopy copyEvidence(const Evidence& evidence);

}  // namespace cpd
