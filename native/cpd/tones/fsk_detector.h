// Recognises two-frequency keying by the lengths of its runs: the V.21 flags of a fax and Baudot text phones.
#pragma once

#include <cstdint>

#include "cpd/frontend/sample_history.h"

namespace cpd {

struct FskKind {
  float markHz, spaceHz;
  int window;             // samples that the two frequencies are compared over
  int unitLow, unitHigh;  // samples of a space run (or any run) that counts
  int longLow, longHigh;  // samples of the mark run that comes before a counted space run; 0: any
  int needed;             // runs that count, for the answer
};

// HDLC flags 01111110 at 300 bit/s: six marks, 160 samples; one or two spaces, 27 or 53.
inline constexpr FskKind kV21Flags = {1650, 1850, 26, 16, 66, 132, 186, 5};
// Bits of 22 ms (US) or 20 ms.
inline constexpr FskKind kBaudot = {1400, 1800, 80, 130, 210, 0, 0, 4};

template <const FskKind& kKind>
class FskDetector {
 public:
  void reset() { *this = FskDetector(); }

  // Once per frame. `band`: power where the two frequencies are; `total`: all power, 0 if it is too little.
  void push(const SampleHistory& history, float band, float total, int32_t nowMs);

  bool heard() const { return units_ >= kKind.needed; }
  int32_t startMs() const { return startMs_; }

 private:
  int units_ = 0;
  int run_ = 0;
  int markRun_ = 0;
  bool mark_ = false;
  int missing_ = 0;
  int32_t startMs_ = kNever;
};

extern template class FskDetector<kV21Flags>;
extern template class FskDetector<kBaudot>;

}  // namespace cpd
