#include "cpd/detector.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "cpd/beep_watch.h"
#include "cpd/frame_analysis.h"
#include "cpd/patience.h"
#include "cpd/timeline.h"
#include "cpd/tone_or_vowel.h"
#include "cpd/tone_receiver.h"
#include "cpd/voice_features.h"
#include "cpd/voice_history.h"
#include "cpd/voice_model.h"

namespace cpd {
namespace {

constexpr int kMaxObservations = 10;      // by one frame; more are not lost but wait for the next
constexpr int kLookEvery = 2;             // frames between two looks at the history while undecided
constexpr int kLookEveryAfter = 5;        // and after the verdict
constexpr int kSettleFrames = 45;         // the timeline is final this far behind
constexpr int32_t kSurelySpeechMs = 200;  // voice of this length is no click
constexpr int32_t kNoToneMs = 400;        // by then a tone would have been known as one
constexpr float kProgressHzSpread = 45;
constexpr float kTornTonePurity = 0.6f;
constexpr float kTornToneLevelDb = 7;       // a vowel on the ringback's frequency is seldom as loud as it was
constexpr float kBeatDb = 3;                // from the mean of two tones to the top of their beat
constexpr int kTornToneFrames = 4;          // nor does it stay there: words glide
constexpr int kSurelyRingingFrames = 15;    // no vowel lasts that long on one tone
constexpr int kRingingFrames = 20;          // more after answer than a burst that the answer cut
constexpr int32_t kLongestGapMs = 5500;     // between two bursts of ringback
constexpr float kBelowRingbackDb = 18;      // who answers is not that much softer than the ringback
constexpr int32_t kGreetingOverMs = 1150;   // silence that ends a person's greeting
constexpr int32_t kRecordingOverMs = 1500;  // and a recording's
constexpr int32_t kLongestGreetingMs = 5400;  // nobody answers the telephone with a longer speech
constexpr int32_t kVeryLongMs = 6800;         // nor, noise and all, with one of this length
constexpr int32_t kSurelyRecordedMs = 8000;   // a greeting of this length, a verdict of live notwithstanding
constexpr int32_t kLiveAfterSitMs = 800;      // silence after who speaks behind special information tones ...
constexpr float kShortGreetingS = 2.2f;       // ... for no longer than this: announcements are longer
constexpr float kNoiseDbm0 = -48;             // steady sound above this is called noise
constexpr int kToneNotes = 6;                 // tone segments remembered for the timeline

constexpr float kDeadlineDoubt = 1.2f;      // who still talks at the deadline may end right after it
constexpr float kBeepBelowSpeechDb = 22;    // softer tones are music in the background
constexpr int32_t kPauseMs = 240;           // shorter silence is inside a word
constexpr int32_t kLeastVoiceMs = 120;      // of it when the audio ends with it
constexpr int32_t kTalkingSurelyMs = 3200;  // earliest verdict on somebody who still talks
constexpr int32_t kTalkingAtEndMs = 3000;   // and at the deadline
constexpr int32_t kBeepPatienceMs = 3300;   // a tone after the greeting is heard to its end, but no longer

// Noise can make a person's greeting seem longer than it was: the model has a say for a while.
bool tooLongForAPerson(int32_t spanMs, float logOdds) {
  return (spanMs >= kLongestGreetingMs && logOdds > 2.2f) || (spanMs >= kVeryLongMs && logOdds > 0.5f) ||
         spanMs >= kSurelyRecordedMs;
}

bool isName(const char* a, const char* b) { return a && std::strcmp(a, b) == 0; }

struct ToneNote {
  int startFrame = 0, endFrame = 0;
  float hz[3] = {0, 0, 0};
};

}  // namespace

struct Detector::State {
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const ToneSet> toneSet;
  ToneReceiver tones;
  FrameAnalyzer analyzer;
  VoiceHistory history;
  Timeline timeline;
  BeepWatch beeps;
  std::array<Observation, kMaxObservations> out;
  int outCount = 0;
  bool saidBetweenFrames = false;
  Evidence evidence;
  std::array<Score, 6> scores{};
  std::vector<Segment> shown;  // filled when the evidence is asked for, never by a frame
  std::array<ToneNote, kToneNotes> notes{};
  int nextNote = 0;
  int answerFrame = -1;
  int settled = 0;  // frames already in the timeline
  int32_t lastSpeechEndMs = kNever;
  int32_t beepEndMs = kNever;
  bool speaking = false;  // said by kSpeechStart and not yet ended
  bool greetingEnded = false;
  bool heardRingback = false, heardDialtone = false;
  bool corrected = false;
  bool answerInferred = false;
  float progressHz[3] = {0, 0, 0};  // of the ringback or dial tone on the line, 0 before any
  float toneDbm0 = -90;             // loudest signalling tone before answer
  int tornFrames = 0;               // in a row that sound like it
  int32_t lastRingingMs = kNever;   // ringback sounded then
  int ringingAfterAnswer = 0;       // frames
  bool audioEnded = false;
  float logOdds = 0;
  float speechDbm0 = -90;  // its louder parts
  VoiceFeatures features;

