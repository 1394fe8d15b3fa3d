// What a detector knows of one channel. Its parts: detector.cc (the frame), tone_hearing.cc (tones, ringing,
// beeps), verdict.cc (speech and who speaks), correction.cc (after the verdict), call_timeline.cc (segments).
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "cpd/beep_watch.h"
#include "cpd/detector.h"
#include "cpd/frame_features.h"
#include "cpd/music_watch.h"
#include "cpd/patience.h"
#include "cpd/state_pool.h"
#include "cpd/timeline.h"
#include "cpd/tone_receiver.h"
#include "cpd/voice_features.h"
#include "cpd/voice_history.h"
#include "cpd/voice_input.h"
#include "cpd/voice_net.h"

namespace cpd {

inline constexpr int kMaxObservations = 10;     // by one frame; more are not lost but wait for the next
inline constexpr float kProgressHzSpread = 45;  // a tone this near a progress tone's frequency may be one
inline constexpr int kTakeOverFrames = 500;     // after a recording a person is listened for so long
inline constexpr int kToneNotes = 6;            // tone segments remembered for the timeline

inline bool isName(const char* a, const char* b) { return a && std::strcmp(a, b) == 0; }

struct ToneNote {
  int startFrame = 0, endFrame = 0;
  float hz[3] = {0, 0, 0};
};

struct Detector::State {
  static void* operator new(std::size_t) { return poolOf<State>().take(); }
  static void operator delete(void* state) { poolOf<State>().give(state); }

  // What every frame touches, side by side.
  std::shared_ptr<const Settings> settings;
  ToneReceiver tones;
  int answerFrame = -1;
  int settled = 0;  // frames already in the timeline
  int outCount = 0;
  bool saidBetweenFrames = false;
  bool speaking = false;  // said by kSpeechStart and not yet ended
  bool greetingEnded = false;
  bool heardRingback = false, heardDialtone = false;
  bool corrected = false;
  bool answerInferred = false;
  bool musicPlays = false;  // instead of ringing
  bool audioEnded = false;
  bool secondOfTwo = false;  // the voice network has one frame and waits for another
  int32_t lastSpeechEndMs = kNever;
  int32_t beepEndMs = kNever;
  int32_t faxUntilMs = kNever;     // by then a fax machine would have called again
  int32_t lastRingingMs = kNever;  // ringback sounded then
  int quietFrames = 0, sinceLook = 0, scoredFrame = 0;
  int takeOverFrame = 0;                             // from here on a person may take over from the recording
  int tornFrames = 0;                                // in a row that sound like ringback
  int ringingAfterAnswer = 0;                        // frames
  float progressHz[3] = {0, 0, 0};                   // of the ringback or dial tone on the line, 0 before any
  float toneDbm0 = -90;                              // loudest signalling tone before answer
  float loudDbm0 = -60, softDbm0 = -60;              // roughly, for the rhythm of the looks
  float logOdds = 0, liveLine = 0, machineFrom = 0;  // of the last score: machines from, people below
  float screeningLogOdds = 0;
  float speechDbm0 = -90;      // its louder parts
  float knownFloorDbm0 = 100;  // the line's noise before it was listened to anew
  Evidence evidence;
  VoiceLevels levels;
  VoiceInput voice{};  // what the voice network hears of this frame and the one before
  BeepWatch beeps;

  VoiceMemory memory{};  // what the voice network remembers
  VoiceHistory history;
  Patience patience{};
  Timeline timeline;
  std::array<ToneNote, kToneNotes> notes{};
  int nextNote = 0;
  std::array<Observation, kMaxObservations> out;
  VoiceFeatures features;
  int musicPause = 0, musicVoice = 0;  // frames
  float musicDbm0 = -90;
  MusicWatch music;
  std::shared_ptr<const ToneSet> toneSet;
  std::array<Score, 11> scores{};
  std::vector<Segment> shown;  // filled when the evidence is asked for, never by a frame

  int now() const { return history.frames(); }
  int32_t nowMs() const { return now() * kFrameMs; }
  bool isAnswered() const { return answerFrame >= 0; }
  bool decided() const { return evidence.verdict != Verdict::kNone; }
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
    if (corrected) return false;
    switch (evidence.verdict) {
      case Verdict::kLive:
        return !greetingEnded;
      case Verdict::kSit:
        return nowMs() - evidence.answerMs <= settings->cpdTimeoutMs;
      case Verdict::kMachine:
      case Verdict::kScreening:
        return greetingEnded && evidence.beepMs == kNever && now() - takeOverFrame <= kTakeOverFrames;
      default:
        return false;
    }
  }

  Observation* say(ObservationKind kind, int32_t startMs, int32_t endMs = kNever) {
    Observation& o = out[std::min(outCount, kMaxObservations - 1)];
    outCount = std::min(outCount + 1, kMaxObservations);
    o = Observation();
    o.kind = kind;
    o.startMs = startMs;
    o.endMs = endMs;
    return &o;
  }

  void decide(Verdict verdict, const char* rule, float confidence, SitCategory sit = SitCategory::kNone) {
    if (decided()) return;
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
    if (corrected || evidence.verdict == verdict) return;
    corrected = true;
    Observation* o = say(ObservationKind::kCorrection, nowMs());
    o->verdict = verdict;
    o->confidence = confidence;
  }

  void answer(int frame) {
    if (isAnswered()) return;
    answerFrame = frame;
    evidence.answerMs = frame * kFrameMs;
    if (frame >= now()) forgetVoice();
    if (settings->mode == Mode::kNoProgressDetection) decide(Verdict::kLive, "answered", 1);
  }

  float loudestDbm0(int32_t sinceMs) const {
    float loudest = -90;
    for (int i = std::max(sinceMs / kFrameMs, history.oldest()); i < now(); ++i)
      loudest = std::max(loudest, history.at(i).levelDbm0());
    return loudest;
  }

  bool onProgressHz(float hz) const {
    return std::any_of(std::begin(progressHz), std::end(progressHz), [hz](float progress) {
      return progress > 0 && std::abs(hz - progress) < kProgressHzSpread;
    });
  }

  // tone_hearing.cc
  bool mayBeTone(const SpeechMap& map) const;
  void takeForSignalling(int fromFrame);
  void markLikeTone(const ToneSegment& segment, bool ownPlan, int32_t endMs);
  void takeForTone(const ToneEvent& event);
  void noSpeechSince(int32_t startMs);
  bool ringsSince(int32_t sinceMs) const;
  bool soundsLikeRingback(const FrameFeatures& frame) const;
  bool ringsStill() const;
  void followRinging(const FrameFeatures& frame);
  void followMusic(const FrameFeatures& frame);
  void hearMusicEnd(const FrameFeatures& frame);
  void hearTone(const ToneEvent& event);
  void hearNamedTone(const ToneEvent& event);
  void hearBeep(const Beep& beep);

  // verdict.cc
  bool lookIsDue(const FrameFeatures& frame);
  int lookEvery() const;
  void look();
  void judge(const SpeechMap& map);
  bool hearsMurmur(const SpeechMap& map);
  bool score(const SpeechMap& map, int32_t silence, int32_t span);
  void atDeadline();

  // correction.cc
  void reconsider(const SpeechMap& map, int32_t silence);
  void awaitPerson();
  float oddsAgain(const SpeechMap& map) const;

  // call_timeline.cc
  void settle(const SpeechMap& map, int upTo, bool tentative);
  SegmentKind kindOf(const SpeechMap& map, int frame, float (&hz)[3]) const;
};

}  // namespace cpd
