// Whether what is said now was said before, word for word: an announcement that begins again is a recording.
//
// A person who says something again says it otherwise: longer, shorter, louder at another place. The levels of
// the bands of a recording are the same again, but for the noise of the line, what its coder does, and half a
// frame by which the two may differ.
#pragma once

#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

// How far the latest utterance is from an earlier one, at the place where they are most alike.
struct Repetition {
  float distanceDb = 100;  // mean difference of a band, the difference in level left aside
  float elsewhereDb = 0;   // the same a few frames from there, where it is least: how much the sound changes
  int frames = 0;          // of speech that were compared
};

// Compares the utterance after the last pause with those before it, as far as the history goes.
Repetition closestRepetition(const VoiceHistory& history, const VoiceActivity& activity);

// Surely the same recording again.
bool isSameRecording(const Repetition& repetition);

}  // namespace cpd
