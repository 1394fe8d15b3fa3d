// A number that is read out: different words, one at a time, after equal pauses.
#pragma once

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

// Whether the last words found are read out by who is so loud in the loudest syllables. People who say a word again and again pause as evenly, but say the same
// word.
bool isReadOut(const VoiceHistory& history, const VoiceActivity& activity, float speakerDbm0);

// Frames of the last pause where only words were said, with pauses between them; 0: something else was, or
// nobody reads out with such pauses.
int pauseBetweenWords(const VoiceActivity& activity);

}  // namespace cpd
