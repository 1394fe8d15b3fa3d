// The same job with spandsp, one channel after the other as its users run it: the call progress tones and SIT
// of a plan, the answering fax (CED or V.21 preamble), the calling fax (CNG), and DTMF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "cpd/tones/plan/tone_plan.h"

namespace bench {

// False: built without spandsp.
bool haveSpandsp();

class SpandspTones {
 public:
  SpandspTones(const cpd::TonePlan& plan, int channels);
  ~SpandspTones();

  void process(int channel, const int16_t* samples);
  std::size_t stateBytes() const;  // of one channel
  int found() const;               // tones that it said it heard

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bench
