// Spectra in lanes: samples of a group of channels under their windows, their transform and its power. Part
// of the front end's kernel (front_end_kernel.h), compiled once per instruction set.
#pragma once

#include "cpd/frontend/front_end_tables.h"
#include "cpd/simd/lanes.h"

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

}  // namespace
}  // namespace CPD_LANES_ISA
}  // namespace cpd
