// The front end in lanes. Compiled once per instruction set by front_end_*.cc; see lanes.h for the rules.
#include "cpd/front_end_tables.h"
#include "cpd/lanes.h"

namespace cpd {
inline namespace CPD_LANES_ISA {
namespace {

constexpr int kPairsAtOnce = kLanes;
constexpr int kSamplesAtOnce = 2 * kLanes;
static_assert(SampleHistory::kSamples % 32 == 0 && kFrameSamples % 32 == 0);

// The channels of one vector; a vector that is not full repeats its first one.
struct Group {
  const FrontEndInput* in[kLanes];
  const int16_t* rings[kLanes];
  Ints ends;
  int count;  // lanes in use

  CPD_LANES_INLINE Group(const FrontEndInput* const* all, int given) {
    alignas(64) int32_t end[kLanes];
    count = given < kLanes ? given : kLanes;
    for (int lane = 0; lane < kLanes; ++lane) {
      in[lane] = all[lane < count ? lane : 0];
      rings[lane] = in[lane]->ring;
      end[lane] = in[lane]->end;
    }
    ends = loadInts(end);
  }

  // Samples in pairs, the first in the lower half: `at` samples before the end of the frame, a multiple
  // of 32.
  CPD_LANES_INLINE void load(int at, Ints (&pairs)[kPairsAtOnce]) const {
    const int32_t* rows[kLanes];
    alignas(64) int32_t from[kLanes];
    store(from, (ends - at) & (SampleHistory::kSamples - 1));
#pragma GCC unroll 16
    for (int lane = 0; lane < kLanes; ++lane)
      rows[lane] = reinterpret_cast<const int32_t*>(rings[lane] + from[lane]);
#pragma GCC unroll 4
    for (int four = 0; four < kPairsAtOnce; four += 4) {
      Ints columns[4];
      loadColumns(rows, four, columns);
      for (int i = 0; i < 4; ++i) pairs[four + i] = columns[i];
    }
  }
};

CPD_LANES_INLINE Ints firstOf(Ints pair) { return (pair << 16) >> 16; }
CPD_LANES_INLINE Ints secondOf(Ints pair) { return pair >> 16; }

// Complex transform of 4^n or 2 * 4^n points, decimation in frequency; FrontEndTables says where the bins
// are.
template <int kPoints>
CPD_LANES_INLINE void transform(Floats* re, Floats* im) {
  const FrontEndTables& t = kFrontEndTables;
  for (int length = kPoints; length >= 4; length /= 4) {
    const int quarter = length / 4, step = kToneWindowSamples / length;
    for (int k = 0; k < quarter; ++k) {
      const float c1 = t.cosine[k * step], s1 = t.minusSine[k * step];
      const float c2 = t.cosine[2 * k * step], s2 = t.minusSine[2 * k * step];
      const float c3 = t.cosine[3 * k * step], s3 = t.minusSine[3 * k * step];
      for (int base = k; base < kPoints; base += length) {
        Floats* const r = re + base;
        Floats* const i = im + base;
        const Floats ar = r[0] + r[2 * quarter], ai = i[0] + i[2 * quarter];
        const Floats br = r[0] - r[2 * quarter], bi = i[0] - i[2 * quarter];
        const Floats cr = r[quarter] + r[3 * quarter], ci = i[quarter] + i[3 * quarter];
        const Floats dr = i[quarter] - i[3 * quarter], di = r[3 * quarter] - r[quarter];  // times -i
        r[0] = ar + cr;
        i[0] = ai + ci;
        const Floats xr = br + dr, xi = bi + di, yr = ar - cr, yi = ai - ci, zr = br - dr, zi = bi - di;
        if (k == 0) {
          r[quarter] = xr;
          i[quarter] = xi;
          r[2 * quarter] = yr;
          i[2 * quarter] = yi;
          r[3 * quarter] = zr;
          i[3 * quarter] = zi;
        } else {
          r[quarter] = xr * c1 - xi * s1;
          i[quarter] = xr * s1 + xi * c1;
          r[2 * quarter] = yr * c2 - yi * s2;
          i[2 * quarter] = yr * s2 + yi * c2;
          r[3 * quarter] = zr * c3 - zi * s3;
          i[3 * quarter] = zr * s3 + zi * c3;
        }
      }
    }
  }
  if constexpr (kPoints == 128) {
    for (int base = 0; base < kPoints; base += 2) {
      const Floats r = re[base], i = im[base];
      re[base] = r + re[base + 1];
      im[base] = i + im[base + 1];
      re[base + 1] = r - re[base + 1];
      im[base + 1] = i - im[base + 1];
    }
  }
}

// The newest 512 samples of each channel, in pairs, under the windows of both spectra; or only those of the
// shorter one. Even samples are the real parts, odd ones the imaginary.
struct Windowed {
  Floats toneRe[kToneWindowSamples / 2], toneIm[kToneWindowSamples / 2];
  Floats voiceRe[kVoiceWindowSamples / 2], voiceIm[kVoiceWindowSamples / 2];
  Ints allEqual;  // of the frame's samples
};

template <bool kTones>
CPD_LANES_INLINE void load(const Group& group, Windowed& out) {
  constexpr int kTonePairs = kToneWindowSamples / 2, kVoicePairs = kVoiceWindowSamples / 2;
  constexpr int kFramePairs = kFrameSamples / 2;
  Ints first = {}, different = {};
  for (int left = kTones ? kTonePairs : kVoicePairs; left > 0; left -= kPairsAtOnce) {
    Ints pairs[kPairsAtOnce];
    group.load(2 * left, pairs);
    if (left == kFramePairs) first = firstOf(pairs[0]);
    for (int i = 0; i < kPairsAtOnce; ++i) {
      const Ints evenSample = firstOf(pairs[i]), oddSample = secondOf(pairs[i]);
      const Floats even = toFloats(evenSample), odd = toFloats(oddSample);
      if (kTones) {
        const int pair = kTonePairs - left + i;
        out.toneRe[pair] = even * kFrontEndTables.toneWindow[2 * pair];
        out.toneIm[pair] = odd * kFrontEndTables.toneWindow[2 * pair + 1];
      }
      if (left <= kVoicePairs) {
        const int pair = kVoicePairs - left + i;
        out.voiceRe[pair] = even * kFrontEndTables.voiceWindow[2 * pair];
        out.voiceIm[pair] = odd * kFrontEndTables.voiceWindow[2 * pair + 1];
      }
      if (left <= kFramePairs) different |= (evenSample ^ first) | (oddSample ^ first);
    }
  }
  out.allEqual = different == 0;
}

// Power spectrum of 2 * kPoints windowed samples, bins 0 to kPoints - 1, one-sided: the sum of the bins of a
// sine is its mean square, times the window's scale squared.
template <int kPoints>
CPD_LANES_INLINE void powerSpectrum(Floats* re, Floats* im, const int16_t* order, Floats* power) {
  transform<kPoints>(re, im);
  // Inner bins count twice; 3/8 is the mean square of the window. A quarter, since even and odd below are
  // twice what they should be.
  constexpr float kScale = 0.25f * 2.0f / (0.375f * (2.0f * kPoints) * (2.0f * kPoints));
  const Floats dc = re[0] + im[0];
  power[0] = 2 * kScale * (dc * dc);
  constexpr int kStep = kToneWindowSamples / (2 * kPoints);
  for (int k = 1; k <= kPoints / 2; ++k) {
    const int a = order[k], b = order[kPoints - k];
    const float c = kFrontEndTables.cosine[k * kStep], s = kFrontEndTables.minusSine[k * kStep];
    const Floats evenRe = re[a] + re[b], evenIm = im[a] - im[b];
    const Floats oddRe = im[a] + im[b], oddIm = re[b] - re[a];
    const Floats turnedRe = oddRe * c - oddIm * s, turnedIm = oddRe * s + oddIm * c;
    const Floats pRe = evenRe + turnedRe, pIm = evenIm + turnedIm;
    const Floats qRe = evenRe - turnedRe, qIm = evenIm - turnedIm;
    power[k] = kScale * (pRe * pRe + pIm * pIm);
    power[kPoints - k] = kScale * (qRe * qRe + qIm * qIm);
  }
}

CPD_LANES_INLINE Floats sumOf(const Floats* x, int from, int to) {
  Floats a = {}, b = {}, c = {}, d = {};
  int k = from;
  for (; k + 3 < to; k += 4) {
    a += x[k];
    b += x[k + 1];
    c += x[k + 2];
    d += x[k + 3];
  }
  for (; k < to; ++k) a += x[k];
  return (a + b) + (c + d);
}

// Places that are passed over, in each lane others.
struct Taken {
  Ints low = Ints{} - 1, high = Ints{} - 1;
};

// The greatest from `from` up to, not including, `to` and outside of what is taken; the first of equals.
struct Greatest {
  Floats value;
  Ints place;
};
template <int kTaken>
CPD_LANES_INLINE Greatest greatestOf(const Floats* x, int from, int to, const Taken* taken) {
  constexpr int kChains = 4;  // side by side, each through a stretch of its own
  Greatest chain[kChains];
  const int length = (to - from + kChains - 1) / kChains;
  const int last = to - from - (kChains - 1) * length;  // of the last stretch, which may be shorter
  const auto look = [&](Greatest & greatest, int k) __attribute__((always_inline)) {
    Ints better = x[k] > greatest.value;
    for (int i = 0; i < kTaken; ++i) better &= (k < taken[i].low) | (k > taken[i].high);
    greatest.value = select(better, x[k], greatest.value);
    greatest.place = select(better, splat(static_cast<int32_t>(k)), greatest.place);
  };
#pragma GCC unroll 4
  for (int c = 0; c < kChains; ++c) chain[c] = {Floats{}, Ints{}};
  for (int i = 0; i < last; ++i) {
#pragma GCC unroll 4
    for (int c = 0; c < kChains; ++c) look(chain[c], from + c * length + i);
  }
  for (int i = last; i < length; ++i) {
#pragma GCC unroll 4
    for (int c = 0; c < kChains - 1; ++c) look(chain[c], from + c * length + i);
  }
#pragma GCC unroll 4
  for (int c = 1; c < kChains; ++c) {
    const Ints better = chain[c].value > chain[0].value;
    chain[0].value = select(better, chain[c].value, chain[0].value);
    chain[0].place = select(better, chain[c].place, chain[0].place);
  }
  return chain[0];
}

// One lane of an array of vectors.
struct LaneView {
  const float* first;
  CPD_LANES_INLINE float operator[](int k) const { return first[k * kLanes]; }
};
CPD_LANES_INLINE LaneView laneOf(const Floats* x, int lane) {
  return {reinterpret_cast<const float*>(x) + lane};
}

// The lines of the tone receiver, in a spectrum of 15.625 Hz steps. Everything counts from 156 Hz up, so that
// hum and offset do not. Lines are looked for where tones are. A pair closer than about 65 Hz and a modulated
// carrier make one line.
constexpr int kToneBins = kToneWindowSamples / 2;
constexpr int kFirstBin = 10;
constexpr int kFirstLineBin = 16;  // 250 Hz
constexpr int kLastLineBin = 160;  // 2500 Hz
constexpr int kLobe = 3;           // bins on each side that belong to a line
constexpr int kChain = 4;          // next peak this near is the same line: beat or sideband
constexpr int kChainSpan = 7;
constexpr float kChainShare = 0.04f;  // of the strongest peak's power: 14 dB below
constexpr float kTwistShare = 0.08f;  // 11 dB below the strongest line: 8 dB must be heard, 12 must not
constexpr float kTonalPurity = 0.72f;
constexpr float kToneDbm0Offset = 6.15f - 90.309f;  // 20 log10(32768)
constexpr float kToneFloorPower = 10373.0f;         // mean square of kToneFloorDbm0
constexpr float kLeastPower = 1e-2f;

CPD_LANES_INLINE Floats toneDbm0(Floats meanSquare) {
  return select(meanSquare < kLeastPower, splat(-99.0f), 10.0f * log10(meanSquare) + kToneDbm0Offset);
}

// The bins around each lane's peak, which lies elsewhere in every lane.
constexpr int kReach = kChainSpan + kLobe;
struct Surroundings {
  Ints peak;
  Floats bins[2 * kReach + 1];

  CPD_LANES_INLINE Surroundings(const Floats* power, Ints at) : peak(at) {
    alignas(64) float copied[2 * kReach + 1][kLanes];
    const float* const all = reinterpret_cast<const float*>(power);
    for (int lane = 0; lane < kLanes; ++lane) {
      const float* const from = all + (peak[lane] - kReach) * kLanes + lane;
#pragma GCC unroll 21
      for (int i = 0; i <= 2 * kReach; ++i) copied[i][lane] = from[i * kLanes];
    }
    for (int i = 0; i <= 2 * kReach; ++i) bins[i] = loadFloats(copied[i]);
  }

  CPD_LANES_INLINE Floats at(int distance) const { return bins[kReach + distance]; }
};
static_assert(kFirstLineBin >= kReach && kLastLineBin + kReach < kToneBins);

struct Cluster {
  int low, high;  // from the strongest peak
};

// The peaks that belong to the line whose strongest one is at 0. Bit kChainSpan + d of `peaks`: there is a
// peak, strong enough, d bins from it.
inline Cluster growCluster(int32_t peaks) {
  const auto peakAt = [peaks](int distance) { return (peaks >> (kChainSpan + distance) & 1) != 0; };
  Cluster cluster{0, 0};
  for (bool grew = true; grew;) {
    grew = false;
    for (int k = cluster.high + kChain; k > cluster.high + 1; --k) {
      if (k - cluster.low <= kChainSpan && peakAt(k)) {
        cluster.high = k;
        grew = true;
        break;
      }
    }
    for (int k = cluster.low - kChain; k < cluster.low - 1; ++k) {
      if (cluster.high - k <= kChainSpan && peakAt(k)) {
        cluster.low = k;
        grew = true;
        break;
      }
    }
  }
  return cluster;
}

// The bins of each lane's line.
struct Lobes {
  Ints low, high;
};
CPD_LANES_INLINE Lobes lobesOf(const Surroundings& around) {
  const Floats floor = around.at(0) * kChainShare;
  Ints peaks = {};
#pragma GCC unroll 15
  for (int d = -kChainSpan; d <= kChainSpan; ++d) {
    if (d >= -1 && d <= 1) continue;
    Ints peak =
        (around.at(d) > floor) & (around.at(d) > around.at(d - 1)) & (around.at(d) >= around.at(d + 1));
    peak &= d > 0 ? around.peak + d < kLastLineBin + kChain : around.peak + d > kFirstBin;
    peaks |= peak & (1 << (kChainSpan + d));
  }
  Lobes lobes = {around.peak, around.peak};
  if (any(peaks != 0)) {
    alignas(64) int32_t low[kLanes], high[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const Cluster cluster = peaks[lane] == 0 ? Cluster{0, 0} : growCluster(peaks[lane]);
      low[lane] = cluster.low;
      high[lane] = cluster.high;
    }
    lobes.low += loadInts(low);
    lobes.high += loadInts(high);
  }
  lobes.low -= kLobe;
  lobes.high += kLobe;
  return lobes;
}

CPD_LANES_INLINE float overtonesOf(LaneView power, float hz) {
  float sum = 0;
  for (int times = 2; times <= 4; ++times) {
    const int bin = static_cast<int>(static_cast<float>(times) * hz / kToneBinHz + 0.5f);
    const int last = bin + 2 < kToneBins ? bin + 2 : kToneBins - 1;
    for (int k = bin - 2; k <= last; ++k) sum += power[k];
  }
  return sum;
}

CPD_LANES_INLINE void measureLines(const Floats* power, Floats total, const Group& group,
                                   FrontEndFrame* const* out) {
  constexpr int kLines = ToneFrame::kLines;
  Floats sums[kLines] = {}, centres[kLines] = {};
  Taken taken[kLines - 1];
  Ints count = {}, going = total >= kToneFloorPower;
  for (int line = 0; line < kLines && any(going); ++line) {
    const Greatest best = line == 0   ? greatestOf<0>(power, kFirstLineBin, kLastLineBin + 1, taken)
                          : line == 1 ? greatestOf<1>(power, kFirstLineBin, kLastLineBin + 1, taken)
                                      : greatestOf<2>(power, kFirstLineBin, kLastLineBin + 1, taken);
    going &= best.place > 0;
    const Surroundings around(power, select(going, best.place, splat(kFirstLineBin)));
    Lobes lobes = lobesOf(around);
    for (int i = 0; i < line; ++i) {  // a lobe ends where that of a stronger line on this side of it begins
      const Taken& other = taken[i];
      lobes.low = select((other.high < around.peak) & (lobes.low <= other.high), other.high + 1, lobes.low);
      lobes.high = select((other.low > around.peak) & (lobes.high >= other.low), other.low - 1, lobes.high);
    }
    Floats sum = {}, moment = {};
#pragma GCC unroll 21
    for (int d = -kReach; d <= kReach; ++d) {
      const Ints bin = around.peak + d;
      const Floats power = select((bin >= lobes.low) & (bin <= lobes.high), around.at(d), Floats{});
      sum += power;
      moment += power * toFloats(bin);
    }
    going &= sum >= kToneFloorPower;
    if (line > 0) going &= sum >= sums[0] * kTwistShare;
    if (line < kLines - 1)
      taken[line] = {select(going, lobes.low, splat(-1)), select(going, lobes.high, splat(-1))};
    sums[line] = select(going, sum, Floats{});
    centres[line] = select(going, moment / select(going, sum, splat(1.0f)) * kToneBinHz, Floats{});
    count -= going;
  }
  const Ints some = count > 0;
  alignas(64) float hz[kLines][kLanes], dbm0[kLines][kLanes], levels[kLanes], totals[kLanes],
      purities[kLanes];
  alignas(64) int32_t counts[kLanes];
  for (int line = 0; line < kLines; ++line) {
    store(hz[line], centres[line]);
    store(dbm0[line], select(count > line, toneDbm0(sums[line]), Floats{}));
  }
  store(levels, toneDbm0(total));
  store(totals, total);
  store(purities, select(some, (sums[0] + sums[1] + sums[2]) / select(some, total, splat(1.0f)), Floats{}));
  store(counts, count);
  for (int lane = 0; lane < group.count; ++lane) {
    ToneFrame& frame = out[lane]->tone;
    for (int line = 0; line < kLines; ++line) frame.lines[line] = {hz[line][lane], dbm0[line][lane]};
    frame.count = counts[lane];
    frame.dbm0 = levels[lane];
    frame.purity = purities[lane];
    frame.tonal = frame.count > 0 && frame.purity >= kTonalPurity;
    frame.steady = false;
    frame.power = totals[lane];
    frame.overtones = frame.count == 1 ? overtonesOf(laneOf(power, lane), frame.lines[0].hz) : 0;
  }
}

// A channel's bins side by side, instead of the channels'.
CPD_LANES_INLINE void transposeBins(Floats* bins) {
  Ints square[kLanes];
  for (int i = 0; i < kLanes; ++i) square[i] = asInts(bins[i]);
  transpose(square);
  for (int i = 0; i < kLanes; ++i) bins[i] = asFloats(square[i]);
}

constexpr float kBackgroundMargin =
    2;                               // taken out above the quietest: its lines waver by noise and each other
constexpr float kFallMargin = 1.5f;  // background is never more than so many times what sounds now
constexpr float kFall = 0.6f;  // in one frame: where a tone begins or ends it may cancel the hum for a moment

CPD_LANES_INLINE void takeOutBackground(Floats* power, const Group& group, FrontEndFrame* const* out) {
  bool some = false;
  for (int lane = 0; lane < group.count; ++lane)
    some = some || group.in[lane]->background.background != nullptr;
  for (int first = 0; first < BackgroundBins::kBins; first += kLanes) {
    Floats bins[kLanes];
    for (int i = 0; i < kLanes; ++i) bins[i] = power[first + i];
    transposeBins(bins);
    for (int lane = 0; lane < group.count; ++lane) {
      const BackgroundBins& b = group.in[lane]->background;
      const Floats now = bins[lane];
      store(out[lane]->bins + first, now);
      if (b.quietest != nullptr) {
        store(b.quietest + first, b.beginsBlock ? now : min(now, loadFloats(b.quietest + first)));
        store(b.loudest + first, b.beginsBlock ? now : max(now, loadFloats(b.loudest + first)));
      }
      if (b.background == nullptr) continue;
      Floats background = loadFloats(b.background + first);
      if (b.quietest != nullptr) {
        background = min(background, max(kFallMargin * now, kFall * background));
        store(b.background + first, background);
      }
      bins[lane] = max(now - kBackgroundMargin * background, Floats{});
    }
    if (!some) continue;
    transposeBins(bins);
    for (int i = 0; i < kLanes; ++i) power[first + i] = bins[i];
  }
}

CPD_LANES_INLINE void measureTones(Windowed& windowed, const Group& group, FrontEndFrame* const* out) {
  Floats power[kToneBins];
  powerSpectrum<kToneBins>(windowed.toneRe, windowed.toneIm, kFrontEndTables.toneOrder, power);
  takeOutBackground(power, group, out);
  const Floats total = sumOf(power, kFirstBin, kToneBins);
  alignas(64) float v21[kLanes], baudot[kLanes];
  store(v21, sumOf(power, 98, 127));                             // 1530 to 1970 Hz
  store(baudot, sumOf(power, 85, 95) + sumOf(power, 111, 121));  // 1330 to 1470, 1730 to 1875 Hz
  for (int lane = 0; lane < group.count; ++lane) {
    out[lane]->v21Power = v21[lane];
    out[lane]->baudotPower = baudot[lane];
  }
  measureLines(power, total, group, out);
}

// The spectrum of 31.25 Hz steps.
constexpr float kVoiceBinHz = 31.25f;
constexpr int kVoiceBins = kVoiceWindowSamples / 2;
constexpr int binOf(int hz) { return static_cast<int>(static_cast<float>(hz) / kVoiceBinHz + 0.5f); }
constexpr int kLowBin = binOf(100), kHighBin = binOf(3900);
constexpr int kLineBins = 2;  // a steady line with a Hann window lies within two bins of its peak

CPD_LANES_INLINE Floats voiceDbm0(Floats meanSquare) {
  return max(10.0f * log10(meanSquare + 1e-12f) + kDbm0OfFullScale, splat(-90.0f));
}

// Three neighbours and the five bins around a place that differs from lane to lane.
struct Around {
  Floats before, at, after, sum;
};
CPD_LANES_INLINE Around aroundOf(const Floats* power, Ints place) {
  alignas(64) float before[kLanes], at[kLanes], after[kLanes], sum[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    const int k = place[lane];
    const LaneView p = laneOf(power, lane);
    before[lane] = p[k - 1];
    at[lane] = p[k];
    after[lane] = p[k + 1];
    sum[lane] =
        ((k > 2 ? p[k - 2] : 0.0f) + p[k - 1]) + p[k] + (p[k + 1] + (k < kVoiceBins - 2 ? p[k + 2] : 0.0f));
  }
  return {loadFloats(before), loadFloats(at), loadFloats(after), loadFloats(sum)};
}

// Frequency of a line from its three bins: parabola through the logarithms.
CPD_LANES_INLINE Floats interpolatedHz(const Around& line, Ints place) {
  const Floats a = log(line.before + 1e-20f), b = log(line.at + 1e-20f), c = log(line.after + 1e-20f);
  const Floats curve = a - 2.0f * b + c;
  const Ints sharp = curve < -1e-6f;
  const Floats offset = select(sharp, 0.5f * (a - c) / select(sharp, curve, splat(-1.0f)), splat(0.0f));
  return (toFloats(place) + clamp(offset, -0.5f, 0.5f)) * kVoiceBinHz;
}

CPD_LANES_INLINE void measureKeypad(const Floats* power, Floats total, const Group& group,
                                    FrontEndFrame* const* out) {
  const Greatest row = greatestOf<0>(power, binOf(640), binOf(1010), nullptr);
  const Greatest column = greatestOf<0>(power, binOf(1140), binOf(1710), nullptr);
  // A channel without power has its greatest at bin 0: nothing is read beyond it.
  const Ints rowPlace = select(row.place > 1, row.place, splat(binOf(640)));
  const Ints columnPlace = select(column.place > 1, column.place, splat(binOf(1140)));
  const Around rowAround = aroundOf(power, rowPlace), columnAround = aroundOf(power, columnPlace);
  alignas(64) float hz[2][kLanes], sum[2][kLanes], totals[kLanes];
  store(hz[0], interpolatedHz(rowAround, rowPlace));
  store(hz[1], interpolatedHz(columnAround, columnPlace));
  store(sum[0], rowAround.sum);
  store(sum[1], columnAround.sum);
  store(totals, total);
  for (int lane = 0; lane < group.count; ++lane) {
    KeypadLines& k = out[lane]->keypad;
    k.rowHz = hz[0][lane];
    k.rowPower = sum[0][lane];
    k.columnHz = hz[1][lane];
    k.columnPower = sum[1][lane];
    k.power = totals[lane];
  }
}

CPD_LANES_INLINE void measureVoice(const Floats* power, const Floats* fine, Ints allEqual, const Group& group,
                                   FrontEndFrame* const* out) {
  constexpr int kFigures = 5 + kVoiceBands + kFineBands;
  alignas(64) float figures[kFigures][kLanes];
  Floats voice = {};
  for (int b = 0; b < kVoiceBands; ++b) {
    const Floats band = fine[2 * b + 2] + fine[2 * b + 3];
    voice += band;
    store(figures[5 + b], voiceDbm0(band));
  }
  for (int b = 0; b < kFineBands; ++b) store(figures[5 + kVoiceBands + b], voiceDbm0(fine[b]));
  const Floats total = sumOf(power, kLowBin, kHighBin + 1);
  Greatest peak = greatestOf<0>(power, kLowBin, kHighBin + 1, nullptr);
  peak.place = select(peak.place > 1, peak.place, splat(kLowBin));
  const Taken taken = {peak.place - 2 * kLineBins, peak.place + 2 * kLineBins};
  Greatest second = greatestOf<1>(power, kLowBin, kHighBin + 1, &taken);
  second.place = select(second.place > 1, second.place, splat(kHighBin));
  const Around line = aroundOf(power, peak.place), other = aroundOf(power, second.place);
  store(figures[0], voiceDbm0(voice));
  store(figures[1], interpolatedHz(line, peak.place));
  store(figures[2], voiceDbm0(line.sum));
  store(figures[3], min(splat(1.0f), line.sum / (total + 1e-12f)));
  store(figures[4], min(splat(1.0f), (line.sum + other.sum) / (total + 1e-12f)));
  for (int lane = 0; lane < group.count; ++lane) {
    FrameFeatures& f = out[lane]->voice;
    f.lost = false;
    f.digitalSilence = allEqual[lane] != 0;
    f.levelDbm0 = figures[0][lane];
    f.peakHz = figures[1][lane];
    f.peakDbm0 = figures[2][lane];
    f.purity = figures[3][lane];
    f.pairPurity = figures[4][lane];
    f.voicing = 0;
    f.pitchHz = 0;
    for (int b = 0; b < kVoiceBands; ++b) f.bandDbm0[b] = figures[5 + b][lane];
    for (int b = 0; b < kFineBands; ++b) f.fineDbm0[b] = figures[5 + kVoiceBands + b][lane];
  }
}

template <bool kTones>
CPD_LANES_INLINE void measureGroup(const Group& group, FrontEndFrame* const* out, bool voice) {
  Windowed windowed;
  load<kTones>(group, windowed);
  if (kTones) measureTones(windowed, group, out);
  Floats power[kVoiceBins], fine[kFineBands], total = {};
  powerSpectrum<kVoiceBins>(windowed.voiceRe, windowed.voiceIm, kFrontEndTables.voiceOrder, power);
  for (int b = 0; b < kFineBands; ++b) {
    fine[b] = sumOf(power, binOf(kFineBandEdgesHz[b]), binOf(kFineBandEdgesHz[b + 1]));
    total += fine[b];
  }
  if (kTones) measureKeypad(power, total, group, out);
  if (voice) measureVoice(power, fine, windowed.allEqual, group, out);
}

void measure(const FrontEndInput* const* in, FrontEndFrame* const* out, int count, bool voice) {
  for (int at = 0; at < count; at += kLanes) measureGroup<true>(Group(in + at, count - at), out + at, voice);
}

void measureQuiet(const FrontEndInput* const* in, FrontEndFrame* const* out, int count) {
  for (int at = 0; at < count; at += kLanes) measureGroup<false>(Group(in + at, count - at), out + at, true);
}

// Each lane has a channel and a frequency of its own.
void follow(const FrontEndInput* const* in, const int* line, FollowedLine* const* out, int count) {
  constexpr int kStepSamples = 40, kSamples = FollowedLine::kSteps * kStepSamples;
  constexpr int kLoaded = (kSamples + 31) / 32 * 32;
  for (int at = 0; at < count; at += kLanes) {
    const Group group(in + at, count - at);
    alignas(64) float cosines[kLanes], sines[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const int given = at + (lane < group.count ? lane : 0);
      const FollowedStep& step = group.in[lane]->steps[line[given]];
      cosines[lane] = step.cosine;
      sines[lane] = step.sine;
    }
    // One oscillator for the even samples and one for the odd.
    Floats oddC = loadFloats(cosines), oddS = loadFloats(sines);
    const Floats stepC = oddC * oddC - oddS * oddS, stepS = 2.0f * oddC * oddS;
    Floats evenC = splat(1.0f), evenS = {};
    Floats pairRe = {}, pairIm = {};
    alignas(64) float re[FollowedLine::kSteps][kLanes], im[FollowedLine::kSteps][kLanes];
    int sample = kSamples - kLoaded;  // 0: the first that counts
    for (int before = kLoaded; before > 0; before -= kSamplesAtOnce) {
      Ints pairs[kPairsAtOnce];
      group.load(before, pairs);
      for (int i = 0; i < kPairsAtOnce; ++i, sample += 2) {
        if (sample < 0) continue;
        const Floats even = toFloats(firstOf(pairs[i])), odd = toFloats(secondOf(pairs[i]));
        pairRe += even * evenC + odd * oddC;
        pairIm += even * evenS + odd * oddS;
        const Floats nextEven = evenC * stepC - evenS * stepS, nextOdd = oddC * stepC - oddS * stepS;
        evenS = evenC * stepS + evenS * stepC;
        oddS = oddC * stepS + oddS * stepC;
        evenC = nextEven;
        oddC = nextOdd;
        if (sample % kStepSamples == kStepSamples - 2) {
          store(re[sample / kStepSamples], pairRe);
          store(im[sample / kStepSamples], pairIm);
          pairRe = pairIm = Floats{};
        }
      }
    }
    for (int lane = 0; lane < group.count; ++lane) {
      for (int s = 0; s < FollowedLine::kSteps; ++s) {
        out[at + lane]->re[s] = re[s][lane];
        out[at + lane]->im[s] = im[s][lane];
      }
    }
  }
}

// 1 / sqrt(x), x > 0, relative error below 3e-7: three steps of Newton's method from the well-known guess by
// the halved exponent.
CPD_LANES_INLINE Floats inverseSqrt(Floats x) {
  Floats y = asFloats(0x5f3759df - (asInts(x) >> 1));
  const Floats half = 0.5f * x;
  y = y * (1.5f - half * y * y);
  y = y * (1.5f - half * y * y);
  y = y * (1.5f - half * y * y);
  return y;
}

// Highest peak of the normalised autocorrelation, at 4 kHz, of 45 ms.
void pitch(const FrontEndInput* const* in, FrontEndFrame* const* out, int count) {
  constexpr int kMinLag = 10, kMaxLag = 57;  // 400 to 70 Hz
  constexpr int kPoints = 180, kWindow = kPoints - kMaxLag;
  constexpr int kLags = kMaxLag - kMinLag + 1, kLagsAtOnce = 8;
  constexpr int kLoadedPairs = 192;
  static_assert(kLags % kLagsAtOnce == 0);
  for (int at = 0; at < count; at += kLanes) {
    const Group group(in + at, count - at);
    Ints sums[kLoadedPairs + 1];  // of each pair: even + 2 odd; the next pair's even is added to it
    for (int pair = 0; pair < kLoadedPairs; pair += kPairsAtOnce) {
      Ints pairs[kPairsAtOnce];
      group.load(2 * (kLoadedPairs - pair), pairs);
      for (int i = 0; i < kPairsAtOnce; ++i) {
        const Ints even = firstOf(pairs[i]);
        if (pair + i > 0) sums[pair + i - 1] += even;
        sums[pair + i] = even + 2 * secondOf(pairs[i]);
      }
    }
    const Ints* const whole = sums + kLoadedPairs - 1 - kPoints;
    Floats centred[kPoints], mean = {};
    for (int i = 0; i < kPoints; ++i) {
      centred[i] = toFloats(whole[i]);
      mean += centred[i];
    }
    mean *= 1.0f / kPoints;
    for (int i = 0; i < kPoints; ++i) centred[i] -= mean;
    const Floats* const x = centred + kMaxLag;
    Floats energy = {}, lagged = {};
    for (int i = 0; i < kWindow; ++i) {
      energy += x[i] * x[i];
      lagged += x[i - kMinLag] * x[i - kMinLag];
    }
    Floats r[kLags];
    for (int lag = 0; lag < kLags; lag += kLagsAtOnce) {
      const Floats* const y = x - kMinLag - lag;
      Floats sum[kLagsAtOnce] = {};
      for (int i = 0; i < kWindow; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < kLagsAtOnce; ++j) sum[j] += x[i] * y[i - j];
      }
      for (int j = 0; j < kLagsAtOnce; ++j) r[lag + j] = sum[j];
    }
    for (int i = 0; i < kLags; ++i) {
      const Floats* const y = x - kMinLag - i;
      r[i] *= inverseSqrt(energy * max(lagged, Floats{}) + 1e-6f);
      if (i + 1 < kLags) lagged += y[-1] * y[-1] - y[kWindow - 1] * y[kWindow - 1];
    }
    // A multiple of the period fits as well as the period: a later peak must be clearly better.
    Floats best = {}, bestLag = {};
    for (int i = 1; i + 1 < kLags; ++i) {
      const Ints better = (r[i] >= r[i - 1]) & (r[i] >= r[i + 1]) & (r[i] > best * 1.05f);
      best = select(better, r[i], best);
      bestLag = select(better, splat(static_cast<float>(i + kMinLag)), bestLag);
    }
    alignas(64) float voicing[kLanes], lags[kLanes];
    store(voicing, clamp(best, 0.0f, 1.0f));
    store(lags, bestLag);
    for (int lane = 0; lane < group.count; ++lane) {
      out[at + lane]->voice.voicing = voicing[lane];
      out[at + lane]->voice.pitchHz = lags[lane] > 0 ? 4000.0f / lags[lane] : 0;
    }
  }
}

}  // namespace
}  // namespace CPD_LANES_ISA
}  // namespace cpd
