// Steady sounds of a voice and tones of a machine look alike for a while: which is which.
#pragma once

#include "cpd/tones/tone_segment.h"

namespace cpd {

// A tone made by a machine, not a vowel that happens to be steady: vowels waver, are short, and lie low. An
// open segment lasts until `nowMs`.
bool isSignal(const ToneSegment& tone, int32_t nowMs);

// Steadier than most vowels; a sound that is nearly nothing else is no speech, even in noise.
bool isSteady(const ToneSegment& tone);

// What a tone of a network may still be after losses, a coder or noise; so are some vowels.
bool isLikeTone(const ToneSegment& tone);

}  // namespace cpd
