// The front end in lanes. Compiled once per instruction set by front_end_*.cc; see lanes.h for the rules.
#include "cpd/frontend/front_end_spectrum.h"
#include "cpd/frontend/front_end_tone_lines.h"

namespace cpd {
inline namespace CPD_LANES_ISA {
namespace {

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
