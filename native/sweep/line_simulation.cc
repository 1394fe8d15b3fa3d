#include "sweep/line_simulation.h"

#include <algorithm>
#include <array>

#include "cpd/types.h"
#include "media/g711.h"
#include "media/tone_generator.h"
#ifdef CPD_HAVE_GSM
#include <gsm.h>
#endif

namespace sweep {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr size_t kFrame = cpd::kFrameSamples;

void mix(Sound& into, const Sound& other, double gain) {
  for (size_t i = 0; i < into.size(); ++i) into[i] += static_cast<float>(gain * other[i]);
}

double rms(const Sound& x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return std::sqrt(sum / static_cast<double>(std::max<size_t>(1, x.size())));
}

Sound white(size_t n, Random& random) {
  Sound x(n);
  for (float& v : x) v = static_cast<float>(random.normal());
  return x;
}

// Three leaky sums: about 3 dB an octave.
Sound pink(size_t n, Random& random) {
  Sound x(n);
  double a = 0, b = 0, c = 0;
  for (float& v : x) {
    const double w = random.normal();
    a = 0.997 * a + 0.029 * w;
    b = 0.985 * b + 0.032 * w;
    c = 0.95 * c + 0.048 * w;
    v = static_cast<float>(a + b + c + 0.05 * w);
  }
  return x;
}

void addSine(Sound& x, double hz, double gain, double phase, size_t from = 0, size_t to = SIZE_MAX) {
  for (size_t i = from; i < std::min(to, x.size()); ++i)
    x[i] += static_cast<float>(gain * std::sin(kTurn * hz * static_cast<double>(i) / 8000 + phase));
}

Sound hum(size_t n, Random& random) {
  Sound x(n, 0);
  const double mains = random.chance(0.5) ? 50 : 60;
  for (int k = 1; k <= 16; ++k) {
    // Below 250 Hz the telephone channel takes most of it.
    const double band = mains * k < 250 ? 0.2 : 1;
    addSine(x, mains * k, band * random.unit() / std::sqrt(k), random.between(0, kTurn));
  }
  return x;
}

// A chord for a second or two, and notes over it with three overtones, plucked.
Sound music(size_t n, Random& random) {
  Sound x(n, 0);
  const auto note = [&random](int low, int high) {
    return 55 * std::exp2((low + random.below(high - low)) / 12.0);
  };
  for (size_t at = 0; at < n;) {
    const auto length = static_cast<size_t>(random.between(1000, 2500) * kSamplesPerMs);
    for (int voice = 0; voice < 3; ++voice)
      addSine(x, note(18, 40), random.between(0.3, 1), random.between(0, kTurn), at, at + length);
    at += length;
  }
  for (size_t at = 0; at < n;) {
    const auto length = static_cast<size_t>(random.between(120, 500) * kSamplesPerMs);
    const double hz = note(30, 55), decay = random.between(2, 8);
    for (int k = 1; k <= 4; ++k)
      for (size_t i = at; i < std::min(n, at + length); ++i) {
        const double t = static_cast<double>(i - at) / 8000;
        x[i] += static_cast<float>(1.5 / k * std::exp(-decay * t) * std::sin(kTurn * hz * k * t));
      }
    at += length;
  }
  return x;
}

// Second-order Butterworth high-pass.
void highPass(Sound& x, double hz) {
  const double w = kTurn * hz / 8000, alpha = std::sin(w) / std::numbers::sqrt2, c = std::cos(w);
  double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  for (float& v : x) {
    const double y = ((1 + c) / 2 * (v + x2) - (1 + c) * x1 + 2 * c * y1 - (1 - alpha) * y2) / (1 + alpha);
    x2 = x1, x1 = v, y2 = y1, y1 = y;
    v = static_cast<float>(y);
  }
}

void echo(Sound& x, Random& random) {
  const auto delay = static_cast<size_t>(random.between(10, 120) * kSamplesPerMs);
  const double gain = fromDb(random.between(-30, -14));
  for (size_t i = x.size(); i-- > delay;) x[i] += static_cast<float>(gain * x[i - delay]);
}

Sound resampled(const Sound& x, double rate) {
  Sound y(static_cast<size_t>(static_cast<double>(x.size()) / rate));
  for (size_t i = 0; i < y.size(); ++i) {
    const double at = static_cast<double>(i) * rate;
    const auto k = static_cast<size_t>(at);
    const double part = at - static_cast<double>(k);
    const auto v = [&x](size_t index) { return index < x.size() ? x[index] : 0.0f; };
    // Catmull-Rom: good to -50 dB up to 2 kHz, which is far below what G.711 adds.
    const double a = k > 0 ? v(k - 1) : 0, b = v(k), c = v(k + 1), d = v(k + 2);
    y[i] = static_cast<float>(
        b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a))));
  }
  return y;
}

std::vector<int16_t> rounded(const Sound& sound) {
  std::vector<int16_t> samples(sound.size());
  std::transform(sound.begin(), sound.end(), samples.begin(),
                 [](float v) { return static_cast<int16_t>(std::clamp(std::lround(v), -32768L, 32767L)); });
  return samples;
}

