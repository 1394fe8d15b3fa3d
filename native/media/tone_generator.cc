#include "media/tone_generator.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace media {

namespace {

constexpr double kRate = cpd::kSampleRateHz;
constexpr double kTurn = 2 * std::numbers::pi;

double ratio(double db) { return std::pow(10.0, db / 20.0); }

SignalStep tone(double hz, double ms) {
  SignalStep step;
  step.hz[0] = hz;
  step.ms = ms;
  return step;
}

SignalStep pause(double ms) { return tone(0, ms); }

Signal once(std::vector<SignalStep> steps) { return {std::move(steps), true}; }

int16_t limited(double sample) {
  return static_cast<int16_t>(std::clamp(std::lround(sample), -32768L, 32767L));
}

// ITA2 letters, first bit sent is bit 0.
constexpr uint8_t kBaudot[26] = {0x03, 0x19, 0x0e, 0x09, 0x01, 0x0d, 0x1a, 0x14, 0x06,
                                 0x0b, 0x0f, 0x12, 0x1c, 0x0c, 0x18, 0x16, 0x17, 0x0a,
                                 0x05, 0x10, 0x07, 0x1e, 0x13, 0x1d, 0x15, 0x11};
constexpr uint8_t kBaudotSpace = 0x04;

}  // namespace

double sineAmplitude(double dbm0) { return 32768.0 * ratio(dbm0 - kFullScaleDbm0); }

Signal cadenceSignal(const cpd::Cadence& cadence) {
  Signal signal{{}, cadence.once};
  for (const cpd::ToneStep& from : cadence.steps) {
    SignalStep step;
    step.hz[0] = from.hz1;
    step.hz[1] = from.hz2;
    step.hz[2] = from.hz3;
    step.modHz = from.modHz;
    step.ms = from.ms;
    signal.steps.push_back(step);
  }
  return signal;
}

Signal sitSignal(cpd::SitCategory category) {
  using cpd::SitCategory;
  // ANSI T1.401 frequencies and durations, in the order of the segments; third segment always low and long.
  constexpr double kLow1 = 913.8, kHigh1 = 985.2, kLow2 = 1370.6, kHigh2 = 1428.5, kThird = 1776.7;
  constexpr double kShort = 276, kLong = 380;
  const auto form = [&](double hz1, double ms1, double hz2, double ms2) {
    return once({tone(hz1, ms1), tone(hz2, ms2), tone(kThird, kLong)});
  };
  switch (category) {
    case SitCategory::kIC:
      return form(kLow1, kShort, kLow2, kShort);
    case SitCategory::kVC:
      return form(kHigh1, kLong, kLow2, kShort);
    case SitCategory::kRO1:
      return form(kLow1, kShort, kHigh2, kLong);
    case SitCategory::kRO2:
      return form(kHigh1, kShort, kLow2, kLong);
    case SitCategory::kNC1:
      return form(kHigh1, kLong, kHigh2, kLong);
    case SitCategory::kNC2:
      return form(kLow1, kLong, kLow2, kLong);
    case SitCategory::kR1:
      return form(kLow1, kLong, kHigh2, kShort);
    case SitCategory::kR2:
      return form(kHigh1, kShort, kHigh2, kShort);
    case SitCategory::kITU:
      return once({tone(950, 330), tone(1400, 330), tone(1800, 330)});
    case SitCategory::kNone:
      break;
  }
  return once({});
}

Signal cedSignal(double ms) { return once({tone(2100, ms)}); }

Signal ansSignal(bool reversals, double ms) {
  SignalStep step = tone(2100, ms);
  step.reversalMs = reversals ? 450 : 0;
  return once({step});
}

Signal ansamSignal(bool reversals, double ms) {
  SignalStep step = tone(2100, ms);
  step.modHz = 15;
  step.modDepth = 0.2;
  step.reversalMs = reversals ? 450 : 0;
  return once({step});
}

Signal cngSignal() { return {{tone(1100, 500), pause(3000)}, false}; }

Signal v21PreambleSignal(double ms) {
  SignalStep step = tone(1650, ms);
  step.hz[1] = 1850;
  step.bits = 0x7e;
  step.bitCount = 8;
  step.baud = 300;
  return once({step});
}

Signal faxAnswerSignal() {
  SignalStep flags = v21PreambleSignal(1000).steps.front();
  SignalStep frame = flags;  // something like a capabilities frame: not flags any more
  frame.bits = 0x2d1a94c3;
  frame.bitCount = 31;
  frame.ms = 300;
  return {{tone(2100, 3000), pause(75), flags, frame, pause(3000), flags, frame, pause(3000)}, true};
}

Signal bellAnswerSignal(double ms) { return once({tone(2225, ms)}); }

Signal v22AnswerSignal(double ms) {
  SignalStep step = tone(2250, ms);
  step.hz[1] = 2850;
  step.gainDb[1] = -10;
  return once({step});
}

