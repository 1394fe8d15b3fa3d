// Where speech began and ended, and what that says about who answered.
#include <cmath>

#include "cpd/detector_state.h"
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
constexpr int32_t kSurelyRecordedMs = 8000;   // a greeting of this length, a verdict of live notwithstanding
constexpr int32_t kLiveAfterSitMs = 800;      // silence after who speaks behind special information tones ...
constexpr float kShortGreetingS = 2.2f;       // ... for no longer than this: announcements are longer
constexpr float kDeadlineDoubt = 1.2f;        // who still talks at the deadline may end right after it
constexpr int32_t kPauseMs = 240;             // shorter silence is inside a word
constexpr int32_t kLeastVoiceMs = 120;        // of it when the audio ends with it
constexpr int32_t kTalkingSurelyMs = 3200;    // earliest verdict on somebody who still talks
constexpr int32_t kTalkingAtEndMs = 3000;     // and at the deadline
constexpr int32_t kBeepPatienceMs = 3300;     // a tone after the greeting is heard to its end, but no longer

// Noise can make a person's greeting seem longer than it was: the model has a say for a while.
bool tooLongForAPerson(int32_t spanMs, float logOdds) {
  return (spanMs >= kLongestGreetingMs && logOdds > 2.2f) || (spanMs >= kVeryLongMs && logOdds > 0.5f) ||
         spanMs >= kSurelyRecordedMs;
}

}  // namespace

// Looks back over the history: where speech began and ended, and whether that decides.
void Detector::State::look() {
  SpeechMap map;
  const bool voiceCounts = isAnswered() || settings->inferAnswer;
  const int from = isAnswered() ? answerFrame : 0;
  const SpeechLimits beforeAnswer = {std::max(SpeechLimits().leastPeakDbm0, toneDbm0 - kBelowRingbackDb), 6};
  mapSpeech(history, from, map, isAnswered() ? SpeechLimits() : beforeAnswer);
  if (map.runs > 0) {
    const FrameRun& last = map.run[map.runs - 1];
    const FrameRun& first = map.run[0];
    int speech = 0;
    for (int i = 0; i < map.runs; ++i) speech += map.run[i].end - map.run[i].start;
    const bool noTone = (now() - first.start) * kFrameMs >= kNoToneMs;
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
  if (isAnswered() && evidence.speechStartMs != kNever) judge(map);
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
      }
    }
  }
  if (decided()) {
    reconsider(map, silence);
    return;
  }
  if (settings->mode == Mode::kNoAmDetection) {
    decide(Verdict::kLive, "voice", 0.9f);
    return;
  }
  if (!measureVoice(history, map, answerFrame, features)) return;
  const Patience& p = patience();
  logOdds = machineLogOdds(features) + settings->scoreOffset;
  const float confidence = 1 / (1 + std::exp(-std::abs(logOdds)));
  const int32_t span = lastSpeechEndMs - evidence.speechStartMs;
  if (tooLongForAPerson(span, logOdds)) {
    decide(Verdict::kMachine, "long-greeting", 0.98f);
  } else if (silence < kPauseMs) {
    if (span >= kTalkingSurelyMs && logOdds >= p.machineWhileTalking)
      decide(Verdict::kMachine, "recorded-voice", confidence);
  } else if (beeps.pending() && silence < kBeepPatienceMs) {
    return;
  } else if (silence >= p.silenceMs[Patience::kPoints - 1]) {
    if (logOdds >= machineAtEnd(p, span))
      decide(Verdict::kMachine, "recorded-greeting", confidence);
    else
      decide(Verdict::kLive, "greeting-then-silence", confidence);
  } else if (logOdds < liveBelow(p, silence)) {
    decide(Verdict::kLive, "greeting-then-silence", confidence);
  } else if (silence >= p.silenceMs[1] && logOdds >= p.machineInPause) {
    decide(Verdict::kMachine, "recorded-greeting", confidence);
  }
}

// After the verdict: a person who answers although special information tones came first, and a person's
// greeting that turns out to have no end.
void Detector::State::reconsider(const SpeechMap& map, int32_t silence) {
  if (corrected || !tellsMachines()) return;
  if (evidence.verdict == Verdict::kSit && nowMs() - evidence.answerMs <= settings->cpdTimeoutMs) {
    if (silence < kLiveAfterSitMs || !measureVoice(history, map, map.first, features)) return;
    if (features[VoiceFeature::kSpan] <= kShortGreetingS &&
        machineLogOdds(features) + settings->scoreOffset < 0)
      correct(Verdict::kLive, 0.7f);
  } else if (evidence.verdict == Verdict::kLive && !greetingEnded &&
             lastSpeechEndMs - evidence.speechStartMs >= kSurelyRecordedMs) {
    correct(Verdict::kMachine, 0.9f);
  }
}

void Detector::State::atDeadline() {
  if (evidence.speechStartMs != kNever) {
    const int32_t span = lastSpeechEndMs - evidence.speechStartMs;
    const bool longEnough = nowMs() - lastSpeechEndMs >= kPauseMs || span >= kTalkingAtEndMs;
    if (tellsMachines() && longEnough && logOdds >= machineAtEnd(patience(), span) + kDeadlineDoubt)
      decide(Verdict::kMachine, "deadline-recorded-voice", 0.7f);
    else
      decide(Verdict::kLive, "deadline", 0.5f);
  } else if (heardRingback && ringsStill()) {
    decide(Verdict::kRingback, "ringback", 0.9f);
  } else if (heardDialtone) {
    decide(Verdict::kDialtone, "dialtone", 0.9f);
  } else if (lastSpeechEndMs != kNever) {
    decide(Verdict::kUnknown, "speech-before-answer", 0.3f);
  } else {
    decide(Verdict::kSilence, "nothing-heard", 0.9f);
  }
}

}  // namespace cpd
