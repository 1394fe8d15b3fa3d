// What a detector knows of one channel. Its parts: detector.cc (the frame), tone_hearing.cc (tones, ringing),
// beep_verdict.cc (beeps), verdict.cc (speech and who speaks), correction.cc (after the verdict), call_timeline.cc (segments).
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "cpd/beep/beep_detector.h"
#include "cpd/evidence.h"
#include "cpd/frontend/frame_features.h"
#include "cpd/known/matcher.h"
#include "cpd/operating_point.h"
#include "cpd/settings.h"
#include "cpd/simd/state_pool.h"
#include "cpd/state/answer_state.h"
#include "cpd/state/greeting.h"
#include "cpd/state/line_music.h"
#include "cpd/state/observation_list.h"
#include "cpd/state/ringing.h"
#include "cpd/state/verdict_state.h"
#include "cpd/timeline.h"
#include "cpd/tones/tone_receiver.h"
#include "cpd/voice/voice_activity.h"
#include "cpd/voice/voice_features.h"
#include "cpd/voice/voice_history.h"
#include "cpd/voice/voice_input.h"
#include "cpd/voice/voice_net.h"

namespace cpd {

inline constexpr int kTakeOverFrames = 500;  // after a recording a person is listened for so long
inline constexpr int kToneNotes = 6;         // tone segments remembered for the timeline

struct ToneNote {
  int startFrame = 0, endFrame = 0;
  float hz[3] = {0, 0, 0};
};

struct DetectorState {
  static void* operator new(std::size_t) { return poolOf<DetectorState>().take(); }
  static void operator delete(void* state) { poolOf<DetectorState>().give(state); }

  // What every frame touches, side by side.
  std::shared_ptr<const Settings> settings;
  std::unique_ptr<known::Matcher> matcher;  // only with known recordings, as long as one may be heard
  ToneReceiver tones;
  AnswerState answerState;
  VerdictState verdictState;
  Greeting greeting;
  Ringing ringing;
  int settled = 0;  // frames already in the timeline
  bool audioEnded = false;
  bool secondOfTwo = false;  // the voice network has one frame and waits for another
  int32_t beepEndMs = kNever;
  int32_t faxUntilMs = kNever;  // by then a fax machine would have called again
  int quietFrames = 0, sinceLook = 0, scoredFrame = 0;
  int ringsFromFrame = 0;                // an answer inferred from what sounded before is none
  int keyUntilFrame = -1;                // a key of a telephone sounded up to this frame
  int furtherFrame = 0;                  // when who goes on after a verdict of live was last judged
  int comparedFrame = 0;                 // when what is said was last compared with what was
  int takeOverFrame = 0;                 // from here on a person may take over from the recording
  float loudDbm0 = -60, softDbm0 = -60;  // roughly, for the rhythm of the looks
  float logOdds = 0, liveLine = 0, machineFrom = 0;  // of the last score: machines from, people below
  float screeningLogOdds = 0;
  float oddsBeforeTone = 0;    // log odds of a machine when the tone began that may be a beep
  float speechDbm0 = -90;      // its louder parts
  float mainVoiceDbm0 = -90;   // its loudest syllable until the verdict
  float knownFloorDbm0 = 100;  // the line's noise before it was listened to anew
  Evidence evidence;
  VoiceLevels levels;
  VoiceInput voice{};  // what the voice network hears of this frame and the one before
  BeepDetector beeps;
  Beep loneTone;  // like a beep, before anybody spoke

  VoiceMemory memory{};  // what the voice network remembers
  VoiceHistory history;
  OperatingPoint operatingPoint;
  Timeline timeline;
  std::array<ToneNote, kToneNotes> notes{};
  int nextNote = 0;
  ObservationList said;
  VoiceFeatures features;
  LineMusic music;  // instead of ringing, or before a greeting
  std::shared_ptr<const ToneSet> toneSet;
  std::array<Score, 11> scores{};
  std::vector<Segment> shown;  // filled when the evidence is asked for, never by a frame

  int now() const { return history.frames(); }
  int32_t nowMs() const { return now() * kFrameMs; }
  bool isAnswered() const { return answerState.isAnswered(); }
  bool decided() const { return !verdictState.isOpen(); }
  bool tellsMachines() const {
    return settings->mode != Mode::kNoAmDetection && settings->mode != Mode::kNoProgressDetection;
  }

  // The voice network begins anew: what sounded before was no answer.
  void forgetVoice() {
    levels.clear();
    memory.fill(0);
    secondOfTwo = false;
  }