Signal ttySignal(std::string_view letters) {
  constexpr double kBitMs = 22, kMark = 1400, kSpace = 1800;
  std::vector<SignalStep> steps{tone(kMark, 150)};
  for (const char letter : letters) {
    const uint8_t code = letter >= 'A' && letter <= 'Z' ? kBaudot[letter - 'A'] : kBaudotSpace;
    steps.push_back(tone(kSpace, kBitMs));
    for (int bit = 0; bit < 5; ++bit) steps.push_back(tone(code >> bit & 1 ? kMark : kSpace, kBitMs));
    steps.push_back(tone(kMark, 2 * kBitMs));
  }
  steps.push_back(tone(kMark, 200));
  return once(std::move(steps));
}

Signal dtmfSignal(std::string_view digits, double onMs, double offMs) {
  std::vector<SignalStep> steps;
  for (const char digit : digits) {
    const size_t key = kDtmfKeys.find(digit);
    if (key == std::string_view::npos) continue;
    SignalStep step = tone(kDtmfRowsHz[key / 4], onMs);
    step.hz[1] = kDtmfColumnsHz[key % 4];
    steps.push_back(step);
    steps.push_back(pause(offMs));
  }
  return once(std::move(steps));
}

Signal beepSignal(double hz, double ms, double glideHz) {
  SignalStep step = tone(hz, ms);
  step.glideHz = glideHz;
  return once({step});
}

Signal silenceSignal(double ms) { return once({pause(ms)}); }

ToneGenerator::ToneGenerator(Signal signal, const ToneOptions& options)
    : signal_(std::move(signal)), options_(options), done_(signal_.steps.empty()) {
  if (done_) return;
  enterStep();
  const auto skip = static_cast<int64_t>(options_.startMs * kRate / 1000);
  for (int64_t i = 0; i < skip && !done_; ++i) next();
}

void ToneGenerator::enterStep() {
  length_ = signal_.steps[step_].ms * options_.timeFactor * kRate / 1000;
  inStep_ = carry_;
  carry_ = 0;
}

double ToneGenerator::next() {
  if (done_) return 0;
  for (size_t passed = 0; length_ > 0 && inStep_ >= length_; ++passed) {
    carry_ = inStep_ - length_;
    if (++step_ == signal_.steps.size()) {
      step_ = 0;
      if (signal_.once || passed > signal_.steps.size()) {
        done_ = true;
        return 0;
      }
    }
    enterStep();
  }
  const SignalStep& step = signal_.steps[step_];
  const double glide = length_ > 0 ? step.glideHz * inStep_ / length_ : 0;
  double hz[3] = {step.hz[0] + (step.hz[0] > 0 ? glide : 0), step.hz[1], step.hz[2]};
  if (step.bitCount > 0) {
    const auto bit =
        static_cast<uint64_t>(inStep_ * step.baud / kRate) % static_cast<uint64_t>(step.bitCount);
    hz[0] = step.hz[step.bits >> bit & 1 ? 0 : 1];
    hz[1] = 0;
  }
  double sample = 0;
  for (int i = 0; i < 3; ++i) {
    if (hz[i] <= 0) continue;
    const double level = options_.dbm0 + step.gainDb[i] + (i == 1 ? options_.twistDb : 0);
    sample += sineAmplitude(level) * std::sin(phase_[i]);
    phase_[i] += kTurn * hz[i] * options_.hzFactor / kRate;
    if (phase_[i] >= kTurn) phase_[i] -= kTurn;
  }
  if (step.modHz > 0) {
    sample *= 1 + step.modDepth * std::cos(modPhase_);
    modPhase_ += kTurn * step.modHz * options_.hzFactor / kRate;
    if (modPhase_ >= kTurn) modPhase_ -= kTurn;
  }
  if (step.reversalMs > 0 && static_cast<int64_t>(inStep_ * 1000 / kRate / step.reversalMs) % 2 == 1)
    sample = -sample;
  ++inStep_;
  if (signal_.once && length_ > 0 && inStep_ >= length_ && step_ + 1 == signal_.steps.size()) done_ = true;
  return sample;
}

void ToneGenerator::fill(std::span<int16_t> out) {
  for (int16_t& sample : out) sample = limited(next());
}

void ToneGenerator::add(std::span<int16_t> out) {
  for (int16_t& sample : out) sample = limited(sample + next());
}

NoiseGenerator::NoiseGenerator(uint64_t seed, double dbm0)
    : state_(seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du),
      rms_(sineAmplitude(dbm0) / std::numbers::sqrt2) {}

double NoiseGenerator::next() {
  // A sum of eight uniform numbers, in integers, so that it is the same on every machine.
  int64_t sum = 0;
  for (int i = 0; i < 2; ++i) {
    state_ += 0x9e3779b97f4a7c15u;  // splitmix64
    uint64_t bits = state_;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    bits ^= bits >> 31;
    for (int part = 0; part < 4; ++part) sum += static_cast<int64_t>(bits >> (16 * part) & 0xffff) - 32768;
  }
  return static_cast<double>(sum) / (65536.0 * std::sqrt(8.0 / 12.0)) * rms_;
}

void NoiseGenerator::add(std::span<int16_t> out) {
  for (int16_t& sample : out) sample = limited(sample + next());
}

}  // namespace media
