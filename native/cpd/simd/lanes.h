// Lanes: one channel in each lane of a vector, the same IEEE operation for all of them.
//
// A kernel is a file that includes this one and is compiled once per instruction set, in a namespace of its
// own:
//
//   #pragma GCC target("avx2")          // after every other #include
//   #define CPD_LANES 8                 // 16 with AVX-512, 8 with AVX2, 4 otherwise (SSE2, NEON)
//   #define CPD_LANES_ISA avx2
//   #include "cpd/some_kernel.h"
//
// Whoever calls it takes 16 channels at a time and the kernel goes through them kLanes at a time. A lane
// never sees its neighbours, every operation here is exact IEEE arithmetic or made of it, and the build has
// -ffp-contract=off: so the result of a channel is bit for bit the same with 4, 8 or 16 lanes, in whichever
// lane. exp, log and tanh are polynomials for the same reason: a libm differs from machine to machine.
//
// Kernels use nothing of the standard library: an inline function of it, compiled for AVX-512, could be the
// one that the linker keeps for everybody.
#pragma once

#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef CPD_LANES
#define CPD_LANES 4
#define CPD_LANES_ISA baseline
#endif

#define CPD_LANES_INLINE inline __attribute__((always_inline))

namespace cpd {
inline namespace CPD_LANES_ISA {

inline constexpr int kLanes = CPD_LANES;

using Floats = float __attribute__((vector_size(4 * CPD_LANES)));
using Ints = int32_t __attribute__((vector_size(4 * CPD_LANES)));  // of a comparison: -1 true, 0 false

CPD_LANES_INLINE Floats splat(float x) { return Floats{} + x; }
CPD_LANES_INLINE Ints splat(int32_t x) { return Ints{} + x; }

// `from`, `to`: kLanes figures, at any address.
CPD_LANES_INLINE Floats loadFloats(const float* from) {
  Floats x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}
CPD_LANES_INLINE Ints loadInts(const int32_t* from) {
  Ints x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}
CPD_LANES_INLINE void store(float* to, Floats x) { __builtin_memcpy(to, &x, sizeof x); }
CPD_LANES_INLINE void store(int32_t* to, Ints x) { __builtin_memcpy(to, &x, sizeof x); }

CPD_LANES_INLINE Floats toFloats(Ints x) { return __builtin_convertvector(x, Floats); }
// Towards zero; |x| < 2^31.
CPD_LANES_INLINE Ints toInts(Floats x) { return __builtin_convertvector(x, Ints); }
// To the nearest, of two the even one; |x| < 2^22.
CPD_LANES_INLINE Ints roundToInts(Floats x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23
  return toInts((x + kRound) - kRound);
}
CPD_LANES_INLINE Floats asFloats(Ints x) { return reinterpret_cast<Floats>(x); }
CPD_LANES_INLINE Ints asInts(Floats x) { return reinterpret_cast<Ints>(x); }

// Two figures of 16 bits in each lane, the first in the lower half.
CPD_LANES_INLINE Ints pairOf(Ints first, Ints second) { return (first & 0xffff) | (second << 16); }

// Of such pairs: the product of the first two and that of the second two, added. Not for four times -32768.
CPD_LANES_INLINE Ints multiplyPairs(Ints a, Ints b) {
#if CPD_LANES == 16
  return (Ints)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif CPD_LANES == 8
  return (Ints)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
  return (Ints)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

CPD_LANES_INLINE Floats select(Ints condition, Floats yes, Floats no) { return condition ? yes : no; }
CPD_LANES_INLINE Ints select(Ints condition, Ints yes, Ints no) { return condition ? yes : no; }

// Neither takes NaN.
CPD_LANES_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }
CPD_LANES_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
CPD_LANES_INLINE Floats clamp(Floats x, float low, float high) {
  return min(max(x, splat(low)), splat(high));
}
CPD_LANES_INLINE Floats abs(Floats x) { return asFloats(asInts(x) & splat(0x7fffffff)); }

CPD_LANES_INLINE bool any(Ints condition) {
#if CPD_LANES == 16
  return _mm512_test_epi32_mask((__m512i)condition, (__m512i)condition) != 0;
#elif CPD_LANES == 8
  return _mm256_movemask_ps((__m256)condition) != 0;
#elif defined(__x86_64__)
  return _mm_movemask_ps((__m128)condition) != 0;
#else
  bool found = false;
  for (int i = 0; i < kLanes; ++i) found = found || condition[i] != 0;
  return found;
#endif
}

// Correctly rounded everywhere.
CPD_LANES_INLINE Floats sqrt(Floats x) {
#if CPD_LANES == 16
  return (Floats)_mm512_maskz_sqrt_ps(0xffff, (__m512)x);  // the plain one warns in GCC 12
#elif CPD_LANES == 8
  return (Floats)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__)
  return (Floats)_mm_sqrt_ps((__m128)x);
#elif defined(__aarch64__)
  return (Floats)vsqrtq_f32((float32x4_t)x);
#else
  for (int i = 0; i < kLanes; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

// Natural logarithm, relative error below 2e-7; log(x) for x < 1.2e-38 is that of 1.2e-38.
// Cephes' logf: mantissa in [sqrt(1/2), sqrt(2)), polynomial of degree 8 beyond x - x^2/2.
CPD_LANES_INLINE Floats log(Floats x) {
  constexpr float kLeast = 1.17549435e-38f;
  x = max(x, splat(kLeast));
  const Ints bits = asInts(x);
  Floats exponent = toFloats((bits >> 23) - 126);
  Floats m = asFloats((bits & 0x007fffff) | 0x3f000000);  // [0.5, 1)
  const Ints low = m < 0.707106781186547524f;
  exponent -= select(low, splat(1.0f), splat(0.0f));
  m = m - 1.0f + select(low, m, splat(0.0f));
  const Floats z = m * m;
  Floats y = splat(7.0376836292e-2f);
  y = y * m - 1.1514610310e-1f;
  y = y * m + 1.1676998740e-1f;
  y = y * m - 1.2420140846e-1f;
  y = y * m + 1.4249322787e-1f;
  y = y * m - 1.6668057665e-1f;
  y = y * m + 2.0000714765e-1f;
  y = y * m - 2.4999993993e-1f;
  y = y * m + 3.3333331174e-1f;
  y = y * m * z;
  y += exponent * -2.12194440e-4f;
  y -= 0.5f * z;
  return m + y + exponent * 0.693359375f;
}

CPD_LANES_INLINE Floats log2(Floats x) { return log(x) * 1.44269504088896341f; }
CPD_LANES_INLINE Floats log10(Floats x) { return log(x) * 0.434294481903251828f; }

// Relative error below 2e-7; x is limited to [-87, 88]. Cephes' expf: 2^n times a polynomial of degree 7.
CPD_LANES_INLINE Floats exp(Floats x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  x = clamp(x, -87.0f, 88.0f);
  const Floats n = (x * 1.44269504088896341f + kRound) - kRound;
  x -= n * 0.693359375f;
  x -= n * -2.12194440e-4f;
  Floats y = splat(1.9875691500e-4f);
  y = y * x + 1.3981999507e-3f;
  y = y * x + 8.3334519073e-3f;
  y = y * x + 4.1665795894e-2f;
  y = y * x + 1.6666665459e-1f;
  y = y * x + 5.0000001201e-1f;
  y = y * x * x + x + 1.0f;
  return y * asFloats((toInts(n) + 127) << 23);
}

// Error below 4e-7. The rational approximation of Eigen's fast tanh: odd of degree 13 over even of degree 6.
CPD_LANES_INLINE Floats tanh(Floats x) {
  x = clamp(x, -7.90531110763549805f, 7.90531110763549805f);
  const Floats z = x * x;
  Floats p = splat(-2.76076847742355e-16f);
  p = p * z + 2.00018790482477e-13f;
  p = p * z - 8.60467152213735e-11f;
  p = p * z + 5.12229709037114e-08f;
  p = p * z + 1.48572235717979e-05f;
  p = p * z + 6.37261928875436e-04f;
  p = p * z + 4.89352455891786e-03f;
  Floats q = splat(1.19825839466702e-06f);
  q = q * z + 1.18534705686654e-04f;
  q = q * z + 2.26843463243900e-03f;
  q = q * z + 4.89352518554385e-03f;
  return p * x / q;
}

// 1 / (1 + e^-x), error below 3e-7.
CPD_LANES_INLINE Floats sigmoid(Floats x) { return 0.5f * tanh(0.5f * x) + 0.5f; }

// First (and second) halves of a and b, figure by figure: a0 b0 a1 b1 ...
#if CPD_LANES == 16
CPD_LANES_INLINE Ints interleaveLow(Ints a, Ints b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
CPD_LANES_INLINE Ints interleaveHigh(Ints a, Ints b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#elif CPD_LANES == 8
CPD_LANES_INLINE Ints interleaveLow(Ints a, Ints b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
CPD_LANES_INLINE Ints interleaveHigh(Ints a, Ints b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
#else
CPD_LANES_INLINE Ints interleaveLow(Ints a, Ints b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
CPD_LANES_INLINE Ints interleaveHigh(Ints a, Ints b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
#endif

// Within each four figures: the first (last) two of a and b, figure by figure; the first (last) pair of each.
#if CPD_LANES == 16
#define CPD_EACH_FOUR(a, b, i, j, k, l)                                                                     \
  __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, l + 8, i + 12, \
                          j + 12, k + 12, l + 12)
#elif CPD_LANES == 8
#define CPD_EACH_FOUR(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l, i + 4, j + 4, k + 4, l + 4)
#else
#define CPD_EACH_FOUR(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#endif
CPD_LANES_INLINE Ints unpackLow(Ints a, Ints b) { return CPD_EACH_FOUR(a, b, 0, kLanes, 1, kLanes + 1); }
CPD_LANES_INLINE Ints unpackHigh(Ints a, Ints b) { return CPD_EACH_FOUR(a, b, 2, kLanes + 2, 3, kLanes + 3); }
CPD_LANES_INLINE Ints unpackLowPairs(Ints a, Ints b) { return CPD_EACH_FOUR(a, b, 0, 1, kLanes, kLanes + 1); }
CPD_LANES_INLINE Ints unpackHighPairs(Ints a, Ints b) {
  return CPD_EACH_FOUR(a, b, 2, 3, kLanes + 2, kLanes + 3);
}
#undef CPD_EACH_FOUR

// kLanes rows of kLanes figures become columns: row i in, figure i of every row out.
CPD_LANES_INLINE void transpose(Ints (&rows)[kLanes]) {
  for (int stage = 1; stage < kLanes; stage *= 2) {
    Ints next[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes / 2; ++i) {
      next[2 * i] = interleaveLow(rows[i], rows[i + kLanes / 2]);
      next[2 * i + 1] = interleaveHigh(rows[i], rows[i + kLanes / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

// Four figures of each of kLanes rows become four vectors: figure i of every row.
CPD_LANES_INLINE void loadColumns(const int32_t* const (&rows)[kLanes], int at, Ints (&columns)[4]) {
  using Quarter = int32_t __attribute__((vector_size(16)));
  const auto quarter = [&rows, at ](int row) __attribute__((always_inline)) {
    Quarter x;
    __builtin_memcpy(&x, rows[row] + at, sizeof x);
    return x;
  };
  Ints q[4];
  for (int i = 0; i < 4; ++i) {
#if CPD_LANES == 16
    __m512i x = _mm512_castsi128_si512((__m128i)quarter(i));
    x = _mm512_inserti32x4(x, (__m128i)quarter(4 + i), 1);
    x = _mm512_inserti32x4(x, (__m128i)quarter(8 + i), 2);
    q[i] = (Ints)_mm512_inserti32x4(x, (__m128i)quarter(12 + i), 3);
#elif CPD_LANES == 8
    q[i] = (Ints)_mm256_inserti128_si256(_mm256_castsi128_si256((__m128i)quarter(i)), (__m128i)quarter(4 + i),
                                         1);
#else
    q[i] = quarter(i);
#endif
  }
  const Ints ab0 = unpackLow(q[0], q[1]), ab1 = unpackHigh(q[0], q[1]);
  const Ints cd0 = unpackLow(q[2], q[3]), cd1 = unpackHigh(q[2], q[3]);
  columns[0] = unpackLowPairs(ab0, cd0);
  columns[1] = unpackHighPairs(ab0, cd0);
  columns[2] = unpackLowPairs(ab1, cd1);
  columns[3] = unpackHighPairs(ab1, cd1);
}

}  // namespace CPD_LANES_ISA
}  // namespace cpd
