// How long to listen before a greeting is called live or recorded, and how sure one has to be: the operating
// point.
#pragma once

#include <cstdint>

#include "cpd/types.h"

namespace cpd {

// How long silence after a greeting is waited for. A person is decided as soon as the log odds of a machine
// are below a line that rises with the silence; what is left at the end of the patience is live unless it is
// clearly recorded. Waiting pays: a beep may come, or the greeting may go on.
struct Patience {
  static constexpr int kPoints = 7;
  int32_t silenceMs[kPoints];
  float liveBelow[kPoints];   // log odds, interpolated between the points
  float machineWhileTalking;  // log odds that decide for a machine before it pauses
  float machineInPause;       // in a pause that people seldom make
  float machineAtEnd;         // at the end of the patience, and at the deadline
};

// Share of people that a mode may lose where nobody says otherwise.
float humanLossOf(Mode mode);

// The operating point that loses at most this share of people, 0 for that of the mode: between those that
// were measured (docs/accuracy.md) and beyond, by the log odds of the share. Quick for the positive modes,
// patient for the others.
Patience patienceFor(Mode mode, float maxHumanLoss);

// After this much silence: live if the log odds of a machine are below it.
float liveBelow(const Patience& patience, int32_t silenceMs);

// At the end of the patience: a machine if the log odds reach it. Short greetings are what people say: the
// shorter, the surer must be who calls it a recording.
float machineAtEnd(const Patience& patience, int32_t greetingMs);

}  // namespace cpd
