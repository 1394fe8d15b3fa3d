// Sixteen bytes at a time, for what looks back over the history of one channel: whole numbers, so that the
// result is the same everywhere. Every processor of ours has such vectors (SSE2, NEON).
#pragma once

#include <cstdint>
#include <cstring>

namespace cpd {

inline constexpr int kBytes = 16;

using Bytes = uint8_t __attribute__((vector_size(kBytes)));  // of a comparison: 255 true, 0 false
using Shorts = int16_t __attribute__((vector_size(kBytes)));

inline Bytes loadBytes(const uint8_t* from) {
  Bytes x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
inline void store(uint8_t* to, Bytes x) { std::memcpy(to, &x, sizeof x); }

inline Bytes splatByte(int x) { return Bytes{} + static_cast<uint8_t>(x); }
inline Bytes atLeast(Bytes x, Bytes least) { return reinterpret_cast<Bytes>(x >= least); }
inline Bytes isZero(Bytes x) { return reinterpret_cast<Bytes>(x == Bytes{}); }

inline bool anyByte(Bytes x) {
  uint64_t halves[2];
  std::memcpy(halves, &x, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

inline int sumOfBytes(Bytes x) {
  constexpr uint64_t kEven = 0x00ff00ff00ff00ff;
  uint64_t halves[2];
  std::memcpy(halves, &x, sizeof halves);
  const uint64_t fours =
      (halves[0] & kEven) + (halves[0] >> 8 & kEven) + (halves[1] & kEven) + (halves[1] >> 8 & kEven);
  return static_cast<int>(fours * 0x0001000100010001 >> 48);
}

// Bytes 0, 2, 4 ... of a and then of b; and 1, 3, 5 ...
inline Bytes evenBytes(Bytes a, Bytes b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
inline Bytes oddBytes(Bytes a, Bytes b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

// The first (last) eight bytes as numbers of 16 bits.
inline Bytes lowShorts(Bytes x) {
  return __builtin_shufflevector(x, Bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Bytes highShorts(Bytes x) {
  return __builtin_shufflevector(x, Bytes{}, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

}  // namespace cpd
