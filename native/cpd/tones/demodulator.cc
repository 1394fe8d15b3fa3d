#include "cpd/tones/demodulator.h"

#include "cpd/frontend/front_end.h"
#include "cpd/simd/lanes.h"
#include "cpd/simd/trigonometry.h"

namespace cpd {

namespace {

// Advances an oscillator by a step.
void turn(float& c, float& s, FollowedStep step) {
  const float next = c * step.cosine - s * step.sine;
  s = c * step.sine + s * step.cosine;
  c = next;
}

float sumOf(Floats x) { return (x[0] + x[1]) + (x[2] + x[3]); }

constexpr int kLowestHz = 12, kHighestHz = 60;
constexpr int kRates = (kHighestHz - kLowestHz + kLanes) / kLanes * kLanes;  // whole vectors
constexpr double kStepSeconds = 0.005;

struct RateTable {
  float cosine[kMostEnvelope][kRates];
  float sine[kMostEnvelope][kRates];
};

constexpr RateTable makeRateTable() {
  RateTable table{};
  for (int i = 0; i < kMostEnvelope; ++i) {
    for (int rate = 0; rate < kRates; ++rate) {
      const Turned angle = turned(i * (kLowestHz + rate) * kStepSeconds);
      table.cosine[i][rate] = static_cast<float>(angle.cosine);
      table.sine[i][rate] = static_cast<float>(angle.sine);
    }
  }
  return table;
}

}  // namespace

void demodulate(float hz, const float* samples, int blocks, float* re, float* im) {
  static_assert(kDemodulatorBlock % kLanes == 0);
  alignas(64) float cosine[kDemodulatorBlock], sine[kDemodulatorBlock];
  const FollowedStep step = stepOf(hz);
  float c = 1, s = 0;
  for (int i = 0; i < kDemodulatorBlock; ++i) {
    cosine[i] = c;
    sine[i] = s;
    turn(c, s, step);
  }
  const FollowedStep blockStep{c, s};
  c = 1;
  s = 0;
  for (int block = 0; block < blocks; ++block, samples += kDemodulatorBlock) {
    Floats sumC{}, sumS{};
    for (int i = 0; i < kDemodulatorBlock; i += kLanes) {
      const Floats x = loadFloats(samples + i);
      sumC += x * loadFloats(cosine + i);
      sumS += x * loadFloats(sine + i);
    }
    const float a = sumOf(sumC), b = sumOf(sumS);
    re[block] = a * c - b * s;
    im[block] = a * s + b * c;
    turn(c, s, blockStep);
  }
}

void widen(const int16_t* samples, int count, float* to) {
  using Shorts = int16_t __attribute__((vector_size(16)));
  static_assert(kLanes == 4);
  for (int i = 0; i < count; i += 8) {
    Shorts x;
    __builtin_memcpy(&x, samples + i, sizeof x);
    // Each sample twice makes a figure with it in the upper half.
    const auto low = reinterpret_cast<Ints>(__builtin_shufflevector(x, x, 0, 0, 1, 1, 2, 2, 3, 3));
    const auto high = reinterpret_cast<Ints>(__builtin_shufflevector(x, x, 4, 4, 5, 5, 6, 6, 7, 7));
    store(to + i, toFloats(low >> 16));
    store(to + i + 4, toFloats(high >> 16));
  }
}

Modulation strongestModulation(const float* envelope, int count, int lowestHz) {
  static const RateTable kTable = makeRateTable();
  Modulation best;
  for (int first = 0; first < kRates; first += kLanes) {
    Floats sumC{}, sumS{};
    for (int i = 0; i < count; ++i) {
      sumC += envelope[i] * loadFloats(kTable.cosine[i] + first);
      sumS += envelope[i] * loadFloats(kTable.sine[i] + first);
    }
    const Floats power = sumC * sumC + sumS * sumS;
    for (int lane = 0; lane < kLanes; ++lane) {
      const int hz = kLowestHz + first + lane;
      if (hz < lowestHz || hz > kHighestHz || power[lane] <= best.power) continue;
      best = {static_cast<float>(hz), power[lane]};
    }
  }
  return best;
}

void hannWindow(int count, float* window) {
  const Turned half = turned(0.5 / count), whole = turned(1.0 / count);
  const FollowedStep step{static_cast<float>(whole.cosine), static_cast<float>(whole.sine)};
  auto c = static_cast<float>(half.cosine), s = static_cast<float>(half.sine);
  for (int i = 0; i < count; ++i) {
    window[i] = 0.5f - 0.5f * c;
    turn(c, s, step);
  }
}

}  // namespace cpd
