#include "board/sim/sound/sounds.h"

#include <vector>

#include "board/sim/random.h"
#include "board/sim/sound/voice.h"
#include "media/tone_generator.h"

namespace board::sim {
namespace {

// Tones without end are cut to a length that holds whole periods of every frequency in whole Hz.
constexpr double kEndlessMs = 1000;
constexpr double kNoiseMs = 8000;
// SIT: -24 dBm0 in the North American text; data answers: usual sending level of terminals.
constexpr double kSitDbm0 = -24;
constexpr double kDataDbm0 = -13;
constexpr double kBeepDbm0 = -15;
constexpr double kDtmfDbm0 = -10;

std::vector<int16_t> render(const media::Signal& signal, double dbm0) {
  double ms = 0;
  for (const media::SignalStep& step : signal.steps) ms += step.ms > 0 ? step.ms : kEndlessMs;
  std::vector<int16_t> samples(static_cast<size_t>(ms * cpd::kSampleRateHz / 1000));
  media::ToneOptions options;
  options.dbm0 = dbm0;
  media::ToneGenerator(signal, options).fill(samples);
  return samples;
}

}  // namespace

ClipPtr Sounds::cadence(const std::string& key, const cpd::Cadence& cadence, float dbm0) {
  return clips_.rendered("cadence:" + key, [&] { return render(media::cadenceSignal(cadence), dbm0); });
}

ClipPtr Sounds::sit(cpd::SitCategory category) {
  return clips_.rendered("sit:" + std::to_string(static_cast<int>(category)),
                         [&] { return render(media::sitSignal(category), kSitDbm0); });
}

ClipPtr Sounds::faxAnswer() {
  return clips_.rendered("fax", [] { return render(media::faxAnswerSignal(), kDataDbm0); });
}

ClipPtr Sounds::faxCalling() {
  return clips_.rendered("cng", [] { return render(media::cngSignal(), kDataDbm0); });
}

ClipPtr Sounds::modemV8() {
  return clips_.rendered("ansam", [] { return render(media::ansamSignal(true), kDataDbm0); });
}

ClipPtr Sounds::modemBell() {
  return clips_.rendered("bell", [] { return render(media::bellAnswerSignal(), kDataDbm0); });
}

ClipPtr Sounds::beep(float hz, int32_t ms) {
  return clips_.rendered("beep:" + std::to_string(hz) + ":" + std::to_string(ms),
                         [&] { return render(media::beepSignal(hz, ms), kBeepDbm0); });
}

ClipPtr Sounds::dtmf(char digit) {
  return clips_.rendered(std::string("dtmf:") + digit,
                         [&] { return render(media::dtmfSignal(std::string_view(&digit, 1)), kDtmfDbm0); });
}

ClipPtr Sounds::shortVoice(uint64_t draw) {
  const uint64_t voice = draw % kVoices;
  return clips_.rendered("short voice:" + std::to_string(voice), [&] {
    Random random(voice + 1);
    return synthesizeVoice(random.next(), random.whole(450, 950), 950, 0);
  });
}

ClipPtr Sounds::longVoice(uint64_t draw) {
  const uint64_t voice = draw % kVoices;
  return clips_.rendered("long voice:" + std::to_string(voice), [&] {
    Random random(voice + 1001);
    return synthesizeVoice(random.next(), random.whole(6'000, 12'000), random.whole(2'600, 4'200),
                           random.whole(180, 300));
  });
}

ClipPtr Sounds::noise() {
  return clips_.rendered("noise", [] {
    std::vector<int16_t> samples(static_cast<size_t>(kNoiseMs * cpd::kSampleRateHz / 1000));
    media::NoiseGenerator(1, -10).add(samples);
    return samples;
  });
}

}  // namespace board::sim
