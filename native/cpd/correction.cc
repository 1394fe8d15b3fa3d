// After the verdict: who was taken for somebody else. A verdict is corrected once.
#include <algorithm>

#include "cpd/state/detector_state.h"
#include "cpd/voice/pattern/main_voice.h"
#include "cpd/voice/pattern/read_out.h"
#include "cpd/voice/pattern/repetition.h"
#include "cpd/voice/voice_model.h"

namespace cpd {
namespace {

constexpr int32_t kLiveAfterSitMs = 800;    // silence after who speaks behind special information tones ...
constexpr float kShortGreetingS = 2.2f;     // ... for no longer than this: announcements are longer
constexpr float kSurelyPerson = -2;         // log odds of a machine for who takes over from one
constexpr int32_t kTakeOverMs = 700;        // silence after what he says
constexpr int32_t kFurtherMs = 100;         // of the main voice since a verdict of live: it goes on, ...
constexpr float kAboutAsLoudDb = 7;         // ... at about its level: ...
constexpr float kTwiceRecorded = 6;         // ... a recording by the log odds of then and of now together,
constexpr int32_t kVeryLongMs = 8000;       // or, in a greeting of this length, ...
constexpr float kLikelyRecorded = 3;        // ... by those of now ...
constexpr int32_t kGoesOnMs = 4500;         // ... and so much without a pause as for an answer
constexpr int kTurnFrames = 50;             // a person who says something now and then pauses so long, ...
constexpr float kMainVoiceDb = 6;           // ... and voices behind are softer by more than this
constexpr float kReadOnOdds = 0;            // log odds of a machine for a number that is read out
constexpr int kAgainFrames = 20;            // between two looks at that
constexpr int kCompareEvery = 12;           // frames between two looks whether something is said again
constexpr float kMayBeRecorded = -2;        // log odds of a machine: below, the voice is surely a person's
constexpr int32_t kCompareUntilMs = 20000;  // from answer

// From the first speech to the last, which there must be.
float spanMs(const VoiceActivity& activity) {
  return static_cast<float>((activity.run[activity.runs - 1].end - activity.run[0].start) * kFrameMs);
}

}  // namespace

// Log odds of a machine by the speech found; the evidence keeps those that led to the verdict. Without
// speech those of a sure machine.
float DetectorState::oddsAgain(const VoiceActivity& activity) const {
  VoiceFeatures again;
  if (!measureVoice(history, activity, activity.first, again)) return 100;
  return scoreVoice(again, memory).machine + settings->scoreOffset;
}

// A recording's greeting is over: whoever speaks next may be a person who lifted the receiver meanwhile.
void DetectorState::awaitPerson() {
  forgetVoice();
  takeOverFrame = now();
}

// Whether a recording begins again, word for word.
bool DetectorState::isSaidAgain(const VoiceActivity& activity) {
  if (now() - comparedFrame < kCompareEvery || nowMs() - evidence.answerMs > kCompareUntilMs) return false;
  if (logOdds < kMayBeRecorded) return false;
  comparedFrame = now();
  return isSameRecording(closestRepetition(history, activity));
}

// Who was taken for a person after a word or two reads out a number.
bool DetectorState::readsOn(const VoiceActivity& activity) {
  return isReadOut(history, activity, mainVoiceDbm0) && oddsAgain(activity) >= kReadOnOdds;
}

// What the main voice has said since the verdict.
int32_t DetectorState::furtherSpeechMs(const VoiceActivity& activity) const {
  int frames = 0;
  for (int i = std::max(activity.first, evidence.decidedMs / kFrameMs); i < activity.last; ++i)
    frames += activity.activeAt(i) && history.at(i).levelDbm0() >= mainVoiceDbm0 - kAboutAsLoudDb;
  return frames * kFrameMs;
}

// Who was taken for a person goes on like a recording.
bool DetectorState::goesOnRecorded(const VoiceActivity& activity) {
  if (now() - furtherFrame < kAgainFrames || furtherSpeechMs(activity) < kFurtherMs) return false;
  furtherFrame = now();
  const float odds = oddsAgain(activity);
  const int32_t span = greeting.speechEndMs() - evidence.speechStartMs;
  // Live in spite of log odds of a machine were voices behind a person.
  const bool inDoubt = logOdds < operatingPoint.linesFor(span).machineAtEnd;
  if (inDoubt && logOdds + odds >= kTwiceRecorded) return true;
  if (span < kVeryLongMs || odds < kLikelyRecorded) return false;
  const MainVoice voice(history, activity, mainVoiceDbm0);
  return voice.framesWithoutPause(kTurnFrames, kMainVoiceDb) * kFrameMs >= kGoesOnMs;
}

void DetectorState::reconsider(const VoiceActivity& activity, int32_t silence) {
  if (verdictState.isCorrected() || !tellsMachines()) return;
  switch (evidence.verdict) {
    case Verdict::kSit:
      if (nowMs() - evidence.answerMs > settings->cpdTimeoutMs || silence < kLiveAfterSitMs ||
          activity.runs == 0)
        return;
      if (spanMs(activity) <= kShortGreetingS * 1000 && oddsAgain(activity) < 0)
        correct(Verdict::kLive, 0.7f);
      return;
    case Verdict::kFalseAnswer:
      correct(Verdict::kLive, 0.7f);  // somebody came to the telephone after all
      return;
    case Verdict::kLive:
      if (isSaidAgain(activity)) {
        correct(Verdict::kMachine, 0.95f);
        return;
      }
      if (greeting.isOver() || activity.runs == 0) return;
      if (readsOn(activity) || goesOnRecorded(activity)) correct(Verdict::kMachine, 0.9f);
      return;
    case Verdict::kMachine:
    case Verdict::kScreening: {
      if (!greeting.isOver() || silence < kTakeOverMs || greeting.speechEndMs() <= takeOverFrame * kFrameMs ||
          now() - scoredFrame < kAgainFrames)
        return;
      scoredFrame = now();
      VoiceActivity later;
      findVoiceActivity(history, takeOverFrame, later);
      if (later.runs > 0 && spanMs(later) <= kShortGreetingS * 1000 && oddsAgain(later) < kSurelyPerson)
        correct(Verdict::kLive, 0.7f);
      return;
    }
    default:
      return;
  }
}

}  // namespace cpd
