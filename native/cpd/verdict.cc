// Where speech began and ended, and what that says about who answered.
#include <algorithm>
#include <array>
#include <cmath>

#include "cpd/simd/exact_math.h"
#include "cpd/state/detector_state.h"
#include "cpd/tones/tone_or_vowel.h"
#include "cpd/voice/pattern/main_voice.h"
#include "cpd/voice/pattern/read_out.h"
#include "cpd/voice/voice_model.h"

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
// Voices behind a person go on, but as loud as the person they are not: a recording is as loud again as it was, but for a
// few dB, within some time, or at this level it has not paused as one does for an answer.
constexpr int kLoudAgainFrames = 62;
constexpr float kLoudAgainDb = 4;
constexpr int kTurnFrames = 50, kLoudThroughoutFrames = 250;
constexpr float kLoudThroughoutDb = 6;
// Voices that are only a little softer are behind a person after so long, where the one who spoke is one with these log odds.
constexpr int kNearMurmurFrames = 90;
constexpr float kNearMurmurOdds = -1;
constexpr int kLeastRingFrames = 15;  // of a burst of ringback ...
constexpr int kRingKnownFrames = 25;  // ... which is known as such so soon after its end
constexpr float kReadOut = 0;         // log odds of a machine from which on a number that is read out is one
constexpr int kNextWordFrames = 8;    // by which a pause between words may be longer than the one before
constexpr int32_t kMusicPauseMs = 1500;  // no tune that plays before a greeting pauses so long
constexpr int32_t kLeastTuneMs = 1000;   // what pauses sooner is a word, whatever plays behind it
constexpr int kLeastMusicFrames = 40;
constexpr float kMusicBeforeGreeting = 5;  // log odds of music, of 1,400 people without any 1 in 100 is above
constexpr int kShortWordFrames = 6;        // that answers after seconds of ringing
constexpr int32_t kPauseMs = 240;          // shorter silence is inside a word
constexpr int32_t kLeastVoiceMs = 120;     // of it when the audio ends with it
// A sound that may have been somebody: so far above the noise, and so many frames of it in 500 ms. Of 300 people who say a word 1 to
// 10 dB above the noise 5 are below that (33 with 10 dB and 6 frames), of 200 silent lines 5 above, by clicks in a row.
constexpr float kSoundAboveFloorDb = 4.5f, kSoundDbm0 = -50;
constexpr int kSoundFrames = 4, kSoundWindow = 25;
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
constexpr float kLoudDb = 8.5f;         // below the loudest parts: still the one who spoke
constexpr float kMurmurDb = 9;          // and softer than this for ...
constexpr int kMurmurFrames = 40;       // ... so long, behind a short greeting: voices in the background
constexpr int kLongMurmurFrames = 66;   // and behind a long one, which may go on
// Behind who is clearly a person, with log odds below this, for less.
constexpr float kClearMurmurOdds = -2.5f;
constexpr int kClearMurmurFrames = 30, kClearLongMurmurFrames = 45;
constexpr int kLongGreetingFrames = 100;
constexpr int kLoudRun = 3;            // frames of who spoke; a single one may be of the background
constexpr float kLikelyScreening = 0;  // log odds, among machines
// Of a screening assistant's greeting: it says that it screens, and asks. A shorter one may as well be a
// person on a line that sounds synthetic.
constexpr int32_t kShortestQuestionMs = 4000;
constexpr int32_t kLongestQuestionMs = 7000;
constexpr int kScoreEvery = 12;          // frames between two scores of somebody who talks
constexpr int32_t kSeldomPauseMs = 600;  // people who pause so long have finished, most recordings have not
constexpr int32_t kTalkingSurelyMs = 3200;  // earliest verdict on somebody who still talks
constexpr int32_t kTalkingAtEndMs = 3000;   // and at the deadline
constexpr int32_t kBeepWaitMs = 3300;       // a tone after the greeting is heard to its end, but no longer;
// behind who is surely a person, with log odds below this, for less.
constexpr float kSurePersonOdds = -3.5f;
constexpr int32_t kSurePersonBeepWaitMs = 1000;

