#include "cpd/detector.h"

#include "cpd/frontend/front_end.h"
#include "cpd/known/matcher.h"
#include "cpd/simd/prefetch.h"
#include "cpd/state/detector_state.h"
#include "cpd/tones/cadence/tone_set.h"
#include "cpd/tones/tone_or_vowel.h"

namespace cpd {
namespace {

constexpr int kFloorFrames = 150;  // the line's noise is that of the last three seconds

}  // namespace

Detector::Detector() : state_(std::make_unique<DetectorState>()) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

void Detector::start(std::shared_ptr<const Settings> settings, StartAt at) {
  std::shared_ptr<const ToneSet> toneSet =
      state_->settings == settings ? state_->toneSet : makeToneSet(settings->plan);
  *state_ = DetectorState();
  state_->settings = std::move(settings);
  state_->toneSet = std::move(toneSet);
  state_->tones.start(state_->toneSet);
  state_->beeps.start(state_->settings->plan);
  state_->operatingPoint = OperatingPoint(state_->settings->mode, state_->settings->maxHumanLoss);
  state_->awaitRecording();
  if (at == StartAt::kAnswer) answered();
}

void Detector::rearm() {
  DetectorState& s = *state_;
  if (!s.isAnswered()) return;
  s.said.beginBetweenFrames();
  VoiceActivity before;
  findVoiceActivity(s.history, s.now() - kFloorFrames, before);
  if (before.last > before.first) s.knownFloorDbm0 = before.floorDbm0;
  s.evidence = Evidence();
  s.verdictState = VerdictState();
  s.greeting = Greeting();
  s.ringing.forget();
  s.beepEndMs = s.faxUntilMs = kNever;
  s.audioEnded = false;
  s.logOdds = s.liveLine = s.machineFrom = 0;
  s.speechDbm0 = s.mainVoiceDbm0 = -90;
  s.features = VoiceFeatures();
  s.loneTone = Beep();
  s.comparedFrame = 0;
  s.beeps.start(s.settings->plan);
  s.answerState = AnswerState();
  s.awaitRecording();
  s.answer(s.now());
}

void Detector::answered() {
  DetectorState& s = *state_;
  if (s.isAnswered()) return;
  s.said.beginBetweenFrames();
  s.answer(s.now());
}

std::size_t Detector::stateBytes() {
  return sizeof(Detector) + sizeof(DetectorState) + ToneReceiver::stateBytes();
}

std::size_t Detector::recordingBytes() { return sizeof(known::Matcher); }

std::span<const known::Print> Detector::heardPrints() const {
  return state_->matcher == nullptr ? std::span<const known::Print>() : state_->matcher->heard();
}

ScoreAt Detector::scored() const {
  const DetectorState& s = *state_;
  const int32_t atMs = s.scoredFrame * kFrameMs;
  if (s.decided() || s.scoredFrame == 0 || !s.isAnswered() || atMs < s.evidence.answerMs) return {};
  return {atMs, s.logOdds, s.machineFrom, s.liveLine};
}

int32_t Detector::nowMs() const { return state_->nowMs(); }

std::span<const Observation> Detector::process(const int16_t* samples, FrameKind kind) {
  if (!take(samples, kind)) return hear(nullptr);
  FrontEndFrame measured;
  const FrontEndInput* const in = &input();
  FrontEndFrame* const out = &measured;
  FrontEnd().measure({&in, 1}, {&out, 1}, true);
  VoiceMemory* const memory = &voiceMemory();
  if (const VoiceInput* const voice = voiceInput(measured)) VoiceNet().step({&voice, 1}, {&memory, 1});
  return hear(&measured);
}

bool Detector::take(const int16_t* samples, FrameKind kind) { return state_->tones.take(samples, kind); }

void Detector::prefetch(int step) const {
  const DetectorState& s = *state_;
  if (step == 0) return prefetchFromTo(&s, &s.memory);
  s.tones.prefetch(step - 1);
  if (step == 1) {
    cpd::prefetch(&s.history, 1);
    cpd::prefetch(&s.timeline, 1);
    if (s.matcher != nullptr) s.matcher->prefetch(0);
    return;
  }
  if (s.matcher != nullptr) s.matcher->prefetch(1);
  const bool looks = s.sinceLook + 1 >= s.lookEvery();
  s.history.prefetch(looks ? std::max(0, s.answerState.frame()) : s.now());
  if (looks) s.timeline.prefetch();
  if (s.secondOfTwo && s.listensToVoice()) cpd::prefetch(&s.memory, sizeof s.memory);
}

const FrontEndInput& Detector::input() const { return state_->tones.input(); }

const VoiceInput* Detector::voiceInput(const FrontEndFrame& measured) {
  DetectorState& s = *state_;
  if (!s.listensToVoice()) return nullptr;
  const VoiceFrame voice = s.levels.next(measured.voice);
  std::copy(voice.begin(), voice.end(), s.voice.begin() + (s.secondOfTwo ? kVoiceInputs : 0));
  s.secondOfTwo = !s.secondOfTwo;
  return s.secondOfTwo ? nullptr : &s.voice;
}

VoiceMemory& Detector::voiceMemory() { return state_->memory; }

std::span<const Observation> Detector::hear(const FrontEndFrame* measured) {
  DetectorState& s = *state_;
  s.said.beginFrame();
  FrameFeatures unheard;
  unheard.lost = true;
  const FrameFeatures& features = measured != nullptr ? measured->voice : unheard;
  const std::span<const ToneEvent> events = s.tones.hear(measured);
  if (features.lost)
    s.history.pushLost();
  else
    s.history.push(features, false);
  for (const ToneEvent& event : events) s.hearTone(event);
  s.followKeys();
  s.followRinging(features);
  s.followMusic(features);
  if (s.matcher != nullptr) s.followRecording(features);
  if (const ToneSegment* tone = s.tones.open()) {
    if (isSteady(*tone)) s.history.mark(HistoryFrame::kSteady, tone->startMs / kFrameMs, s.now());
    s.markLikeTone(*tone, s.tones.openIsOwn(), s.nowMs());
    if (isSignal(*tone, s.nowMs())) s.history.mark(HistoryFrame::kTone, tone->startMs / kFrameMs, s.now());
  }

  Beep beep;
  if (s.beeps.poll(s.history, s.evidence.speechStartMs, s.evidence.answerMs, false, beep)) s.hearBeep(beep);

  if (s.lookIsDue(features)) s.look();
  if (s.isAnswered() && !s.decided() && s.nowMs() + kFrameMs - s.evidence.answerMs > s.settings->cpdTimeoutMs)
    s.atDeadline();
  return s.said.all();
}

std::span<const Observation> Detector::finish() {
  DetectorState& s = *state_;
  s.said.beginFrame();
  for (const ToneEvent& event : s.tones.finish()) s.hearTone(event);
  s.audioEnded = true;
  Beep beep;
  if (s.beeps.poll(s.history, s.evidence.speechStartMs, s.evidence.answerMs, true, beep)) s.hearBeep(beep);
  s.look();
  if (!s.decided()) s.atDeadline();
  if (s.evidence.greetingEndMs == kNever && s.greeting.speechEndMs() != kNever && s.isAnswered())
    s.evidence.greetingEndMs = s.greeting.speechEndMs();
  return s.said.all();
}

const Evidence& Detector::evidence() const {
  DetectorState& s = *state_;
  const Timeline final = s.timeline;
  VoiceActivity activity;
  findVoiceActivity(s.history, s.settled, activity);
  s.settle(activity, s.now(), true);
  s.shown.assign(s.timeline.segments().begin(), s.timeline.segments().end());
  s.timeline = final;
  s.evidence.segments = s.shown;
  const float loss = s.settings->maxHumanLoss;
  s.scores = {Score{"machineLogOdds", s.logOdds},
              Score{"screeningLogOdds", s.screeningLogOdds},
              Score{"machineFrom", s.machineFrom},
              Score{"liveBelow", s.liveLine},
              Score{"maxHumanLoss", loss > 0 ? loss : humanLossOf(s.settings->mode)},
              Score{"greetingS", s.features[VoiceFeature::kSpan]},
              Score{"longestPauseS", s.features[VoiceFeature::kLongestPause]},
              Score{"silenceAfterS", s.features[VoiceFeature::kTrail]},
              Score{"noiseWithVoiceDb", s.features[VoiceFeature::kGate]},
              Score{"voicing", s.features[VoiceFeature::kVoicing]},
              Score{"scoreOffset", s.settings->scoreOffset}};
  // The last one is left out where no calibration was done.
  s.evidence.scores = std::span(s.scores).first(s.scores.size() - (s.settings->scoreOffset == 0 ? 1 : 0));
  return s.evidence;
}

}  // namespace cpd
