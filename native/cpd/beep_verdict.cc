// What a beep means: that of a machine, or a tone of a person's own line, as call waiting, the warning of a
// recorder or the telephone itself make them. A single tone is no proof of a machine: only after what may
// have been a recording does it decide, and where a person speaks after it the verdict is taken back
// (correction.cc).
#include <algorithm>
#include <cmath>
#include <iterator>

#include "cpd/beep/beep_shape.h"
#include "cpd/state/detector_state.h"

namespace cpd {
namespace {

constexpr float kBeepBelowSpeechDb = 22;  // softer tones are music in the background ...
constexpr float kQuietLineDb = 12;        // ... unless what is before and after it is so much softer still
constexpr float kSoftestBelowSpeechDb = 32;

// The log odds of a machine, before the tone, from which on it is the beep of one, by the length of what was
// said: the shorter, the more like a person's word. scripts/voice-training/README.md says how they were chosen.
struct BeepLine {
  int32_t greetingMs;
  float machineFrom;
};
constexpr BeepLine kBeepLines[] = {{600, 0.3f}, {1000, 0.1f}, {2000, 0.1f}, {2800, -1.0f}, {3600, -4.0f}};
constexpr float kLiveAlready = -1;          // added where the greeting passed for a person's, but a long one
constexpr int32_t kMayBeGreetingMs = 1500;  // after so much a tone is called a beep, whoever spoke
constexpr int32_t kLongMs = 2000;           // ... of this length
constexpr float kOwnToneDoubt = 0.5f;  // added where the tone is one that the plan has on a person's line
constexpr float kRecorderHz = 1400;    // the warning that a call is recorded: ITU-T E.180
constexpr float kOwnToneHz = 0.03f;    // share by which it may be off
constexpr int32_t kOwnToneSlackMs = 60;

float machineFromBeep(int32_t greetingMs) {
  const BeepLine* at = kBeepLines;
  if (greetingMs <= at->greetingMs) return at->machineFrom;
  for (; at + 1 < std::end(kBeepLines); ++at) {
    if (greetingMs >= at[1].greetingMs) continue;
    const float part = static_cast<float>(greetingMs - at[0].greetingMs) /
                       static_cast<float>(at[1].greetingMs - at[0].greetingMs);
    return at[0].machineFrom + part * (at[1].machineFrom - at[0].machineFrom);
  }
  return at->machineFrom;
}

bool isNear(float hz, float other) { return std::abs(hz - other) <= kOwnToneHz * other; }

// Like call waiting of the plan, or a recorder's warning.
bool soundsOnAPersonsLine(const Beep& beep, const TonePlan& plan) {
  if (isNear(beep.hz, kRecorderHz)) return true;
  return std::any_of(plan.callWaiting.steps.begin(), plan.callWaiting.steps.end(), [&](const ToneStep& step) {
    return step.hz1 > 0 && isNear(beep.hz, step.hz1) && std::abs(beep.ms() - step.ms) <= kOwnToneSlackMs;
  });
}

}  // namespace

// When a tone begins that may become a beep: who spoke so far is told without it.
void DetectorState::noteOddsBeforeTone() {
  oddsBeforeTone = logOdds;
  if (!isAnswered() || !tellsMachines() || evidence.speechStartMs == kNever || greeting.isOver()) return;
  VoiceActivity activity;
  findVoiceActivity(history, answerState.frame(), activity);
  if (activity.runs == 0) return;
  // In the pause before it a person may have been told surer than now that a sound is heard.
  const bool scoredSince = scoredFrame * kFrameMs > greeting.speechEndMs();
  oddsBeforeTone = scoredSince ? std::min(logOdds, oddsAgain(activity)) : oddsAgain(activity);
}

bool DetectorState::isMachinesBeep(const Beep& beep) const {
  if (evidence.verdict != Verdict::kNone && evidence.verdict != Verdict::kLive) return true;
  if (evidence.speechStartMs == kNever || evidence.speechStartMs >= beep.startMs) return false;
  const int32_t greetingMs = std::min(greeting.speechEndMs(), beep.startMs) - evidence.speechStartMs;
  float from = machineFromBeep(greetingMs);
  if (evidence.verdict == Verdict::kLive && greetingMs >= kLongMs) from += kLiveAlready;
  if (soundsOnAPersonsLine(beep, settings->plan)) from += kOwnToneDoubt;
  // Behind a person's word the tone and the pause behind it make a person of them, behind a recording they change little.
  const bool scoredBehind = scoredFrame * kFrameMs > beep.endMs;
  return (scoredBehind ? std::min(oddsBeforeTone, logOdds) : oddsBeforeTone) >= from;
}

// A soft tone on a quiet line: nothing but noise just before it.
bool DetectorState::isAlone(const Beep& beep) const {
  if (beep.dbm0 < speechDbm0 - kSoftestBelowSpeechDb) return false;
  const BeepSurroundings around = surroundingsOf(history, beep.dbm0, beep.startMs, beep.endMs);
  return std::max(around.beforeDbm0, around.afterDbm0) <= beep.dbm0 - kQuietLineDb;
}

void DetectorState::hearBeep(const Beep& beep) {
  if (beep.dbm0 < speechDbm0 - kBeepBelowSpeechDb && !isAlone(beep)) return;
  if (evidence.speechStartMs == kNever && ringing.isOn(beep.hz)) return;
  history.mark(HistoryFrame::kTone, beep.startMs / kFrameMs, beep.endMs / kFrameMs + 1);
  beepEndMs = beep.endMs;
  if (tellsMachines() && !isMachinesBeep(beep)) {
    if (evidence.speechStartMs == kNever)
      loneTone = beep;
    else if (beep.startMs - evidence.speechStartMs >= kMayBeGreetingMs)
      tellBeep(beep);
    return;
  }
  tellBeep(beep);
  if (!tellsMachines()) return;
  if (!decided()) {
    decide(Verdict::kMachine, "beep-after-speech", 0.97f);
  } else if (evidence.verdict == Verdict::kLive) {
    correct(Verdict::kMachine, 0.9f);
  }
}

void DetectorState::tellBeep(const Beep& beep) {
  if (evidence.beepMs == kNever) evidence.beepMs = beep.startMs;
  Observation* o = say(ObservationKind::kBeep, beep.startMs, beep.endMs);
  o->hz[0] = beep.hz;
}

}  // namespace cpd
