// Tells the beep of an answering machine from the other single tones on a line, by what came before and comes
// after it.
//
// No standard exists for it. Accepted: tones of the shape of a beep (beep_shape.h) that stand alone; two or
// more in a row (double beeps, two-tone ones) count from the first. A tone that could as well be a burst of a
// progress tone or of a calling fax is a beep only when it does not come again.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/tones/plan/tone_plan.h"
#include "cpd/tones/tone_receiver.h"
#include "cpd/voice/voice_history.h"

namespace cpd {

struct Beep {
  int32_t startMs = kNever;
  int32_t endMs = kNever;
  float hz = 0;  // of its first tone
  float dbm0 = -90;

  int32_t ms() const { return endMs - startMs; }
};

class BeepDetector {
 public:
  void start(const TonePlan& plan);

  // Every tone event of the receiver, the frame it came with in the history.
  void onTone(const ToneEvent& event, const VoiceHistory& history);

  // Once per frame, after its tone events. `speechStartMs`: first speech, kNever without any; `answerMs`:
  // what began before it is no beep, but ringback that the answer cut; `audioEnded`: nothing more will come.
  // True when a beep was found: `found`.
  bool poll(const VoiceHistory& history, int32_t speechStartMs, int32_t answerMs, bool audioEnded,
            Beep& found);

  // A tone that may become a beep sounds, or has just ended.
  bool pending() const { return opening_ || (candidate_.startMs != kNever && !spoilt_); }

 private:
  // A burst of a progress tone of the plan: it comes again after the gap.
  struct Burst {
    float hz = 0;
    int32_t onMs = 0, offMs = 0;
  };

  struct Note {
    int32_t endMs = kNever;
    float hz = 0, dbm0 = -90;
    bool sure = false;  // soft ones are vowels as well
    bool soft = false, played = false;
  };

  void onSegmentEnd(const ToneSegment& segment, const VoiceHistory& history);
  bool sameOnceMore(const ToneSegment& segment) const;
  bool followsNotes(const ToneSegment& segment) const;
  int playedBefore(int32_t startMs) const;
  bool isRestOfBefore(const ToneSegment& segment) const;
  const Burst* burstOfPlan() const;
  int32_t repeatsWithinMs(bool speechBefore) const;
  void forget() { candidate_ = Beep(); }

  Beep candidate_;               // startMs kNever: none
  int tones_ = 0;                // of the candidate
  int32_t toneMs_ = 0;           // length of its first one
  float shape_ = 0;              // log odds by shape of its best one
  bool spoilt_ = false;          // belongs to something else
  Beep before_;                  // the tone that ended last, whatever it was
  bool open_ = false;            // some tone sounds
  bool opening_ = false;         // and began like a beep
  int32_t namedMs_ = kNever;     // a named tone is on since then, between its bursts too
  bool callingTone_ = false;     // it may be a fax calling tone
  std::array<Note, 5> notes_{};  // the last tones as steady as notes
  int nextNote_ = 0;
  int32_t saidMs_ = kNever;  // end of the last beep, and of what was like one since
  bool melody_ = false;      // such tones came just before the candidate
  bool doubt_ = false;       // or perhaps: another one behind it decides
  int planBurstCount_ = 0;
  std::array<Burst, 12> planBursts_{};
};

}  // namespace cpd
