// What the tone receiver and the beep watch say of a call, and what it means: ringing, tones that decide,
// beeps.
#include <cmath>

#include "cpd/detector_state.h"
#include "cpd/tone_or_vowel.h"

namespace cpd {
namespace {

constexpr float kTornTonePurity = 0.6f;
constexpr float kTornToneLevelDb = 7;     // a vowel on the ringback's frequency is seldom as loud as it was
constexpr float kBeatDb = 3;              // from the mean of two tones to the top of their beat
constexpr int kTornToneFrames = 4;        // nor does it stay there: words glide
constexpr int kSurelyRingingFrames = 15;  // no vowel lasts that long on one tone
constexpr int kRingingFrames = 20;        // more after answer than a burst that the answer cut
constexpr int32_t kLongestGapMs = 5500;   // between two bursts of ringback
constexpr int kMusicEvery = 10;           // frames between two looks for music
constexpr int kMusicKnownFrames = MusicWatch::kFrames + 30;  // from its start
constexpr float kMusicPauseDb = 22;  // below its loudest, for so many frames: it has stopped
constexpr int kMusicPauseFrames = 10;
constexpr int kWordFrames = 25;  // a word that took its place just before the pause
constexpr float kOverMusicDb = 4, kOverMusicVoicing = 0.5f;  // a voice that is louder, for so many frames
constexpr int kOverMusicFrames = 12;
constexpr float kLikeToneShare = 0.8f;      // of what seems speech: all but its edges
constexpr float kLikeToneMusic = 0.5f;      // of three seconds: that is no music
constexpr int32_t kFaxCallsAgainMs = 4200;  // T.30: 3 s of pause, 0.5 s of tone, 15 % longer each
constexpr float kBeepBelowSpeechDb = 22;    // softer tones are music in the background

}  // namespace

// It rings: what sounded like speech since then was none, nor was it an answer.
void Detector::State::takeForTone(const ToneEvent& event) {
  // Words that fit the known cadence by chance do not undo an answer: the tone itself must be on the line.
  const bool known = progressHz[0] > 0;
  std::copy(std::begin(event.hz), std::end(event.hz), std::begin(progressHz));
  if (!isAnswered()) toneDbm0 = std::max(toneDbm0, loudestDbm0(event.startMs) - kBeatDb);
  if (answerInferred && known && !ringsSince(evidence.speechStartMs)) return;
  if (isAnswered() && !answerInferred && event.startMs < evidence.answerMs) return;
  noSpeechSince(event.startMs);
  if (!isAnswered()) takeForSignalling(0);
}

// Whether all that seems speech since the answer was inferred from it, or might be, is a tone on frequencies
// of the plan, whose cadence will tell what it is.
bool Detector::State::mayBeTone(const SpeechMap& map) const {
  if (audioEnded || decided() || (isAnswered() && !answerInferred) || !tones.mayBeOwn()) return false;
  int active = 0, like = 0;
  for (int i = 0; i < map.runs; ++i)
    for (int frame = map.run[i].start; frame < map.run[i].end; ++frame) {
      if (!map.activeAt(frame)) continue;
      ++active;
      like += history.at(frame).is(HistoryFrame::kLikeTone);
    }
  return static_cast<float>(like) >= kLikeToneShare * static_cast<float>(active);
}

// A tone of the plan is on the line: what was like one from `fromFrame` on was one.
void Detector::State::takeForSignalling(int fromFrame) {
  for (int frame = std::max(fromFrame, history.oldest()); frame < now(); ++frame)
    if (history.at(frame).is(HistoryFrame::kLikeTone)) history.mark(HistoryFrame::kTone, frame, frame + 1);
}

void Detector::State::noSpeechSince(int32_t startMs) {
  history.mark(HistoryFrame::kTone, startMs / kFrameMs, now());
  if (evidence.speechStartMs != kNever && evidence.speechStartMs + 100 >= startMs)
    evidence.speechStartMs = lastSpeechEndMs = kNever;
  if (!isAnswered() || answerInferred) forgetVoice();
  if (!answerInferred) return;
  answerInferred = false;
  answerFrame = -1;
  evidence.answerMs = evidence.speechStartMs = kNever;
}

bool Detector::State::ringsSince(int32_t sinceMs) const {
  if (lastRingingMs > sinceMs) return true;
  if (const ToneSegment* tone = tones.open(); tone && onProgressHz(tone->hz[0]) && isSignal(*tone, nowMs()))
    return true;
  return std::any_of(notes.begin(), notes.end(), [this, sinceMs](const ToneNote& note) {
    return note.endFrame * kFrameMs > sinceMs && onProgressHz(note.hz[0]);
  });
}

// Losses and noise tear a tone to pieces that nobody follows; once it is known, its frequency and level
// are enough when they stay.
bool Detector::State::soundsLikeRingback(const FrameFeatures& frame) const {
  return frame.pairPurity >= kTornTonePurity && onProgressHz(frame.peakHz) &&
         (toneDbm0 <= -90 || std::abs(frame.levelDbm0 - toneDbm0) <= kTornToneLevelDb);
}

// After an answer that was signalled the ringing is over, unless it is heard again.
bool Detector::State::ringsStill() const {
  if (isAnswered()) return ringingAfterAnswer >= kRingingFrames;
  return isName(tones.active(), "ringback") || nowMs() - lastRingingMs <= kLongestGapMs;
}

void Detector::State::followRinging(const FrameFeatures& frame) {
  if (!frame.lost) tornFrames = soundsLikeRingback(frame) ? tornFrames + 1 : 0;
  if (tornFrames < kTornToneFrames) return;
  if (!isAnswered()) {
    history.mark(HistoryFrame::kTone, now() - kTornToneFrames, now());
    forgetVoice();
  }
  lastRingingMs = nowMs();
  if (isAnswered() && !answerInferred) ++ringingAfterAnswer;
  // It was noise between two bursts, not an answer.
  if (answerInferred && !decided() && tornFrames >= kSurelyRingingFrames) noSpeechSince(evidence.answerMs);
}

// Where the trunk does not tell of an answer, music from the start is what the caller hears instead of
// ringing. It is known after three seconds, so an answer may have been taken from it.
void Detector::State::followMusic(const FrameFeatures& frame) {
  if (!settings->inferAnswer || decided() || (isAnswered() && !answerInferred)) return;
  music.push(frame);
  if (musicPlays) {
    history.mark(HistoryFrame::kTone | HistoryFrame::kMusic, now() - 1, now());
    lastRingingMs = nowMs();
    hearMusicEnd(frame);
    return;
  }
  if (now() % kMusicEvery != 0 || tones.active() != nullptr) return;
  // Whoever spoke first is there, whatever plays behind them.
  if (answerInferred && now() - answerFrame > kMusicKnownFrames) return;
  if (music.logOdds(MusicWatch::kFrames) < MusicWatch::kMusic) return;
  if (music.logOdds(MusicWatch::kStillFrames) < MusicWatch::kMusicStill) return;
  const int like = history.count(HistoryFrame::kLikeTone, now() - MusicWatch::kFrames, now());
  if (static_cast<float>(like) > kLikeToneMusic * MusicWatch::kFrames) return;
  musicPlays = heardRingback = true;
  musicPause = musicVoice = 0;
  int32_t since = std::max(0, now() - MusicWatch::kFrames) * kFrameMs;
  musicDbm0 = loudestDbm0(since);
  if (answerInferred) since = std::min(since, evidence.answerMs);
  lastRingingMs = nowMs();
  history.mark(HistoryFrame::kTone | HistoryFrame::kMusic, since / kFrameMs, now());
  noSpeechSince(since);
}

// It ends with a pause, or when somebody speaks in its place or over it. What was taken for music by mistake
// is given back.
void Detector::State::hearMusicEnd(const FrameFeatures& frame) {
  if (frame.lost) return;
  musicPause = frame.levelDbm0 < musicDbm0 - kMusicPauseDb ? musicPause + 1 : 0;
  if (frame.levelDbm0 > musicDbm0 + kOverMusicDb && frame.voicing > kOverMusicVoicing) ++musicVoice;
  int back = 0;
  if (musicPause >= kMusicPauseFrames) {
    const bool word = music.logOdds(kWordFrames, musicPause) < MusicWatch::kMusicStill;
    back = word ? kWordFrames + musicPause : musicPause;
  } else if (musicVoice >= kOverMusicFrames) {
    back = 2 * kOverMusicFrames;
  } else if (now() % kMusicEvery == 0 && music.logOdds(MusicWatch::kStillFrames) < MusicWatch::kMusicStill) {
    back = MusicWatch::kStillFrames;
  }
  if (back == 0) return;
  musicPlays = false;
  history.unmark(HistoryFrame::kTone | HistoryFrame::kMusic, now() - back, now());
}

// An open segment lasts until `endMs`.
void Detector::State::markLikeTone(const ToneSegment& segment, bool ownPlan, int32_t endMs) {
  if (!ownPlan || !isLikeTone(segment)) return;
  const int first = segment.startMs / kFrameMs;
  history.mark(HistoryFrame::kLikeTone, first, std::min(endMs / kFrameMs + 1, now()));
  const bool known = isName(tones.active(), "ringback") || isName(tones.active(), "dialtone");
  if (known && (!isAnswered() || answerInferred)) takeForSignalling(first);
}

void Detector::State::hearTone(const ToneEvent& event) {
  beeps.onTone(event, history);
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
      return;
    case ToneEventKind::kSegmentEnd: {
      markLikeTone(event.segment, event.ownPlan, event.segment.endMs);
      if (!isSignal(event.segment, event.segment.endMs)) return;
      if (!isAnswered()) toneDbm0 = std::max(toneDbm0, event.segment.dbm0);
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

void Detector::State::hearNamedTone(const ToneEvent& event) {
  // One burst after speech is a beep; a fax machine that has a voice calls again.
  const bool afterSpeech = evidence.speechStartMs != kNever && evidence.speechStartMs < event.startMs;
  if (afterSpeech && event.kind == ToneEventKind::kRecognised && isName(event.tone, "fax_cng")) {
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
  if (!decided() && (isName(event.tone, "ringback") || isName(event.tone, "dialtone"))) takeForTone(event);
  if (isName(event.tone, "ringback")) {
    heardRingback = true;
    lastRingingMs = nowMs();
    if (isAnswered() && event.startMs >= evidence.answerMs) ringingAfterAnswer = kRingingFrames;
  }
  if (isName(event.tone, "dialtone")) heardDialtone = true;
  if (settings->mode == Mode::kNoProgressDetection && isAnswered()) return;
  if (isName(event.tone, "busy")) decide(Verdict::kBusy, "busy-cadence", event.confidence);
  if (isName(event.tone, "congestion")) decide(Verdict::kCongestion, "congestion-cadence", event.confidence);
  if (isName(event.tone, "number_unobtainable"))
    decide(Verdict::kCongestion, "number-unobtainable", event.confidence);
  if (isName(event.tone, "sit"))
    decide(Verdict::kSit, "special-information-tone", event.confidence, event.sit);
  if (isName(event.tone, "fax_ced") || isName(event.tone, "fax_cng") || isName(event.tone, "fax_v21") ||
      isName(event.tone, "ansam"))
    decide(Verdict::kFax, event.tone, event.confidence);
  if (isName(event.tone, "modem") || isName(event.tone, "tty"))
    decide(Verdict::kModem, event.tone, event.confidence);
}

void Detector::State::hearBeep(const Beep& beep) {
  if (beep.dbm0 < speechDbm0 - kBeepBelowSpeechDb) return;
  if (evidence.speechStartMs == kNever && onProgressHz(beep.hz)) return;
  history.mark(HistoryFrame::kTone, beep.startMs / kFrameMs, beep.endMs / kFrameMs + 1);
  beepEndMs = beep.endMs;
  if (evidence.beepMs == kNever) evidence.beepMs = beep.startMs;
  Observation* o = say(ObservationKind::kBeep, beep.startMs, beep.endMs);
  o->hz[0] = beep.hz;
  if (!tellsMachines()) return;
  if (!decided()) {
    decide(Verdict::kMachine, lastSpeechEndMs == kNever ? "beep" : "beep-after-speech", 0.97f);
  } else if (evidence.verdict == Verdict::kLive) {
    correct(Verdict::kMachine, 0.9f);
  }
}

}  // namespace cpd
