// A stretch of steady tone, as it was heard: what cadences are matched by and beeps are told by.
#pragma once

#include <cstdint>

#include "cpd/types.h"

namespace cpd {

struct ToneSegment {
  int32_t startMs = kNever;  // edges to about 5 ms
  int32_t endMs = kNever;    // kNever while it lasts
  float hz[3] = {0, 0, 0};   // means, strongest first; 0 where there is none
  float dbm0 = -99;          // mean level of all lines together
  float purity = 0;          // mean
  float cleanPurity = 0;     // the same, the line's noise left aside
  float ownShare = 1;        // of its lines in the power of all: less where other tones sound with it
  float bestPurity = 0;      // of the frame that shows it best
  float bestClean = 0;       // and of that with the line's noise left aside
  float modHz = 0;           // rate of beat or modulation, 0 if the envelope is flat
  float modDepth = 0;  // of the power: 1 for a pair of equal tones, 1.3 for full modulation, 0.4 for ANSam
  float driftHz = 0;   // greatest distance from the mean of the strongest line
  float levelSpreadDb = 0;  // loudest to softest 20 ms inside, edges left out
  float riseMs = 0;         // from the edge to 1 dB below the mean: a beep 5 to 10, a vowel 20 and more
  float fallMs = 0;         // the same at the end
};

}  // namespace cpd
