// The lines of the tone receiver in a group's spectra. Part of the front end's kernel (front_end_kernel.h),
// compiled once per instruction set.
#pragma once

#include "cpd/frontend/front_end_spectrum.h"

namespace cpd {
inline namespace CPD_LANES_ISA {
namespace {

// The lines of the tone receiver, in a spectrum of 15.625 Hz steps. Everything counts from 156 Hz up, so that
// hum and offset do not. Lines are looked for where tones are. A pair closer than about 65 Hz and a modulated
// carrier make one line.
constexpr int kToneBins = kToneWindowSamples / 2;
constexpr int kFirstBin = 10;
constexpr int kFirstLineBin = 16;  // 250 Hz
constexpr int kLastLineBin = 183;  // 2859 Hz: beeps of 2800 Hz
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

}  // namespace
}  // namespace CPD_LANES_ISA
}  // namespace cpd
