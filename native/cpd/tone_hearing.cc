// What the tone receiver and the beep detector say of a call, and what it means: ringing, and tones that
// decide.
#include <cmath>

#include "cpd/state/detector_state.h"
#include "cpd/tones/tone_or_vowel.h"

namespace cpd {
namespace {

constexpr float kBeatDb = 3;     // from the mean of two tones to the top of their beat
constexpr int kMusicEvery = 10;  // frames between two looks for music
constexpr int kMusicKnownFrames = LineMusic::kFrames + 30;  // from its start
constexpr float kLikeToneShare = 0.8f;                      // of what seems speech: all but its edges
constexpr float kLikeToneMusic = 0.5f;                      // of three seconds: that is no music
constexpr int kKeyEdgeFrames = 1;                           // of a key, which are not quite it
constexpr int32_t kKeyAnswerMs = 300;                       // who was heard so long before a key is there
constexpr int32_t kFaxCallsAgainMs = 4200;  // T.30: 3 s of pause, 0.5 s of tone, 15 % longer each

}  // namespace

// It rings: what sounded like speech since then was none, nor was it an answer.
void DetectorState::takeForTone(const ToneEvent& event) {
  // Words that fit the known cadence by chance do not undo an answer: the tone itself must be on the line.
  const bool known = ringing.knowsFrequencies();
  ringing.setFrequencies(event.hz);
  if (!isAnswered()) ringing.toneAt(loudestDbm0(event.startMs) - kBeatDb);
  if (answerState.isInferred() && known && !ringsSince(evidence.speechStartMs)) return;
  if (answerState.isSignalled() && event.startMs < evidence.answerMs) return;
  // Who spoke before it rings has not answered: an announcement in early media.
  if (answerState.isInferred() && event.tone == ToneId::kRingback) ringsFromFrame = event.startMs / kFrameMs;
  noSpeechSince(event.startMs);
  if (!isAnswered()) takeForSignalling(0);
}

// Whether all that seems speech since the answer was inferred from it, or might be, is a tone on frequencies
// of the plan, whose cadence will tell what it is.
bool DetectorState::mayBeTone(const VoiceActivity& activity) const {
  if (audioEnded || decided() || answerState.isSignalled() || !tones.mayBeOwn()) return false;
  int active = 0, like = 0;
  for (int i = 0; i < activity.runs; ++i)
    for (int frame = activity.run[i].start; frame < activity.run[i].end; ++frame) {
      if (!activity.activeAt(frame)) continue;
      ++active;
      like += history.at(frame).is(HistoryFrame::kLikeTone);
    }
  return static_cast<float>(like) >= kLikeToneShare * static_cast<float>(active);
}

// A tone of the plan is on the line: what was like one from `fromFrame` on was one.
void DetectorState::takeForSignalling(int fromFrame) {
  for (int frame = std::max(fromFrame, history.oldest()); frame < now(); ++frame)
    if (history.at(frame).is(HistoryFrame::kLikeTone)) history.mark(HistoryFrame::kTone, frame, frame + 1);
}

void DetectorState::noSpeechSince(int32_t startMs) {
  history.mark(HistoryFrame::kTone, startMs / kFrameMs, now());
  if (evidence.speechStartMs != kNever && evidence.speechStartMs + 100 >= startMs) {
    evidence.speechStartMs = kNever;
    greeting.forgetSpeech();
  }
  if (!answerState.isSignalled()) forgetVoice();
  if (!answerState.isInferred()) return;
  answerState.takeBack();
  evidence.answerMs = evidence.speechStartMs = kNever;
}

// Keys that are heard while a call is set up, our own or the far end's, are no answer, no music in its place, and
// say nothing of how loud the network's tones are.
void DetectorState::hearKey(int32_t startMs) {
  if (answerState.isSignalled()) return;
  const bool answered = answerState.isInferred() && evidence.answerMs + kKeyAnswerMs < startMs;
  const int first = startMs / kFrameMs - kKeyEdgeFrames;
  if (answered)
    history.mark(HistoryFrame::kTone, first, now());
  else
    noSpeechSince(std::max(0, first) * kFrameMs);
}

void DetectorState::followKeys() {
  if (answerState.isSignalled()) return;
  if (tones.key() != 0) keyUntilFrame = now();
  if (keyUntilFrame >= 0 && now() - keyUntilFrame <= kKeyEdgeFrames)
    history.mark(HistoryFrame::kTone, now() - 1, now());
}

bool DetectorState::isKey(const ToneSegment& segment) const {
  return keyUntilFrame >= 0 && keyUntilFrame * kFrameMs > segment.startMs;
}

bool DetectorState::ringsSince(int32_t sinceMs) const {
  if (ringing.lastMs() > sinceMs) return true;
  if (const ToneSegment* tone = tones.open(); tone && ringing.isOn(tone->hz[0]) && isSignal(*tone, nowMs()))
    return true;
  return std::any_of(notes.begin(), notes.end(), [this, sinceMs](const ToneNote& note) {
    return note.endFrame * kFrameMs > sinceMs && ringing.isOn(note.hz[0]);
  });
}

bool DetectorState::ringsStill() const {
  if (isAnswered()) return ringing.ringsOnAfterAnswer();
  return tones.active() == ToneId::kRingback || ringing.ringsBeforeAnswer(nowMs());
}

void DetectorState::followRinging(const FrameFeatures& frame) {
  const int tornFrames = ringing.follow(frame);
  if (tornFrames < Ringing::kTornFrames) return;
  if (!isAnswered()) {
    history.mark(HistoryFrame::kTone, now() - Ringing::kTornFrames, now());
    forgetVoice();
  }
  ringing.goesOn(nowMs());
  if (answerState.isSignalled()) ringing.ringsAfterAnswerInFrame();
  // It was noise between two bursts, not an answer.
  if (answerState.isInferred() && !decided() && tornFrames >= Ringing::kSurelyFrames)
    noSpeechSince(evidence.answerMs);
}

// Where the trunk does not tell of an answer, music from the start is what the caller hears instead of
// ringing. It is known after three seconds, so an answer may have been taken from it.
void DetectorState::followMusic(const FrameFeatures& frame) {
  constexpr uint8_t kMark = HistoryFrame::kTone | HistoryFrame::kMusic;
  if (decided() || !(settings->inferAnswer || isAnswered())) return;
  music.push(frame);
  if (!settings->inferAnswer || answerState.isSignalled()) return;
  if (music.isPlaying()) {
    history.mark(kMark, now() - 1, now());
    ringing.goesOn(nowMs());
    // What was taken for music by mistake is given back.
    if (const int back = music.endsBefore(frame, now()); back > 0) history.unmark(kMark, now() - back, now());
    return;
  }
  if (now() % kMusicEvery != 0 || tones.active() != ToneId::kNone) return;
  // Whoever spoke first is there, whatever plays behind them.
  if (answerState.isInferred() && now() - answerState.frame() > kMusicKnownFrames) return;
  if (keyUntilFrame >= 0 && now() - keyUntilFrame < LineMusic::kFrames) return;  // keys are a tune
  if (!music.isHeard()) return;
  const int like = history.count(HistoryFrame::kLikeTone, now() - LineMusic::kFrames, now());
  if (static_cast<float>(like) > kLikeToneMusic * LineMusic::kFrames) return;
  int32_t since = std::max(0, now() - LineMusic::kFrames) * kFrameMs;
  music.begin(loudestDbm0(since));
  if (answerState.isInferred()) since = std::min(since, evidence.answerMs);
  ringing.hearRingback(nowMs());
  history.mark(kMark, since / kFrameMs, now());
  noSpeechSince(since);
}

// An open segment lasts until `endMs`.
void DetectorState::markLikeTone(const ToneSegment& segment, bool ownPlan, int32_t endMs) {
  if (!ownPlan || !isLikeTone(segment)) return;
  const int first = segment.startMs / kFrameMs;
  history.mark(HistoryFrame::kLikeTone, first, std::min(endMs / kFrameMs + 1, now()));
  const bool known = tones.active() == ToneId::kRingback || tones.active() == ToneId::kDialtone;
  if (known && !answerState.isSignalled()) takeForSignalling(first);
}

void DetectorState::hearTone(const ToneEvent& event) {
  const bool beeped = beeps.pending();
  beeps.onTone(event, history);
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
      if (!beeped && beeps.pending()) noteOddsBeforeTone();
      return;
    case ToneEventKind::kSegmentEnd: {
      markLikeTone(event.segment, event.ownPlan, event.segment.endMs);
      if (!isSignal(event.segment, event.segment.endMs)) return;
      if (!isAnswered() && !isKey(event.segment)) ringing.toneAt(event.segment.dbm0);
      const int first = event.segment.startMs / kFrameMs, last = event.segment.endMs / kFrameMs + 1;
      history.mark(HistoryFrame::kTone, first, last);
      ToneNote& note = notes[nextNote++ % kToneNotes];
      note.startFrame = first;
      note.endFrame = last;
      std::copy(std::begin(event.segment.hz), std::end(event.segment.hz), std::begin(note.hz));
      return;
    }
    case ToneEventKind::kRecognised:
    case ToneEventKind::kConfirmed:
    case ToneEventKind::kEnded:
      hearNamedTone(event);
      return;
  }
}

