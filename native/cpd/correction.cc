// After the verdict: who was taken for somebody else. A verdict is corrected once.
#include "cpd/detector_state.h"
#include "cpd/voice_model.h"

namespace cpd {
namespace {

constexpr int32_t kLiveAfterSitMs = 800;     // silence after who speaks behind special information tones ...
constexpr float kShortGreetingS = 2.2f;      // ... for no longer than this: announcements are longer
constexpr float kSurelyPerson = -2;          // log odds of a machine for who takes over from one
constexpr int32_t kTakeOverMs = 700;         // silence after what he says
constexpr int32_t kSurelyRecordedMs = 8000;  // a greeting of this length, a verdict of live notwithstanding
constexpr int32_t kGoesOnMs = 4500;          // or of this one, when the voice ...
constexpr float kSurelyRecorded = 6;         // ... has these log odds
constexpr int kAgainFrames = 20;             // between two looks at that

}  // namespace

// Log odds of a machine of what the map shows; the evidence keeps those that led to the verdict. Without
// speech those of a sure machine.
float Detector::State::oddsAgain(const SpeechMap& map) const {
  VoiceFeatures again;
  if (!measureVoice(history, map, map.first, again)) return 100;
  return scoreVoice(again, memory).machine + settings->scoreOffset;
}

// A recording's greeting is over: whoever speaks next may be a person who lifted the receiver meanwhile.
void Detector::State::awaitPerson() {
  forgetVoice();
  takeOverFrame = now();
}

void Detector::State::reconsider(const SpeechMap& map, int32_t silence) {
  if (corrected || !tellsMachines()) return;
  const int32_t span = lastSpeechEndMs - evidence.speechStartMs;
  switch (evidence.verdict) {
    case Verdict::kSit:
      if (nowMs() - evidence.answerMs > settings->cpdTimeoutMs || silence < kLiveAfterSitMs || map.runs == 0)
        return;
      if ((map.run[map.runs - 1].end - map.run[0].start) * kFrameMs <= kShortGreetingS * 1000 &&
          oddsAgain(map) < 0)
        correct(Verdict::kLive, 0.7f);
      return;
    case Verdict::kFalseAnswer:
      correct(Verdict::kLive, 0.7f);  // somebody came to the telephone after all
      return;
    case Verdict::kLive:
      if (greetingEnded || span < kGoesOnMs) return;
      if (span < kSurelyRecordedMs) {
        if (now() - scoredFrame < kAgainFrames) return;
        scoredFrame = now();
        if (oddsAgain(map) < kSurelyRecorded) return;
      }
      correct(Verdict::kMachine, 0.9f);
      return;
    case Verdict::kMachine:
    case Verdict::kScreening: {
      if (!greetingEnded || evidence.beepMs != kNever || silence < kTakeOverMs ||
          lastSpeechEndMs <= takeOverFrame * kFrameMs || now() - scoredFrame < kAgainFrames)
        return;
      scoredFrame = now();
      SpeechMap later;
      mapSpeech(history, takeOverFrame, later);
      if (later.runs > 0 &&
          (later.run[later.runs - 1].end - later.run[0].start) * kFrameMs <= kShortGreetingS * 1000 &&
          oddsAgain(later) < kSurelyPerson)
        correct(Verdict::kLive, 0.7f);
      return;
    }
    default:
      return;
  }
}

}  // namespace cpd
