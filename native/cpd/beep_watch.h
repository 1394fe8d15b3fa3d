// Tells the beep of an answering machine from the other single tones on a line.
//
// No standard exists for it. Accepted: a pure single tone of 350 to 2200 Hz and 70 ms to 2 s, level and
// frequency steady; two or more such tones in a row (double beeps, chirps) count from the first. A tone that
// could as well be a progress tone of the plan or a fax calling tone is a beep only when it does not come
// again.
#pragma once

#include <array>
#include <cstdint>

#include "cpd/tone_plan.h"
#include "cpd/tone_receiver.h"
#include "cpd/voice_history.h"

namespace cpd {

struct Beep {
  int32_t startMs = kNever;
  int32_t endMs = kNever;
  float hz = 0;
  float dbm0 = -90;
};

class BeepWatch {
 public:
  void start(const TonePlan& plan);

  // Every tone event of the receiver.
  void onTone(const ToneEvent& event);

  // Once per frame, after its tone events. `speechStartMs`: first speech, kNever without any;
  // `answerMs`: what began before it is no beep, but ringback that the answer cut. True when a beep was
  // found: `found`.
  bool poll(const VoiceHistory& history, int32_t speechStartMs, int32_t answerMs, Beep& found);

  // A tone that may become a beep sounds, or has just ended.
  bool pending() const { return candidate_.startMs != kNever && !spoilt_; }

 private:
  bool standsAlone(const VoiceHistory& history) const;
  bool couldBeProgressTone(float hz, bool speechBefore) const;
  void forget() { candidate_ = Beep(); }

  std::array<float, 12> planHz_{};
  int planTones_ = 0;
  float candidateDbm0_ = -90;
  Beep candidate_;                                 // startMs kNever: none
  bool sounding_ = false;                          // the candidate's last tone has not ended
  bool spoilt_ = false;                            // belongs to something else
  int32_t namedMs_ = kNever;                       // a named tone is on since then, between its bursts too
  bool callingTone_ = false;                       // it may be a fax calling tone
  std::array<int32_t, 2> noteMs_{kNever, kNever};  // ends of the last two tones as steady as notes
  bool melody_ = false;                            // such tones came just before the candidate
  bool open_ = false;                              // some tone sounds
  int bursts_ = 0;
};

}  // namespace cpd
