// Where speech began and ended, and what that says about who answered.
#include <algorithm>
#include <cmath>

#include "cpd/detector_state.h"
#include "cpd/exact_math.h"
#include "cpd/voice_model.h"

namespace cpd {
namespace {

constexpr int kSettleFrames = 45;             // the timeline is final this far behind
constexpr int32_t kSurelySpeechMs = 200;      // voice of this length is no click
constexpr int32_t kNoToneMs = 400;            // by then a tone would have been known as one
constexpr float kBelowRingbackDb = 18;        // who answers is not that much softer than the ringback
constexpr int32_t kGreetingOverMs = 1150;     // silence that ends a person's greeting
constexpr int32_t kRecordingOverMs = 1500;    // and a recording's
constexpr int32_t kLongestGreetingMs = 5400;  // nobody answers the telephone with a longer speech
constexpr int32_t kVeryLongMs = 6800;         // nor, noise and all, with one of this length
constexpr float kDeadlineDoubt = 1.2f;        // who still talks at the deadline may end right after it
constexpr int kShortWordFrames = 6;           // that answers after seconds of ringing
constexpr int32_t kPauseMs = 240;             // shorter silence is inside a word
constexpr int32_t kLeastVoiceMs = 120;        // of it when the audio ends with it
// Frames between two looks.
constexpr int kLookEveryBefore = 3;
constexpr int kLookEveryTalking = 6;
constexpr int kLookEveryPausing = 2;
constexpr int kLookEveryAfterVerdict = 5;
constexpr int kLookEveryAfterGreeting = 10;
constexpr int kNearFrames = 24, kPastFrames = 38;  // of quiet: when most people are decided, in every frame
constexpr int kPauseFrames = 8;                    // quiet for so long: a pause
constexpr float kFarBelowDb = 26;                  // below the loudest: quiet
constexpr float kLoudFallDb = 0.05f;               // a frame
constexpr float kSoftRiseDb = 0.1f;

constexpr int kRepeatPauseFrames = 45;  // before something is said again
constexpr float kLoudDb = 10;           // below the loudest parts: still the one who spoke
constexpr float kMurmurDb = 9;          // and softer than this for ...
constexpr int kMurmurFrames = 50;       // ... so long: voices in the background
constexpr int kLoudRun = 3;             // frames of who spoke; a single one may be of the background
constexpr float kLikelyScreening = 0;   // log odds, among machines
// Of a screening assistant: it says that it screens, and asks. A synthetic voice that says less is no
// assistant, and nothing else in it tells a person's odd line.
constexpr int32_t kShortestQuestionMs = 4000;
constexpr int32_t kLongestQuestionMs = 7000;
constexpr int kScoreEvery = 12;          // frames between two scores of somebody who talks
constexpr int32_t kSeldomPauseMs = 600;  // people who pause so long have finished, most recordings have not
constexpr int32_t kTalkingSurelyMs = 3200;  // earliest verdict on somebody who still talks
constexpr int32_t kTalkingAtEndMs = 3000;   // and at the deadline
constexpr int32_t kBeepPatienceMs = 3300;   // a tone after the greeting is heard to its end, but no longer

// Nothing heard is silence only where it could be heard: a person may have spoken in what was lost.
bool mostlyLost(const VoiceHistory& history, int from, int to) {
  from = std::max(from, history.oldest());
  const int lost = history.count(HistoryFrame::kLost, from, to);
  return 2 * lost >= to - from && lost > 0;
}

// How long the same voice has gone on, in ms. Voices, music and traffic in the background go on where a
// person has finished, but softer; and who repeats what he said after a pause does not go on.
int32_t goesOnMs(const VoiceHistory& history, const SpeechMap& map) {
  int first = map.run[0].start, last = map.last - 1;
  for (int i = 1; i < map.runs; ++i)
    if (map.run[i].start - map.run[i - 1].end >= kRepeatPauseFrames) first = map.run[i].start;
  const auto loud = [&](int frame) {
    return map.activeAt(frame) && history.at(frame).levelDbm0() >= map.peakDbm0 - kLoudDb;
  };
  while (last > first && !loud(last)) --last;
  return (last + 1 - first) * kFrameMs;
}

// The frame after the last one that was not voices in the background.
int loudUntil(const VoiceHistory& history, const SpeechMap& map) {
  int run = 0, frame = map.last;
  while (run < kLoudRun && frame > map.first)
    run = history.at(--frame).levelDbm0() >= map.peakDbm0 - kMurmurDb ? run + 1 : 0;
  return frame + run;
}

// The map without the speech from `frame` on.
SpeechMap upTo(const SpeechMap& map, int frame) {
  SpeechMap cut = map;
  while (cut.runs > 0 && cut.run[cut.runs - 1].start >= frame) --cut.runs;
  if (cut.runs > 0) cut.run[cut.runs - 1].end = std::min(cut.run[cut.runs - 1].end, frame);
  return cut;
}

// Noise can make a person's greeting seem longer than it was: the model has a say for a while.
bool tooLongForAPerson(int32_t spanMs, float logOdds) {
  return (spanMs >= kLongestGreetingMs && logOdds > 2.2f) || (spanMs >= kVeryLongMs && logOdds > 0.5f);
}

}  // namespace

// A look back over the history costs more than everything else that is done with a frame: often in a pause,
// when a decision is near, seldom while somebody talks. Returns the frames between two looks.
int Detector::State::lookEvery() const {
  if (decided()) return greetingEnded ? kLookEveryAfterGreeting : kLookEveryAfterVerdict;
  if (!isAnswered() || !tellsMachines()) return kLookEveryBefore;
  if (quietFrames < kPauseFrames) return kLookEveryTalking;
  return quietFrames >= kNearFrames && quietFrames < kPastFrames ? 1 : kLookEveryPausing;
}

bool Detector::State::lookIsDue(const FrameFeatures& frame) {
  if (frame.lost) return false;
  loudDbm0 = std::max(frame.levelDbm0, loudDbm0 - kLoudFallDb);
  const bool quiet = frame.levelDbm0 < std::max(loudDbm0 - kFarBelowDb, (loudDbm0 + 2 * softDbm0) / 3);
  softDbm0 = std::min(frame.levelDbm0, softDbm0 + kSoftRiseDb);
  quietFrames = quiet ? quietFrames + 1 : 0;
  if (++sinceLook < lookEvery()) return false;
  sinceLook = 0;
  return true;
}

// Looks back over the history: where speech began and ended, and whether that decides.
void Detector::State::look() {
  SpeechMap map;
  const bool voiceCounts = isAnswered() || settings->inferAnswer;
  const int from = isAnswered() ? answerFrame : 0;
  SpeechLimits beforeAnswer;
  beforeAnswer.leastPeakDbm0 = std::max(beforeAnswer.leastPeakDbm0, toneDbm0 - kBelowRingbackDb);
  beforeAnswer.steadyRunFrames = 6;
  if (heardRingback) beforeAnswer.peakFrames = kShortWordFrames;
  SpeechLimits afterAnswer;
  afterAnswer.knownFloorDbm0 = knownFloorDbm0;
  mapSpeech(history, from, map, isAnswered() ? afterAnswer : beforeAnswer);
  if (map.runs > 0) {
    const FrameRun& last = map.run[map.runs - 1];
    const FrameRun& first = map.run[0];
    int speech = 0;
    for (int i = 0; i < map.runs; ++i) speech += map.run[i].end - map.run[i].start;
    const bool noTone = (now() - first.start) * kFrameMs >= kNoToneMs && !mayBeTone(map);
    const bool voice = audioEnded ? speech * kFrameMs >= kLeastVoiceMs && !tones.active()
                                  : noTone && speech * kFrameMs >= kSurelySpeechMs;
    if (voice || speaking) {
      if (voiceCounts && !isAnswered() && !decided()) {
        answerInferred = true;
        answerFrame = first.start;
        evidence.answerMs = first.start * kFrameMs;
        say(ObservationKind::kAnswered, evidence.answerMs);
      }
      // What seemed speech may turn out to have been background: until the verdict the latest look counts.
      const bool whole = map.first == answerFrame;
      if (isAnswered() && (evidence.speechStartMs == kNever || (!decided() && whole)))
        evidence.speechStartMs = first.start * kFrameMs;
      speechDbm0 = map.peakDbm0;
      const bool quiet = now() - last.end > 15;
      if (!speaking && !quiet && (lastSpeechEndMs == kNever || last.end * kFrameMs > lastSpeechEndMs + 100)) {
        speaking = true;
        say(ObservationKind::kSpeechStart, last.start * kFrameMs);
      }
      lastSpeechEndMs = last.end * kFrameMs;
      if (speaking && quiet) {
        speaking = false;
        say(ObservationKind::kSpeechEnd, lastSpeechEndMs);
      }
    }
  }
  if (isAnswered() && evidence.speechStartMs != kNever && !(answerInferred && mayBeTone(map))) judge(map);
  settle(map, now() - kSettleFrames, false);
}

void Detector::State::judge(const SpeechMap& map) {
  const int32_t silence = nowMs() - lastSpeechEndMs;
  if (!greetingEnded && !speaking) {
    const bool machine = evidence.verdict == Verdict::kMachine || evidence.verdict == Verdict::kScreening;
    if (silence >= (machine ? kRecordingOverMs : kGreetingOverMs) || (evidence.beepMs != kNever && machine)) {
      if (decided()) {
        greetingEnded = true;
        evidence.greetingEndMs = lastSpeechEndMs;
        say(ObservationKind::kGreetingEnd, lastSpeechEndMs);
        if (machine) awaitPerson();
      }
    }
  }
  if (decided()) {
    reconsider(map, silence);
    return;
  }
  if (nowMs() < faxUntilMs) return;
  if (settings->mode == Mode::kNoAmDetection) {
    decide(Verdict::kLive, "voice", 0.9f);
    return;
  }
  const int32_t span = lastSpeechEndMs - evidence.speechStartMs;
  const bool talking = silence < kPauseMs;
  if (talking && hearsMurmur(map)) return;
  if (talking ? span < kTalkingSurelyMs || now() - scoredFrame < kScoreEvery
              : silence < patience.silenceMs[0])
    return;
  if (!score(map, silence, span)) return;
  scoredFrame = now();
  const Patience& p = patience;
  const float confidence = 1 / (1 + exactExp(-std::abs(logOdds)));
  const bool question = screeningLogOdds >= kLikelyScreening && span <= kLongestQuestionMs;
  const int32_t goesOn = goesOnMs(history, map);
  const bool aSentence = question && goesOn < kShortestQuestionMs;
  if (tooLongForAPerson(goesOn, logOdds)) {
    decide(Verdict::kMachine, "long-greeting", 0.98f);
  } else if (talking) {
    if (logOdds >= machineFrom) decide(Verdict::kMachine, "recorded-voice", confidence);
  } else if (beeps.pending() && silence < kBeepPatienceMs) {
    return;
  } else if (logOdds >= machineFrom && silence >= kSeldomPauseMs && !aSentence) {
    if (question)
      decide(Verdict::kScreening, "screening-question", confidence);
    else
      decide(Verdict::kMachine, "recorded-greeting", confidence);
  } else if (logOdds < liveLine || silence >= p.silenceMs[Patience::kPoints - 1]) {
    decide(Verdict::kLive, "greeting-then-silence", confidence);
  }
}

// Voices, music or traffic may go on where a person has finished, and no silence comes: then what is much
// softer counts as one. Decides only for people.
bool Detector::State::hearsMurmur(const SpeechMap& map) {
  const int end = loudUntil(history, map);
  if (now() - end < kMurmurFrames || now() - scoredFrame < kLookEveryTalking) return false;
  const SpeechMap cut = upTo(map, end);
  if (cut.runs == 0 || !score(cut, (now() - end) * kFrameMs, (end - cut.run[0].start) * kFrameMs))
    return false;
  if (logOdds >= liveLine || logOdds >= machineFrom) return false;
  decide(Verdict::kLive, "greeting-then-murmur", 1 / (1 + exactExp(-std::abs(logOdds))));
  return true;
}

// Log odds of what was heard so far, and what they are to be compared with now. False without speech.
bool Detector::State::score(const SpeechMap& map, int32_t silence, int32_t span) {
  if (!measureVoice(history, map, map.first, features)) return false;
  const VoiceScore voice = scoreVoice(features, memory);
  logOdds = voice.machine + settings->scoreOffset;
  screeningLogOdds = voice.screening;
  const bool atEnd = silence >= patience.silenceMs[Patience::kPoints - 1];
  liveLine = liveBelow(patience, silence);
  machineFrom = silence < kPauseMs ? patience.machineWhileTalking
                : atEnd            ? machineAtEnd(patience, span)
                                   : std::max(patience.machineInPause, machineAtEnd(patience, span));
  return true;
}

void Detector::State::atDeadline() {
  if (evidence.speechStartMs != kNever) {
    const int32_t span = lastSpeechEndMs - evidence.speechStartMs;
    const bool longEnough = nowMs() - lastSpeechEndMs >= kPauseMs || span >= kTalkingAtEndMs;
    if (tellsMachines() && longEnough && logOdds >= machineAtEnd(patience, span) + kDeadlineDoubt)
      decide(Verdict::kMachine, "deadline-recorded-voice", 0.7f);
    else
      decide(Verdict::kLive, "deadline", 0.5f);
  } else if (heardRingback && ringsStill()) {
    if (isAnswered() && !answerInferred)
      decide(Verdict::kFalseAnswer, "ringing-after-answer", 0.9f);
    else
      decide(Verdict::kRingback, "ringback", 0.9f);
  } else if (heardDialtone) {
    decide(Verdict::kDialtone, "dialtone", 0.9f);
  } else if (lastSpeechEndMs != kNever) {
    decide(Verdict::kUnknown, "speech-before-answer", 0.3f);
  } else if (isAnswered() && mostlyLost(history, answerFrame, now())) {
    decide(Verdict::kUnknown, "mostly-lost", 0.3f);
  } else {
    decide(Verdict::kSilence, "nothing-heard", 0.9f);
  }
}

}  // namespace cpd
