// How long to listen before a greeting is called live or recorded, and how sure one has to be: the operating
// point.
#pragma once

#include <cstdint>

#include "cpd/types.h"

namespace cpd {

// What the log odds of a machine are compared with, for greetings of one length. A person is decided as soon
// as they are below a line that rises with the silence; what is left at its end is live unless it is clearly
// recorded. Waiting pays: a beep may come, or the greeting may go on.
struct DecisionLines {
  static constexpr int kPoints = 5;
  int32_t silenceMs[kPoints];
  float liveBelow[kPoints];  // interpolated between the points
  float machineInPause;      // decides for a machine in a pause that people seldom make
  float machineAtEnd;        // at the end of the silence, and at the deadline

  // Live after this much silence if the log odds are below it.
  float liveBelowAfter(int32_t silence) const;
  int32_t longestSilenceMs() const { return silenceMs[kPoints - 1]; }
};

// Lines at a few lengths of greetings; between them they are interpolated. What people say is mostly short: for
// a short greeting an agent is there soon, and who calls it a recording must be sure; a long one may wait, since
// what comes next (a beep, more words, "hello?") decides it.
struct OperatingLines {
  static constexpr int kGreetings = 3;
  static constexpr int32_t kGreetingMs[kGreetings] = {600, 1500, 3000};
  DecisionLines at[kGreetings];
  float machineWhileTalking;  // log odds that decide for a machine before it pauses
};

// Share of people that a mode may lose where nobody says otherwise.
float humanLossOf(Mode mode);

// The operating point that loses at most a share of people: between those that were measured (docs/accuracy.md)
// and beyond, by the log odds of the share. Quick for the positive modes, patient for the others.
class OperatingPoint {
 public:
  OperatingPoint() : OperatingPoint(Mode::kAccurateAmDetection, 0) {}
  // `maxHumanLoss` 0: that of the mode.
  OperatingPoint(Mode mode, float maxHumanLoss);

  DecisionLines linesFor(int32_t greetingMs) const;
  float machineWhileTalking() const;

 private:
  const OperatingLines* from_;  // what was measured at two shares ...
  const OperatingLines* to_;
  float part_;  // ... and how far between them, or beyond
};

}  // namespace cpd
