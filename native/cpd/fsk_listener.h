// Recognises two-frequency keying by the lengths of its runs: the V.21 flags of a fax and Baudot text phones.
#pragma once

#include <cstdint>

#include "cpd/sample_history.h"

namespace cpd {

struct FskKind {
  float markHz, spaceHz;
  int window;             // samples that the two frequencies are compared over
  int unitLow, unitHigh;  // samples of a space run (or any run) that counts
  int longLow, longHigh;  // samples of the mark run that comes before a counted space run; 0: any
  int needed;             // runs that count, for the answer
};

extern const FskKind kV21Flags;
extern const FskKind kBaudot;

class FskListener {
 public:
  explicit FskListener(const FskKind& kind) : kind_(&kind) {}
  void reset() { *this = FskListener(*kind_); }

  // Once per frame. `band`: power where the two frequencies are; `total`: all power, 0 if it is too little.
  void push(const SampleHistory& history, float band, float total, int32_t nowMs);

  bool heard() const { return units_ >= kind_->needed; }
  int32_t startMs() const { return startMs_; }

 private:
  const FskKind* kind_;
  int units_ = 0;
  int run_ = 0;
  int markRun_ = 0;
  bool mark_ = false;
  int missing_ = 0;
  int32_t startMs_ = kNever;
};

}  // namespace cpd