  int now() const { return history.frames(); }
  int32_t nowMs() const { return now() * kFrameMs; }
  bool isAnswered() const { return answerFrame >= 0; }
  bool decided() const { return evidence.verdict != Verdict::kNone; }
  const Patience& patience() const { return patienceOf(settings->mode); }
  bool tellsMachines() const {
    return settings->mode != Mode::kNoAmDetection && settings->mode != Mode::kNoProgressDetection;
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

  // It rings: what sounded like speech since then was none, nor was it an answer.
  void takeForTone(const ToneEvent& event) {
    // Words that fit the known cadence by chance do not undo an answer: the tone itself must be on the line.
    const bool known = progressHz[0] > 0;
    std::copy(std::begin(event.hz), std::end(event.hz), std::begin(progressHz));
    if (!isAnswered()) toneDbm0 = std::max(toneDbm0, loudestDbm0(event.startMs) - kBeatDb);
    if (answerInferred && known && !ringsSince(evidence.speechStartMs)) return;
    if (isAnswered() && !answerInferred && event.startMs < evidence.answerMs) return;
    noSpeechSince(event.startMs);
  }

  void noSpeechSince(int32_t startMs) {
    history.mark(HistoryFrame::kTone, startMs / kFrameMs, now());
    if (evidence.speechStartMs != kNever && evidence.speechStartMs + 100 >= startMs)
      evidence.speechStartMs = lastSpeechEndMs = kNever;
    if (!answerInferred) return;
    answerInferred = false;
    answerFrame = -1;
    evidence.answerMs = evidence.speechStartMs = kNever;
  }

  bool ringsSince(int32_t sinceMs) const {
    if (lastRingingMs > sinceMs) return true;
    if (const ToneSegment* tone = tones.open(); tone && onProgressHz(tone->hz[0]) && isSignal(*tone, nowMs()))
      return true;
    return std::any_of(notes.begin(), notes.end(), [this, sinceMs](const ToneNote& note) {
      return note.endFrame * kFrameMs > sinceMs && onProgressHz(note.hz[0]);
    });
  }

  // Losses and noise tear a tone to pieces that nobody follows; once it is known, its frequency and level
  // are enough when they stay.
  bool soundsLikeRingback(const FrameFeatures& frame) const {
    return frame.pairPurity >= kTornTonePurity && onProgressHz(frame.peakHz) &&
           (toneDbm0 <= -90 || std::abs(frame.levelDbm0 - toneDbm0) <= kTornToneLevelDb);
  }

  // After an answer that was signalled the ringing is over, unless it is heard again.
  bool ringsStill() const {
    if (isAnswered()) return ringingAfterAnswer >= kRingingFrames;
    return isName(tones.active(), "ringback") || nowMs() - lastRingingMs <= kLongestGapMs;
  }

  void followRinging(const FrameFeatures& frame) {
    if (!frame.lost) tornFrames = soundsLikeRingback(frame) ? tornFrames + 1 : 0;
    if (tornFrames < kTornToneFrames) return;
    if (!isAnswered()) history.mark(HistoryFrame::kTone, now() - kTornToneFrames, now());
    lastRingingMs = nowMs();
    if (isAnswered() && !answerInferred) ++ringingAfterAnswer;
    // It was noise between two bursts, not an answer.
    if (answerInferred && !decided() && tornFrames >= kSurelyRingingFrames) noSpeechSince(evidence.answerMs);
  }

  void hearTone(const ToneEvent& event);
  void hearNamedTone(const ToneEvent& event);
  void hearBeep(const Beep& beep);
  void look();
  void judge(const SpeechMap& map);
  void reconsider(const SpeechMap& map, int32_t silence);
  void atDeadline();
  void settle(const SpeechMap& map, int upTo, bool tentative);
  SegmentKind kindOf(const SpeechMap& map, int frame, float (&hz)[3]) const;
};

Detector::Detector() : state_(std::make_unique<State>()) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

void Detector::start(std::shared_ptr<const Settings> settings, StartAt at) {
  std::shared_ptr<const ToneSet> toneSet =
      state_->settings == settings ? state_->toneSet : makeToneSet(settings->plan);
  *state_ = State();
  state_->settings = std::move(settings);
  state_->toneSet = std::move(toneSet);
  state_->tones.start(state_->toneSet);
  state_->beeps.start(state_->settings->plan);
  if (at == StartAt::kAnswer) answered();
}

void Detector::answered() {
  State& s = *state_;
  if (s.isAnswered()) return;
  if (!s.saidBetweenFrames) s.outCount = 0;
  s.saidBetweenFrames = true;
  s.answer(s.now());
}

std::size_t Detector::stateBytes() { return sizeof(State); }

int32_t Detector::nowMs() const { return state_->nowMs(); }

std::span<const Observation> Detector::process(const int16_t* samples, FrameKind kind) {
  State& s = *state_;
  // What was said at answered() is handed over with the first frame after it.
  if (!s.saidBetweenFrames) s.outCount = 0;
  s.saidBetweenFrames = false;
  const FrameFeatures& features = kind == FrameKind::kLost ? s.analyzer.pushLost() : s.analyzer.push(samples);
  const std::span<const ToneEvent> events = s.tones.process(samples, kind);
  s.history.push(features, false);
  for (const ToneEvent& event : events) s.hearTone(event);
  s.followRinging(features);
  if (const ToneSegment* tone = s.tones.open()) {
    if (isSteady(*tone)) s.history.mark(HistoryFrame::kSteady, tone->startMs / kFrameMs, s.now());
    if (isSignal(*tone, s.nowMs())) s.history.mark(HistoryFrame::kTone, tone->startMs / kFrameMs, s.now());
  }

  Beep beep;
  if (s.beeps.poll(s.history, s.evidence.speechStartMs, s.evidence.answerMs, beep)) s.hearBeep(beep);

  const bool pending = s.isAnswered() && !s.decided();
  if (s.now() % (pending ? kLookEvery : kLookEveryAfter) == 0) s.look();
  if (s.isAnswered() && !s.decided() && s.nowMs() + kFrameMs - s.evidence.answerMs > s.settings->cpdTimeoutMs)
    s.atDeadline();
  return {s.out.data(), static_cast<size_t>(s.outCount)};
}

std::span<const Observation> Detector::finish() {
  State& s = *state_;
  s.outCount = 0;
  for (const ToneEvent& event : s.tones.finish()) s.hearTone(event);
  s.audioEnded = true;
  s.look();
  if (!s.decided()) s.atDeadline();
  if (s.evidence.greetingEndMs == kNever && s.lastSpeechEndMs != kNever && s.isAnswered())
    s.evidence.greetingEndMs = s.lastSpeechEndMs;
  return {s.out.data(), static_cast<size_t>(s.outCount)};
}

const Evidence& Detector::evidence() const {
  State& s = *state_;
  const Timeline final = s.timeline;
  SpeechMap map;
  mapSpeech(s.history, s.settled, map);
  s.settle(map, s.now(), true);
  s.shown.assign(s.timeline.segments().begin(), s.timeline.segments().end());
  s.timeline = final;
  s.evidence.segments = s.shown;
  s.scores = {Score{"machineLogOdds", s.logOdds},
              Score{"greetingS", s.features[VoiceFeature::kSpan]},
              Score{"speechS", s.features[VoiceFeature::kSpeech]},
              Score{"silenceAfterS", s.features[VoiceFeature::kTrail]},
              Score{"noiseWithVoiceDb", s.features[VoiceFeature::kGate]},
              Score{"voicing", s.features[VoiceFeature::kVoicing]}};
  s.evidence.scores = s.scores;
  return s.evidence;
}

void Detector::State::hearTone(const ToneEvent& event) {
  beeps.onTone(event);
  switch (event.kind) {
    case ToneEventKind::kSegmentStart:
      return;
    case ToneEventKind::kSegmentEnd: {
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
  logOdds = machineLogOdds(features);
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
    if (features[VoiceFeature::kSpan] <= kShortGreetingS && machineLogOdds(features) < 0)
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

SegmentKind Detector::State::kindOf(const SpeechMap& map, int frame, float (&hz)[3]) const {
  hz[0] = hz[1] = hz[2] = 0;
  const HistoryFrame& f = history.at(frame);
  if (evidence.beepMs != kNever && frame >= evidence.beepMs / kFrameMs &&
      frame < (beepEndMs + kFrameMs - 1) / kFrameMs)
    return SegmentKind::kBeep;
  if (f.is(HistoryFrame::kTone)) {
    for (const ToneNote& note : notes)
      if (frame >= note.startFrame && frame < note.endFrame)
        std::copy(std::begin(note.hz), std::end(note.hz), hz);
    return SegmentKind::kTone;
  }
  for (int i = 0; i < map.runs; ++i)
    if (frame >= map.run[i].start && frame < map.run[i].end) return SegmentKind::kSpeech;
  return f.levelDbm0() > kNoiseDbm0 ? SegmentKind::kNoise : SegmentKind::kSilence;
}

// Moves the final part of the timeline on to frame `upTo`.
void Detector::State::settle(const SpeechMap& map, int upTo, bool tentative) {
  settled = std::max(settled, history.oldest());
  int frame = settled;
  for (; frame < upTo; ++frame) {
    float hz[3];
    const SegmentKind kind = kindOf(map, frame, hz);
    if (const Segment* ended = timeline.add(kind, history.at(frame).levelDbm0(), hz); ended && !tentative)
      say(ObservationKind::kSegment, ended->startMs, ended->endMs)->segment = *ended;
  }
  if (!tentative) settled = frame;
}

}  // namespace cpd
