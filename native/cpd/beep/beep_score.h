// How much a tone is like the beep of an answering machine, by what it is and by what is around it.
//
// A generator's tone begins within milliseconds, keeps its frequency and never grows louder; a machine is
// silent before and after it. A vowel, a whistle or a note fails in several of these a little, noise and
// speech coders spoil some of them for a beep too, so none decides alone: each measure has a curve from its
// value to log odds, and the sum decides. The curves only fall or only rise, as the physics of a generator
// wants it, except that of the frequency; scripts/beep-training made them.
#pragma once

#include <array>

#include "cpd/tones/tone_segment.h"

namespace cpd {

inline constexpr int kShapeMeasures = 12;
inline constexpr int kAroundMeasures = 4;

// What a tone is; of one that has ended.
std::array<float, kShapeMeasures> shapeMeasures(const ToneSegment& tone);

// Levels in dBm0: of the tone, of the 60 ms before it and the 80 ms after it (means), and of the line's
// noise.
struct BeepSurroundings {
  float toneDbm0 = -90, beforeDbm0 = -90, afterDbm0 = -90, floorDbm0 = -90;
  int32_t ms = 0;  // of the tone: the longer it is, the less its neighbours say
};
std::array<float, kAroundMeasures> aroundMeasures(const BeepSurroundings& levels);

// Log odds of a beep are the sum of both.
float shapeLogOdds(const std::array<float, kShapeMeasures>& measures);
float aroundLogOdds(const std::array<float, kAroundMeasures>& measures);

// What the curves leave out, to be added to the sum of both: the tone of a bell. It begins at once out of quiet and
// is nearly nothing but itself, whether it dies away at once, or a speech coder smears its end.
float bellLogOdds(const ToneSegment& tone, const BeepSurroundings& levels);

// The most that aroundLogOdds() can be.
float bestAroundLogOdds();

}  // namespace cpd