// Nothing heard is silence only where it could be heard: a person may have spoken in what was lost.
bool mostlyLost(const VoiceHistory& history, int from, int to) {
  from = std::max(from, history.oldest());
  const int lost = history.count(HistoryFrame::kLost, from, to);
  return 2 * lost >= to - from && lost > 0;
}

// Something as long and as loud as a word that is no tone: a whisper, a cough, a voice that its line spoilt.
bool somethingSounded(const VoiceHistory& history, int from, int to) {
  constexpr uint8_t kNoSound =
      HistoryFrame::kLost | HistoryFrame::kTone | HistoryFrame::kSteady | HistoryFrame::kLikeTone;
  from = std::max(from, history.oldest());
  std::array<int, 256> atLevel{};
  int heard = 0;
  for (int i = from; i < to; ++i) {
    if (history.at(i).is(kNoSound)) continue;
    ++atLevel[history.at(i).level];
    ++heard;
  }
  // The noise of the line: a fifth of the frames are softer.
  int floor = 0;
  for (int softer = atLevel[0]; floor < 255 && 5 * softer < heard;
       softer += atLevel[static_cast<size_t>(floor)])
    ++floor;
  const float loudDbm0 = std::max(static_cast<float>(floor) * 0.5f - 90 + kSoundAboveFloorDb, kSoundDbm0);
  const auto sounds = [&](int i) {
    return i >= from && !history.at(i).is(kNoSound) && history.at(i).levelDbm0() >= loudDbm0;
  };
  int inWindow = 0;
  for (int i = from; i < to; ++i) {
    inWindow += sounds(i) - sounds(i - kSoundWindow);
    if (inWindow >= kSoundFrames) return true;
  }
  return false;
}

// How long the same voice has gone on, in ms. Voices, music and traffic in the background go on where a
// person has finished, but softer; and who repeats what he said after a pause does not go on.
int32_t goesOnMs(const VoiceHistory& history, const VoiceActivity& activity) {
  int first = activity.run[0].start, last = activity.last - 1;
  for (int i = 1; i < activity.runs; ++i)
    if (activity.run[i].start - activity.run[i - 1].end >= kRepeatPauseFrames) first = activity.run[i].start;
  const auto loud = [&](int frame) {
    return activity.activeAt(frame) && history.at(frame).levelDbm0() >= activity.peakDbm0 - kLoudDb;
  };
  while (last > first && !loud(last)) --last;
  return (last + 1 - first) * kFrameMs;
}

// The frame after the last one that was not voices in the background.
int loudUntil(const VoiceHistory& history, const VoiceActivity& activity) {
  int run = 0, frame = activity.last;
  while (run < kLoudRun && frame > activity.first)
    run = history.at(--frame).levelDbm0() >= activity.peakDbm0 - kMurmurDb ? run + 1 : 0;
  return frame + run;
}

// How long what goes on must have been softer for a greeting to be over, by the log odds of who spoke.
int murmurFrames(bool longGreeting, float logOdds) {
  if (logOdds >= kClearMurmurOdds) return longGreeting ? kLongMurmurFrames : kMurmurFrames;
  return longGreeting ? kClearLongMurmurFrames : kClearMurmurFrames;
}

// What was found, without the speech from `frame` on.
VoiceActivity upTo(const VoiceActivity& activity, int frame) {
  VoiceActivity cut = activity;
  while (cut.runs > 0 && cut.run[cut.runs - 1].start >= frame) --cut.runs;
  if (cut.runs > 0) cut.run[cut.runs - 1].end = std::min(cut.run[cut.runs - 1].end, frame);
  return cut;
}

// Voices behind a person go on, but as loud as the person they are not.
bool goesOnLoud(const VoiceHistory& history, const VoiceActivity& activity) {
  if (activity.runs == 0) return false;
  const MainVoice voice(history, activity);
  return activity.last - voice.end(kLoudAgainDb) < kLoudAgainFrames ||
         voice.framesWithoutPause(kTurnFrames, kLoudThroughoutDb) >= kLoudThroughoutFrames;
}

// Noise can make a person's greeting seem longer than it was: the model has a say for a while.
bool tooLongForAPerson(int32_t spanMs, float logOdds) {
  return (spanMs >= kLongestGreetingMs && logOdds > 1.8f) || (spanMs >= kVeryLongMs && logOdds > -0.5f);
}

}  // namespace

