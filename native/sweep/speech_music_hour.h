// An hour of a line on which people speak and music plays: nothing of a network, no key and no beep may be
// heard.
#pragma once

#include <map>
#include <string>

#include "sweep/detector_run.h"

namespace sweep {

struct HourHeard {
  double speechS = 0, musicS = 0;
  std::map<std::string, int> inSpeech, inMusic;  // "beep" and names of tones: how often
};

// Calls of 30 s, half of them music, each under another plan and on another kind of line; 120 are an hour.
// With `tells` each thing heard is printed on stdout.
HourHeard listenFor(int calls, const Options& options, bool tells);

}  // namespace sweep
