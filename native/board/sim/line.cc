#include "board/sim/line.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/g711.h"

namespace board::sim {
namespace {

constexpr int32_t kDialToneDelayMs = 200;
constexpr int32_t kProceedingMs = 100;
constexpr int32_t kLoopDropMs = 500;  // the exchange breaks loop current so long after the far end hung up
constexpr int32_t kListenAfterMs = 3'000;  // a person waits so long after an announcement
constexpr int32_t kFirstKeyMs = 800;
constexpr int32_t kKeyMs = 160;
constexpr float kIdleNoiseDbm0 = -68;

int16_t throughCodec(int16_t sample, Codec codec) {
  switch (codec) {
    case Codec::kAlaw:
      return media::decodeAlaw(media::encodeAlaw(sample));
    case Codec::kUlaw:
      return media::decodeUlaw(media::encodeUlaw(sample));
    case Codec::kPcm:
      return sample;
  }
  return sample;
}

AudioScript noiseScript(const ClipPtr& noise, float dbm0, Random& random) {
  AudioScript script;
  script.repeatFromHere();
  script.clip(noise, dbm0);
  script.seek(random.whole(0, noise->lengthMs() - 1));
  return script;
}

}  // namespace

void Line::offHook(const ClipPtr& dialTone, const ClipPtr& noise) {
  callee_ = Callee();
  noise_ = noiseScript(noise, kIdleNoiseDbm0, random_);
  voice_ = AudioScript();
  if (dialTone) {
    voice_.quiet(kDialToneDelayMs);
    voice_.repeatFromHere();
    voice_.clip(dialTone);
  }
  enter(Phase::kOffHook);
}

void Line::dialling() {
  voice_ = AudioScript();
  enter(Phase::kDialling);
}

void Line::dialled(Callee callee, const ClipPtr& noise) {
  callee_ = std::move(callee);
  noise_ = noiseScript(noise, callee_.noiseDbm0, random_);
  talking_ = false;
  answerSent_ = false;
  hangUpAtMs_ = kNoEnd;
  loopDropMs_ = kNoEnd;
  keyAtMs_ = kNoEnd;
  keysPressed_ = 0;
  enter(Phase::kRouting);
}

void Line::talk() {
  if (phase_ != Phase::kUp) return;
  if (callee_.person) hangUpAtMs_ = inPhaseMs_ + callee_.talkMs;
  if (!callee_.talk.empty()) {
    talking_ = true;
    voice_.finishPiece();
  }
}

void Line::listen(int32_t announcementMs, Sounds& sounds) {
  if (phase_ != Phase::kUp) return;
  hold(announcementMs + kListenAfterMs);
  if (callee_.dtmf.empty() || keysPressed_ > 0 || keyAtMs_ != kNoEnd) return;
  voice_ = AudioScript();
  voice_.quiet(kFirstKeyMs);
  for (const char digit : callee_.dtmf) voice_.clip(sounds.dtmf(digit));
  keyAtMs_ = inPhaseMs_ + kFirstKeyMs + kKeyMs;
}

void Line::hold(int32_t ms) {
  if (phase_ != Phase::kUp || !callee_.person || talking_) return;
  if (hangUpAtMs_ != kNoEnd) hangUpAtMs_ = std::max(hangUpAtMs_, inPhaseMs_ + ms);
  voice_.finishPiece();
}

void Line::onHook() { enter(Phase::kIdle); }

cpd::FrameKind Line::frame(int16_t* samples, LineSignals& signals) {
  if (phase_ == Phase::kIdle) return cpd::FrameKind::kAudio;
  inPhaseMs_ += cpd::kFrameMs;
  step(signals);
  if (samples == nullptr) return cpd::FrameKind::kAudio;
  render(samples);
  const bool lost = callee_.lossPct > 0 && phase_ > Phase::kDialling && random_.chance(callee_.lossPct / 100);
  return lost ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio;
}

void Line::step(LineSignals& signals) {
  const bool signalled = trunk_ != TrunkKind::kAnalog;
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kOffHook:
    case Phase::kDialling:
      return;
    case Phase::kRouting:
      signals.proceeding = signalled && inPhaseMs_ == kProceedingMs;
      if (inPhaseMs_ < callee_.routingMs) return;
      if (callee_.refused) return release(signals);
      signals.alerting = signalled && callee_.alerts;
      voice_ = callee_.early;
      return enter(Phase::kEarly);
    case Phase::kEarly:
      if (!callee_.alerts || callee_.ringMs == kNoEnd || inPhaseMs_ < callee_.ringMs) return;
      if (!callee_.picksUp) return release(signals);
      if (signalled && !answerSent_) {
        answerSent_ = true;
        signals.answered = true;
      }
      if (inPhaseMs_ < callee_.ringMs + callee_.falseAnswerMs) return;
      signals.pickedUp = true;
      voice_ = callee_.answered;
      hangUpAtMs_ = callee_.stayMs;
      return enter(Phase::kUp);
    case Phase::kUp:
      pressKeys(signals);
      if (talking_ && voice_.ended()) voice_ = callee_.talk;
      if (hangUpAtMs_ != kNoEnd && inPhaseMs_ >= hangUpAtMs_) release(signals);
      return;
    case Phase::kGone:
      if (loopDropMs_ != kNoEnd && inPhaseMs_ >= loopDropMs_) {
        loopDropMs_ = kNoEnd;
        signals.released = true;
      }
      return;
  }
}

void Line::release(LineSignals& signals) {
  signals.hungUp = true;
  if (trunk_ == TrunkKind::kAnalog) {
    loopDropMs_ = kLoopDropMs;
  } else {
    signals.released = true;
    signals.cause = callee_.cause;
  }
  voice_ = AudioScript();
  enter(Phase::kGone);
}

void Line::pressKeys(LineSignals& signals) {
  if (keyAtMs_ == kNoEnd || inPhaseMs_ < keyAtMs_) return;
  signals.digit = callee_.dtmf[keysPressed_++];
  keyAtMs_ = keysPressed_ < callee_.dtmf.size() ? keyAtMs_ + kKeyMs : kNoEnd;
}

void Line::enter(Phase phase) {
  phase_ = phase;
  inPhaseMs_ = 0;
}

void Line::render(int16_t* samples) {
  std::array<float, cpd::kFrameSamples> mix{};
  noise_.addTo(mix.data(), cpd::kFrameSamples);
  voice_.addTo(mix.data(), cpd::kFrameSamples);
  for (size_t i = 0; i < mix.size(); ++i) {
    const float limited = std::clamp(mix[i], -32768.0f, 32767.0f);
    samples[i] = throughCodec(static_cast<int16_t>(std::lrintf(limited)), callee_.codec);
  }
}

}  // namespace board::sim