void DetectorState::hearNamedTone(const ToneEvent& event) {
  // One burst after speech is a beep; a fax machine that has a voice calls again.
  const bool afterSpeech = evidence.speechStartMs != kNever && evidence.speechStartMs < event.startMs;
  if (afterSpeech && event.kind == ToneEventKind::kRecognised && event.tone == ToneId::kFaxCng) {
    faxUntilMs = event.endMs + kFaxCallsAgainMs;
    return;
  }
  Observation* o = say(ObservationKind::kTone, event.startMs, event.endMs);
  o->tone = event.tone;
  o->ambiguousWith = event.ambiguousWith;
  o->sit = event.sit;
  o->confidence = event.confidence;
  std::copy(std::begin(event.hz), std::end(event.hz), std::begin(o->hz));
  if (event.kind == ToneEventKind::kEnded) return;
  if (event.tone == ToneId::kDtmf) hearKey(event.startMs);
  if (!decided() && (event.tone == ToneId::kRingback || event.tone == ToneId::kDialtone)) takeForTone(event);
  if (event.tone == ToneId::kRingback) {
    ringing.hearRingback(nowMs());
    if (isAnswered() && event.startMs >= evidence.answerMs) ringing.ringsAfterAnswer();
  }
  if (event.tone == ToneId::kDialtone) ringing.hearDialtone();
  if (settings->mode == Mode::kNoProgressDetection && isAnswered()) return;
  if (event.tone == ToneId::kBusy) decide(Verdict::kBusy, "busy-cadence", event.confidence);
  if (event.tone == ToneId::kCongestion) decide(Verdict::kCongestion, "congestion-cadence", event.confidence);
  if (event.tone == ToneId::kNumberUnobtainable)
    decide(Verdict::kCongestion, "number-unobtainable", event.confidence);
  if (event.tone == ToneId::kSit)
    decide(Verdict::kSit, "special-information-tone", event.confidence, event.sit);
  if (event.tone == ToneId::kFaxCed || event.tone == ToneId::kFaxCng || event.tone == ToneId::kFaxV21 ||
      event.tone == ToneId::kAnsam)
    decide(Verdict::kFax, name(event.tone), event.confidence);
  if (event.tone == ToneId::kModem || event.tone == ToneId::kTty)
    decide(Verdict::kModem, name(event.tone), event.confidence);
}

}  // namespace cpd
