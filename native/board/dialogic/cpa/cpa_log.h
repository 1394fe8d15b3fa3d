// What the vendor's call progress analysis said of each call, number by number, and what our detector said
// beside it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "board/board.h"
#include "board/dialogic/vendor/api.h"

namespace board::dialogic {

inline constexpr int kNotAsked = INT32_MIN;  // this family does not tell, or was not asked

// ATDX_ values after TDX_CALLP: frequencies in Hz, durations in 10 ms, as the vendor counts them.
struct CpaNumbers {
  int term = kNotAsked, error = kNotAsked, connection = kNotAsked, tone = kNotAsked;
  int answerSize = kNotAsked, longLow = kNotAsked, shortLow = kNotAsked, sizeHigh = kNotAsked;
  int hz[3] = {0, 0, 0};
  int duration[3] = {0, 0, 0};
  int outOfBand = kNotAsked, dialToneFail = kNotAsked;
};

CpaNumbers readCpa(const Api& api, int voice);

struct CpaEntry {
  double at = 0;  // board time of dialling
  ChannelId channel = 0;
  CallRef ref = 0;
  std::string number;  // masked
  cpd::Mode mode = cpd::Mode::kNoProgressDetection;
  Cpa cpa = Cpa::kBoard;
  CpaNumbers numbers;
  int gcResult = kNotAsked, gcCcValue = kNotAsked, gcConnect = kNotAsked;
  std::string gcMessage;
  double answeredAt = -1, boardAt = -1, oursAt = -1;  // board time; -1: never
  cpd::Verdict board = cpd::Verdict::kNone, ours = cpd::Verdict::kNone;
  std::string boardRule, oursRule;
  int streamDelayMs = -1;  // the largest of this call; -1: nothing was streamed
};

class CpaLog {
 public:
  explicit CpaLog(size_t kept) : kept_(kept) {}
  // The entry stays where it is until `kept` newer ones were begun.
  uint64_t begin(CpaEntry entry);
  CpaEntry* find(uint64_t id);
  // Both sides decided: one more in the table of how often they agree.
  void compared(cpd::Verdict board, cpd::Verdict ours);
  std::string json(ChannelId channel) const;

 private:
  size_t kept_;
  uint64_t first_ = 1;
  std::deque<CpaEntry> entries_;
  uint64_t agreement_[cpd::kVerdicts][cpd::kVerdicts] = {};  // board's, ours
};

}  // namespace board::dialogic
