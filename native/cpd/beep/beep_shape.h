// Whether a stretch of tone has the shape of an answering machine's beep, whatever came before and after it.
#pragma once

#include "cpd/beep/beep_score.h"
#include "cpd/tones/tone_segment.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

// Whether it can be one at all: its frequencies, its level, its length. False while it lasts longer than a
// beep may, and for pairs of tones other than likeChime()'s.
bool couldBeBeep(const ToneSegment& tone, int32_t nowMs);

// Two tones at once, steady, which some machines sound; none of the pairs of telephone networks.
bool likeChime(const ToneSegment& tone, int32_t nowMs);

// A note of music: a melody is no beep.
bool likeNote(const ToneSegment& tone);

// A note that is plucked or blown, or one of a chord: many more tones are like that, vowels too.
bool likeSoftNote(const ToneSegment& tone);

// Like a note of an instrument that plays alone: one such is a vowel now and then, three within seconds are a tune.
bool likePlayedNote(const ToneSegment& tone);

// The levels around what sounded from `startMs` to `endMs`.
BeepSurroundings surroundingsOf(const VoiceHistory& history, float toneDbm0, int32_t startMs, int32_t endMs);

}  // namespace cpd
