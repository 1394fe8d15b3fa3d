// Whether a stretch of tone has the shape of an answering machine's beep, whatever came before and after it.
#pragma once

#include "cpd/tone_receiver.h"

namespace cpd {

// A beep is made by a machine: it begins within milliseconds, where a whistle or a vowel swells; it has one
// frequency, or one that glides, and its overtones; what is on the line besides is the line's noise. False
// while `tone` lasts longer than a beep may.
bool likeBeep(const ToneSegment& tone, int32_t nowMs);

// Two tones at once, steady, which some machines sound; none of the pairs of telephone networks.
bool likeChime(const ToneSegment& tone, int32_t nowMs);

// A note of music: a melody is no beep.
bool likeNote(const ToneSegment& tone);

// A note that is plucked or blown, or one of a chord: many more tones are like that, vowels too.
bool likeSoftNote(const ToneSegment& tone);

// Whether the tone begins and ends as sharply as a generator's does.
bool isCrisp(const ToneSegment& tone);

}  // namespace cpd