// A look back over the history costs more than everything else that is done with a frame: often in a pause,
// when a decision is near, seldom while somebody talks. Returns the frames between two looks.
int DetectorState::lookEvery() const {
  if (decided()) return greeting.isOver() ? kLookEveryAfterGreeting : kLookEveryAfterVerdict;
  if (!isAnswered() || !tellsMachines()) return kLookEveryBefore;
  if (quietFrames < kPauseFrames) return kLookEveryTalking;
  return quietFrames >= kNearFrames && quietFrames < kPastFrames ? 1 : kLookEveryPausing;
}

bool DetectorState::lookIsDue(const FrameFeatures& frame) {
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
void DetectorState::look() {
  VoiceActivity activity;
  const bool voiceCounts = isAnswered() || settings->inferAnswer;
  const int from = isAnswered() ? answerState.frame() : ringsFromFrame;
  SpeechLimits beforeAnswer;
  beforeAnswer.leastPeakDbm0 = std::max(beforeAnswer.leastPeakDbm0, ringing.toneDbm0() - kBelowRingbackDb);
  beforeAnswer.steadyRunFrames = 6;
  if (ringing.heardRingback()) beforeAnswer.peakFrames = kShortWordFrames;
  SpeechLimits afterAnswer;
  afterAnswer.knownFloorDbm0 = knownFloorDbm0;
  findVoiceActivity(history, from, activity, isAnswered() ? afterAnswer : beforeAnswer);
  if (activity.runs > 0) {
    const FrameRun& last = activity.run[activity.runs - 1];
    const FrameRun& first = activity.run[0];
    int speech = 0;
    for (int i = 0; i < activity.runs; ++i) speech += activity.run[i].end - activity.run[i].start;
    const bool noTone = (now() - first.start) * kFrameMs >= kNoToneMs && !mayBeTone(activity);
    const bool voice = audioEnded ? speech * kFrameMs >= kLeastVoiceMs && tones.active() == ToneId::kNone
                                  : noTone && speech * kFrameMs >= kSurelySpeechMs;
    if (voice || greeting.isSpeaking()) {
      if (voiceCounts && !isAnswered() && !decided()) {
        answerState.infer(first.start);
        evidence.answerMs = first.start * kFrameMs;
        say(ObservationKind::kAnswered, evidence.answerMs);
      }
      // What seemed speech may turn out to have been background: until the verdict the latest look counts.
      const bool whole = activity.first == answerState.frame();
      if (isAnswered() && (evidence.speechStartMs == kNever || (!decided() && whole)))
        evidence.speechStartMs = first.start * kFrameMs;
      speechDbm0 = activity.peakDbm0;
      const bool quiet = now() - last.end > 15;
      if (!greeting.isSpeaking() && !quiet &&
          (greeting.speechEndMs() == kNever || last.end * kFrameMs > greeting.speechEndMs() + 100)) {
        greeting.beginSpeech();
        say(ObservationKind::kSpeechStart, last.start * kFrameMs);
      }
      greeting.speechUntil(last.end * kFrameMs);
      if (greeting.isSpeaking() && quiet) {
        greeting.endSpeech();
        say(ObservationKind::kSpeechEnd, greeting.speechEndMs());
      }
    }
  }
  if (isAnswered() && evidence.speechStartMs != kNever && !(answerState.isInferred() && mayBeTone(activity)))
    judge(activity);
  settle(activity, now() - kSettleFrames, false);
}

void DetectorState::judge(const VoiceActivity& activity) {
  const int32_t silence = nowMs() - greeting.speechEndMs();
  if (!greeting.isOver() && !greeting.isSpeaking()) {
    const bool machine = evidence.verdict == Verdict::kMachine || evidence.verdict == Verdict::kScreening;
    if (silence >= (machine ? kRecordingOverMs : kGreetingOverMs) || (evidence.beepMs != kNever && machine)) {
      if (decided()) {
        greeting.end();
        evidence.greetingEndMs = greeting.speechEndMs();
        say(ObservationKind::kGreetingEnd, greeting.speechEndMs());
        if (machine) awaitPerson();
      }
    }
  }
  if (decided()) {
    reconsider(activity, silence);
    return;
  }
  if (nowMs() < faxUntilMs) return;
  if (settings->mode == Mode::kNoAmDetection) {
    decide(Verdict::kLive, "voice", 0.9f);
    return;
  }
  if (isSaidAgain(activity)) {
    decide(Verdict::kMachine, "said-again", 0.97f);
    return;
  }
  const int32_t span = greeting.speechEndMs() - evidence.speechStartMs;
  const bool talking = silence < kPauseMs;
  if (talking && hearsMurmur(activity)) return;
  if (talking ? span < kTalkingSurelyMs || now() - scoredFrame < kScoreEvery
              : silence < operatingPoint.linesFor(span).silenceMs[0])
    return;
  if (!score(activity, silence, span)) return;
  scoredFrame = now();
  if (logOdds >= kReadOut && isReadOut(history, activity, mainVoiceDbm0) && !isMusicSoFar()) {
    decide(Verdict::kMachine, "read-out", 0.9f);
    return;
  }
  const float confidence = 1 / (1 + exactExp(-std::abs(logOdds)));
  const bool question = screeningLogOdds >= kLikelyScreening && span <= kLongestQuestionMs;
  const int32_t goesOn = goesOnMs(history, activity);
  const bool aSentence = question && goesOn < kShortestQuestionMs;
  if (tooLongForAPerson(goesOn, logOdds) && goesOnLoud(history, activity)) {
    decide(Verdict::kMachine, "long-greeting", 0.98f);
  } else if (talking) {
    if (logOdds >= machineFrom) decide(Verdict::kMachine, "recorded-voice", confidence);
  } else if (mayBeBeep(silence) || mayRingYet()) {
    return;
  } else if (logOdds >= machineFrom && silence >= kSeldomPauseMs && !aSentence) {
    if (question)
      decide(Verdict::kScreening, "screening-question", confidence);
    else
      decide(Verdict::kMachine, "recorded-greeting", confidence);
  } else if (!mayGoOn(activity, silence) &&
             (logOdds < liveLine || silence >= operatingPoint.linesFor(span).longestSilenceMs())) {
    decide(Verdict::kLive, "greeting-then-silence", confidence);
  }
}

// A tone sounds, or has just ended, that may be a beep.
bool DetectorState::mayBeBeep(int32_t silence) const {
  return beeps.pending() && silence < (logOdds < kSurePersonOdds ? kSurePersonBeepWaitMs : kBeepWaitMs);
}

// The next word may be due; or it is music before a greeting, and nobody has spoken yet.
bool DetectorState::mayGoOn(const VoiceActivity& activity, int32_t silence) const {
  const int32_t span = greeting.speechEndMs() - evidence.speechStartMs;
  return silence < (pauseBetweenWords(activity) + kNextWordFrames) * kFrameMs ||
         (silence < kMusicPauseMs && span >= kLeastTuneMs && isMusicSoFar());
}

// What was taken for an answer may have been an announcement before the ringing, if a tone follows that may be the
// plan's: what it is is known soon after its first burst.
bool DetectorState::mayRingYet() const {
  if (!answerState.isInferred() || !tones.mayBeOwn()) return false;
  if (const ToneSegment* const tone = tones.open()) return isSignal(*tone, nowMs());
  return std::any_of(notes.begin(), notes.end(), [this](const ToneNote& note) {
    return note.endFrame - note.startFrame >= kLeastRingFrames && now() - note.endFrame <= kRingKnownFrames;
  });
}

// Whether what seemed a greeting is the beginning of a tune.
bool DetectorState::isMusicSoFar() const {
  if (evidence.speechStartMs == kNever) return false;
  const int frames = std::min(now() - answerState.frame(), LineMusic::kFrames);
  if (frames >= kLeastMusicFrames && music.logOdds(frames) >= kMusicBeforeGreeting) return true;
  // Where the answer was taken from what may be music instead of ringing, with what was before.
  return answerState.isInferred() && music.goesOnBefore((nowMs() - greeting.speechEndMs()) / kFrameMs);
}

// Voices, music or traffic may go on where a person has finished, and no silence comes: then what is much
// softer counts as one. Decides only for people.
bool DetectorState::hearsMurmur(const VoiceActivity& activity) {
  if (activity.runs == 0 || beeps.pending() || now() - scoredFrame < kLookEveryTalking) return false;
  int end = loudUntil(history, activity);
  const bool longGreeting = end - activity.first >= kLongGreetingFrames;
  bool near = false;
  if (now() - end < (longGreeting ? kClearLongMurmurFrames : kClearMurmurFrames)) {
    end = MainVoice(history, activity).end(kLoudAgainDb);
    if (now() - end < kNearMurmurFrames) return false;
    near = true;
  }
  const VoiceActivity cut = upTo(activity, end);
  if (cut.runs == 0 || !score(cut, (now() - end) * kFrameMs, (end - cut.run[0].start) * kFrameMs))
    return false;
  if (now() - end < murmurFrames(longGreeting, logOdds)) return false;
  if (logOdds >= liveLine || logOdds >= machineFrom || (near && logOdds >= kNearMurmurOdds)) return false;
  decide(Verdict::kLive, "greeting-then-murmur", 1 / (1 + exactExp(-std::abs(logOdds))));
  return true;
}

// Log odds of what was heard so far, and what they are to be compared with now. False without speech.
bool DetectorState::score(const VoiceActivity& activity, int32_t silence, int32_t span) {
  if (!measureVoice(history, activity, activity.first, features)) return false;
  const VoiceScore voice = scoreVoice(features, memory);
  logOdds = voice.machine + settings->scoreOffset;
  screeningLogOdds = voice.screening;
  mainVoiceDbm0 = std::max(mainVoiceDbm0, MainVoice(history, activity).dbm0());
  const DecisionLines lines = operatingPoint.linesFor(span);
  liveLine = lines.liveBelowAfter(silence);
  if (silence < kPauseMs)
    machineFrom = operatingPoint.machineWhileTalking();
  else if (silence >= lines.longestSilenceMs())
    machineFrom = lines.machineAtEnd;
  else
    machineFrom = std::max(lines.machineInPause, lines.machineAtEnd);
  return true;
}

void DetectorState::atDeadline() {
  // What was taken for an answer is music that plays instead of ringing.
  if (answerState.isInferred() && isMusicSoFar()) noSpeechSince(evidence.answerMs);
  if (evidence.speechStartMs != kNever) {
    const int32_t span = greeting.speechEndMs() - evidence.speechStartMs;
    const bool longEnough = nowMs() - greeting.speechEndMs() >= kPauseMs || span >= kTalkingAtEndMs;
    const float machineAtEnd = operatingPoint.linesFor(span).machineAtEnd;
    VoiceActivity activity;
    findVoiceActivity(history, answerState.frame(), activity);
    const bool machine = tellsMachines() && longEnough && logOdds >= machineAtEnd;
    if (machine && (!greeting.isSpeaking() || goesOnLoud(history, activity)))
      decide(Verdict::kMachine, "deadline-recorded-voice", 0.7f);
    else
      decide(Verdict::kLive, "deadline", 0.5f);
  } else if (ringing.heardRingback() && ringsStill()) {
    if (answerState.isSignalled())
      decide(Verdict::kFalseAnswer, "ringing-after-answer", 0.9f);
    else
      decide(Verdict::kRingback, "ringback", 0.9f);
  } else if (ringing.heardDialtone()) {
    decide(Verdict::kDialtone, "dialtone", 0.9f);
  } else if (loneTone.startMs != kNever) {
    // Nobody spoke before it, nor in all the time after it.
    tellBeep(loneTone);
    decide(Verdict::kMachine, "beep", 0.7f);
  } else if (greeting.speechEndMs() != kNever) {
    decide(Verdict::kUnknown, "speech-before-answer", 0.3f);
  } else if (isAnswered() && mostlyLost(history, answerState.frame(), now())) {
    decide(Verdict::kUnknown, "mostly-lost", 0.3f);
  } else if (isAnswered() && somethingSounded(history, answerState.frame(), now())) {
    decide(Verdict::kUnknown, "no-voice-heard", 0.3f);
  } else {
    decide(Verdict::kSilence, "nothing-heard", 0.9f);
  }
}

}  // namespace cpd