void gsm([[maybe_unused]] std::vector<int16_t>& samples) {
#ifdef CPD_HAVE_GSM
  gsm_frame frame;
  ::gsm coder = gsm_create(), decoder = gsm_create();
  for (size_t at = 0; at + kFrame <= samples.size(); at += kFrame) {
    gsm_encode(coder, samples.data() + at, frame);
    gsm_decode(decoder, frame, samples.data() + at);
  }
  gsm_destroy(coder);
  gsm_destroy(decoder);
#endif
}

void lose(Heard& heard, Condition condition, Random& random) {
  const size_t frames = heard.samples.size() / kFrame;
  const double share = condition == Condition::kLossTold ? 0.03
                       : condition == Condition::kBursts ? 0.008
                                                         : 0.01;
  for (size_t f = 1; f < frames; ++f) {
    if (!random.chance(share)) continue;
    const size_t run = condition == Condition::kBursts ? 2 + static_cast<size_t>(random.below(2)) : 1;
    for (size_t k = f; k < std::min(frames, f + run); ++k) {
      int16_t* const at = heard.samples.data() + k * kFrame;
      if (condition == Condition::kLossRepeated)
        std::copy_n(at - kFrame, kFrame, at);
      else
        std::fill_n(at, kFrame, static_cast<int16_t>(0));
      if (condition == Condition::kLossTold || condition == Condition::kBursts) heard.lost[k] = true;
    }
    f += run;
  }
}

}  // namespace

Sound quiet(double ms) { return Sound(static_cast<size_t>(std::max(0.0, ms) * kSamplesPerMs), 0.0f); }
void append(Sound& to, const Sound& sound) { to.insert(to.end(), sound.begin(), sound.end()); }
double dbOf(double ratio) { return 20 * std::log10(ratio); }
double fromDb(double db) { return std::pow(10, db / 20); }
double peakAt(double dbm0) { return media::sineAmplitude(dbm0); }

double activeRms(const Sound& sound) {
  std::vector<double> powers;
  for (size_t at = 0; at + kFrame <= sound.size(); at += kFrame) {
    double sum = 0;
    for (size_t i = at; i < at + kFrame; ++i) sum += static_cast<double>(sound[i]) * sound[i];
    powers.push_back(sum / kFrame);
  }
  if (powers.empty()) return 0;
  const double loudest = *std::max_element(powers.begin(), powers.end());
  double sum = 0;
  int n = 0;
  for (const double power : powers)
    if (power > loudest * 0.00316) sum += power, ++n;
  return n == 0 ? 0 : std::sqrt(sum / n);
}

const char* nameOf(Condition condition) {
  static constexpr std::array<const char*, kConditions> kNames = {
      "clean",         "white noise", "pink noise",  "hum",     "music behind", "echo", "loss, repeated",
      "loss, silence", "loss, told",  "bursts lost", "200 ppm", "GSM",          "all"};
  return kNames[static_cast<size_t>(condition)];
}

Sound throughGsm(const Sound& sound) {
  std::vector<int16_t> samples = rounded(sound);
  gsm(samples);
  return Sound(samples.begin(), samples.end());
}

Heard throughLine(Sound sound, Condition condition, double snrDb, Random& random) {
  const double level = activeRms(sound);
  std::vector<Condition> parts{condition};
  if (condition == Condition::kAll) {
    parts.clear();
    parts.push_back(static_cast<Condition>(1 + random.below(4)));
    if (random.chance(0.3)) parts.push_back(Condition::kEcho);
    if (random.chance(0.3)) parts.push_back(static_cast<Condition>(6 + random.below(4)));
    if (random.chance(0.3)) parts.push_back(Condition::kClock);
  }
  const auto has = [&parts](Condition c) { return std::find(parts.begin(), parts.end(), c) != parts.end(); };
  if (has(Condition::kClock)) sound = resampled(sound, random.chance(0.5) ? 1.0002 : 0.9998);
  if (has(Condition::kEcho)) echo(sound, random);
  const auto under = [&](Condition c, Sound (*make)(size_t, Random&)) {
    if (!has(c)) return;
    Sound noise = make(sound.size(), random);
    if (c == Condition::kHum || c == Condition::kMusic) highPass(noise, 250);
    mix(sound, noise, level * fromDb(-snrDb) / std::max(rms(noise), 1e-9));
  };
  under(Condition::kWhite, white);
  under(Condition::kPink, pink);
  under(Condition::kHum, hum);
  under(Condition::kMusic, music);
  mix(sound, white(sound.size(), random), 32768 * fromDb(random.between(-82, -66)));

  Heard heard;
  const bool alaw = random.chance(0.5);
  heard.samples = rounded(sound);
  if (has(Condition::kGsm)) gsm(heard.samples);
  for (int16_t& sample : heard.samples)
    sample =
        alaw ? media::decodeAlaw(media::encodeAlaw(sample)) : media::decodeUlaw(media::encodeUlaw(sample));
  heard.lost.resize(heard.samples.size() / kFrame);
  for (const Condition c : parts)
    if (c == Condition::kLossRepeated || c == Condition::kLossSilent || c == Condition::kLossTold ||
        c == Condition::kBursts)
      lose(heard, c, random);
  return heard;
}

}  // namespace sweep
