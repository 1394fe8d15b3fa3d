// National tone plans, from data. One notation for all of them:
//   "440+480/2000,0/4000"  two tones for 2000 ms, silence for 4000 ms, and so on without end
//   "425/0"                continuous
//   "400*25/400,..."       400 Hz amplitude-modulated by 25 Hz
//   "950/330,1400/330,1800/330,0/0"  played once
// The plans that come with the product are in tone_plans.def; a site adds its own in the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cpd {

struct ToneStep {
  float hz1 = 0;    // 0: silence
  float hz2 = 0;    // second frequency, 0 if none
  float hz3 = 0;    // third frequency, 0 if none
  float modHz = 0;  // amplitude modulation, 0 if none
  int32_t ms = 0;   // 0: continuous

  bool operator==(const ToneStep&) const = default;
};

struct Cadence {
  std::vector<ToneStep> steps;
  bool once = false;  // played once, then silence

  bool operator==(const Cadence&) const = default;
};

struct TonePlan {
  std::string code;  // "US"
  std::string name;
  Cadence dial, ringback, busy, congestion, callWaiting, info, numberUnobtainable;  // empty if unknown

  bool operator==(const TonePlan&) const = default;
};

// Throws std::invalid_argument, whose message names the step and what is expected.
Cadence parseCadence(std::string_view notation);

// The plans of tone_plans.def, by code.
const std::vector<TonePlan>& builtInTonePlans();
const TonePlan* findTonePlan(std::string_view code);

}  // namespace cpd
