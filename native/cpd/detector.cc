#include "cpd/detector.h"

#include "cpd/detector_state.h"
#include "cpd/front_end.h"
#include "cpd/prefetch.h"
#include "cpd/tone_or_vowel.h"

namespace cpd {
namespace {

constexpr int kFloorFrames = 150;  // the line's noise is that of the last three seconds

}  // namespace

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
  state_->patience = patienceFor(state_->settings->mode, state_->settings->maxHumanLoss);
  if (at == StartAt::kAnswer) answered();
}

void Detector::rearm() {
  State& s = *state_;
  if (!s.isAnswered()) return;
  SpeechMap before;
  mapSpeech(s.history, s.now() - kFloorFrames, before);
  if (before.last > before.first) s.knownFloorDbm0 = before.floorDbm0;
  s.evidence = Evidence();
  s.lastSpeechEndMs = s.beepEndMs = s.faxUntilMs = s.lastRingingMs = kNever;
  s.speaking = s.greetingEnded = s.corrected = s.answerInferred = s.audioEnded = false;
  s.heardRingback = s.heardDialtone = false;
  s.ringingAfterAnswer = s.tornFrames = 0;
  s.logOdds = s.liveLine = s.machineFrom = 0;
  s.speechDbm0 = -90;
  s.features = VoiceFeatures();
  s.beeps.start(s.settings->plan);
  s.answerFrame = -1;
  s.answer(s.now());
}

void Detector::answered() {
  State& s = *state_;
  if (s.isAnswered()) return;
  if (!s.saidBetweenFrames) s.outCount = 0;
  s.saidBetweenFrames = true;
  s.answer(s.now());
}

std::size_t Detector::stateBytes() { return sizeof(Detector) + sizeof(State) + ToneReceiver::stateBytes(); }

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
  const State& s = *state_;
  if (step == 0) return prefetchFromTo(&s, &s.memory);
  s.tones.prefetch(step - 1);
  if (step == 1) {
    cpd::prefetch(&s.history, 1);
    cpd::prefetch(&s.timeline, 1);
    return;
  }
  const bool looks = s.sinceLook + 1 >= s.lookEvery();
  s.history.prefetch(looks ? std::max(0, s.answerFrame) : s.now());
  if (looks) s.timeline.prefetch();
  if (s.secondOfTwo && s.listensToVoice()) cpd::prefetch(&s.memory, sizeof s.memory);
}

const FrontEndInput& Detector::input() const { return state_->tones.input(); }

const VoiceInput* Detector::voiceInput(const FrontEndFrame& measured) {
  State& s = *state_;
  if (!s.listensToVoice()) return nullptr;
  const VoiceFrame voice = s.levels.next(measured.voice);
  std::copy(voice.begin(), voice.end(), s.voice.begin() + (s.secondOfTwo ? kVoiceInputs : 0));
  s.secondOfTwo = !s.secondOfTwo;
  return s.secondOfTwo ? nullptr : &s.voice;
}

VoiceMemory& Detector::voiceMemory() { return state_->memory; }

std::span<const Observation> Detector::hear(const FrontEndFrame* measured) {
  State& s = *state_;
  // What was said at answered() is handed over with the first frame after it.
  if (!s.saidBetweenFrames) s.outCount = 0;
  s.saidBetweenFrames = false;
  FrameFeatures unheard;
  unheard.lost = true;
  const FrameFeatures& features = measured != nullptr ? measured->voice : unheard;
  const std::span<const ToneEvent> events = s.tones.hear(measured);
  if (features.lost)
    s.history.pushLost();
  else
    s.history.push(features, false);
  for (const ToneEvent& event : events) s.hearTone(event);
  s.followRinging(features);
  s.followMusic(features);
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
  return {s.out.data(), static_cast<size_t>(s.outCount)};
}

std::span<const Observation> Detector::finish() {
  State& s = *state_;
  s.outCount = 0;
  for (const ToneEvent& event : s.tones.finish()) s.hearTone(event);
  s.audioEnded = true;
  Beep beep;
  if (s.beeps.poll(s.history, s.evidence.speechStartMs, s.evidence.answerMs, true, beep)) s.hearBeep(beep);
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
  // Nobody needs to be told of a calibration that there is not.
  s.evidence.scores = std::span(s.scores).first(s.scores.size() - (s.settings->scoreOffset == 0 ? 1 : 0));
  return s.evidence;
}

}  // namespace cpd
