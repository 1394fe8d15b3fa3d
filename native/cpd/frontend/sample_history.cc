#include "cpd/frontend/sample_history.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace cpd {

namespace {

constexpr int kDropped = 6;  // last bits of the sum of two squares, so that all of them fit

}  // namespace

float frameMeanSquare(const int16_t* samples) {
  uint32_t sum = 0;
#if defined(__x86_64__)
  __m128i sums = _mm_setzero_si128();
  for (int i = 0; i < kFrameSamples; i += 8) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(samples + i));
    sums = _mm_add_epi32(sums, _mm_srli_epi32(_mm_madd_epi16(x, x), kDropped));
  }
  alignas(16) uint32_t parts[4];
  _mm_store_si128(reinterpret_cast<__m128i*>(parts), sums);
  for (const uint32_t part : parts) sum += part;
#else
  for (int i = 0; i < kFrameSamples; i += 2) {
    const int32_t a = samples[i], b = samples[i + 1];
    sum += (static_cast<uint32_t>(a * a) + static_cast<uint32_t>(b * b)) >> kDropped;
  }
#endif
  return static_cast<float>(sum) * (static_cast<float>(1 << kDropped) / kFrameSamples);
}

}  // namespace cpd
