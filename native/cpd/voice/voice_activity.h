// Which of the frames heard so far are speech.
//
// Speech is found by looking back over the whole history every time, not frame by frame: the loudest and the
// quietest of what was heard set the thresholds, so that speech which starts with the call, noise that comes
// and goes with a recording, and lost frames are judged with what came after them.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/voice/voice_history.h"

namespace cpd {

// Frames `start` up to, not including, `end`.
struct FrameRun {
  int start;
  int end;
};

// Speech within a window of the history.
struct VoiceActivity {
  static constexpr int kMaxRuns = 48;

  int first = 0;  // window: frames first up to, not including, last
  int last = 0;
  float peakDbm0 = -90;   // 95th percentile of the levels, or a higher one (SpeechLimits::peakFrames)
  float floorDbm0 = -90;  // quietest 100 ms
  int runs = 0;           // runs of speech, gaps up to 140 ms joined
  std::array<FrameRun, kMaxRuns> run;
  std::array<uint8_t, kHistoryFrames> active;  // per frame of the window, before joining

  bool activeAt(int frame) const { return active[frame - first] != 0; }
};

// What counts as speech.
struct SpeechLimits {
  float leastPeakDbm0 = -46;             // without anything as loud as this there is no speech
  int peakFrames = kHistoryFrames;       // as many as these are loud enough for the peak, however long it is
  int steadyRunFrames = kHistoryFrames;  // a run of this length that is steady nearly throughout is a tone
  float knownFloorDbm0 = 100;            // noise that was heard before the window, 100 for none
};

// Looks at frames from `fromFrame` on, or at what the history still has of them.
void findVoiceActivity(const VoiceHistory& history, int fromFrame, VoiceActivity& activity,
                       const SpeechLimits& limits = {});

}  // namespace cpd
