// Calls that end in the beep of a voicemail, of many kinds.
#pragma once

#include "sweep/detector_run.h"
#include "sweep/speech_clips.h"

namespace sweep {

enum BeepKind {
  kPlain,
  kOvertones,
  kDecaying,
  kChirp,
  kTwoTones,
  kDouble,
  kTriple,
  kSoftEdges,
  kStruck,   // a bar or a bell: dies away fast
  kPair,     // two tones at once
  kUsual,    // the frequencies and lengths that most machines have
  kSoft,     // 15 to 22 dB below the voice
  kAtOnce,   // while the room still rings with the last word
  kFlutter,  // through a speech coder, or cut by losses that were filled with silence
  kClick,    // behind a click
  kAgc,      // in noise that a gain control raises between what is loud
  kBabble,   // while others talk, 10 to 18 dB softer
  kFading,   // dies away by up to 200 dB a second
  kCoded,    // the same, through GSM once before the line
  kHigh,     // above all modems
  kShortPair,
  kLastWord,  // begins before the last word has ended
  kFarBelow,  // 22 to 28 dB below the voice, on a quiet line
  kBeepKinds
};
const char* nameOf(BeepKind kind);

struct BeepCall {
  Heard heard;
  double startMs = 0, endMs = 0;  // of the beep
};

// The n-th of the kind in the condition.
BeepCall beepCall(const Options& options, const Speech& speech, BeepKind kind, Condition condition, int n);

}  // namespace sweep