  // Whether the voice network is to hear the coming frame.
  bool listensToVoice() const {
    if (!tellsMachines() || (!isAnswered() && !settings->inferAnswer)) return false;
    if (!decided()) return true;
    if (verdictState.isCorrected()) return false;
    switch (evidence.verdict) {
      case Verdict::kLive:
        return !greeting.isOver();
      case Verdict::kSit:
        return nowMs() - evidence.answerMs <= settings->cpdTimeoutMs;
      case Verdict::kMachine:
      case Verdict::kScreening:
        return greeting.isOver() && now() - takeOverFrame <= kTakeOverFrames;
      default:
        return false;
    }
  }

  Observation* say(ObservationKind kind, int32_t startMs, int32_t endMs = kNever) {
    return said.add(kind, startMs, endMs);
  }

  void decide(Verdict verdict, const char* rule, float confidence, SitCategory sit = SitCategory::kNone) {
    if (!verdictState.give()) return;
    evidence.verdict = verdict;
    evidence.rule = rule;
    evidence.confidence = confidence;
    evidence.sit = sit;
    evidence.decidedMs = nowMs();
    if (verdict == Verdict::kSit) forgetVoice();
    Observation* o = say(ObservationKind::kVerdict, nowMs());
    o->verdict = verdict;
    o->sit = sit;
    o->confidence = confidence;
  }

  void correct(Verdict verdict, float confidence) {
    if (evidence.verdict == verdict || !verdictState.correct()) return;
    Observation* o = say(ObservationKind::kCorrection, nowMs());
    o->verdict = verdict;
    o->confidence = confidence;
  }

  void answer(int frame) {
    if (isAnswered()) return;
    answerState.signal(frame);
    evidence.answerMs = frame * kFrameMs;
    if (frame >= now()) forgetVoice();
    if (matcher != nullptr) matcher->clear();
    if (settings->mode == Mode::kNoProgressDetection) decide(Verdict::kLive, "answered", 1);
  }

  float loudestDbm0(int32_t sinceMs) const {
    float loudest = -90;
    for (int i = std::max(sinceMs / kFrameMs, history.oldest()); i < now(); ++i)
      loudest = std::max(loudest, history.at(i).levelDbm0());
    return loudest;
  }

  // tone_hearing.cc
  bool mayBeTone(const VoiceActivity& activity) const;
  void takeForSignalling(int fromFrame);
  void markLikeTone(const ToneSegment& segment, bool ownPlan, int32_t endMs);
  void takeForTone(const ToneEvent& event);
  void noSpeechSince(int32_t startMs);
  bool ringsSince(int32_t sinceMs) const;
  bool ringsStill() const;
  void followKeys();
  bool isKey(const ToneSegment& segment) const;
  void hearKey(int32_t startMs);
  void followRinging(const FrameFeatures& frame);
  void followMusic(const FrameFeatures& frame);
  void hearTone(const ToneEvent& event);
  void hearNamedTone(const ToneEvent& event);

  // known_verdict.cc
  void awaitRecording();
  void followRecording(const FrameFeatures& frame);

  // beep_verdict.cc
  void noteOddsBeforeTone();
  bool isMachinesBeep(const Beep& beep) const;
  bool isAlone(const Beep& beep) const;
  void hearBeep(const Beep& beep);
  void tellBeep(const Beep& beep);

  // verdict.cc
  bool lookIsDue(const FrameFeatures& frame);
  int lookEvery() const;
  void look();
  void judge(const VoiceActivity& activity);
  bool mayRingYet() const;
  bool isMusicSoFar() const;
  bool mayBeBeep(int32_t silence) const;
  bool mayGoOn(const VoiceActivity& activity, int32_t silence) const;
  bool hearsMurmur(const VoiceActivity& activity);
  bool score(const VoiceActivity& activity, int32_t silence, int32_t span);
  void atDeadline();

  // correction.cc
  void reconsider(const VoiceActivity& activity, int32_t silence);
  bool isSaidAgain(const VoiceActivity& activity);
  bool readsOn(const VoiceActivity& activity);
  int32_t furtherSpeechMs(const VoiceActivity& activity) const;
  bool goesOnRecorded(const VoiceActivity& activity);
  void awaitPerson();
  float oddsAgain(const VoiceActivity& activity) const;

  // call_timeline.cc
  void settle(const VoiceActivity& activity, int upTo, bool tentative);
  SegmentKind kindOf(const VoiceActivity& activity, int frame, float (&hz)[3]) const;
};

}  // namespace cpd
