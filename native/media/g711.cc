#include "media/g711.h"

#include <algorithm>

namespace media {

namespace {

constexpr int kUlawBias = 0x84;
constexpr int kUlawClip = 32635;

int topBit(int value) {
  int bit = 0;
  while (value > 1) {
    value >>= 1;
    ++bit;
  }
  return bit;
}

}  // namespace

uint8_t encodeAlaw(int16_t sample) {
  const int sign = sample < 0 ? 0x00 : 0x80;
  const int magnitude = (sample < 0 ? -(sample + 1) : sample) >> 4;  // 0 to 2047
  const int segment = magnitude < 16 ? 0 : topBit(magnitude) - 3;
  const int mantissa = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0f;
  return static_cast<uint8_t>((sign | segment << 4 | mantissa) ^ 0x55);
}

int16_t decodeAlaw(uint8_t code) {
  const int bits = code ^ 0x55;
  const int segment = bits >> 4 & 7;
  int magnitude = (bits & 0x0f) * 2 + 1;
  if (segment > 0) magnitude = (magnitude + 32) << (segment - 1);
  magnitude <<= 3;
  return static_cast<int16_t>(bits & 0x80 ? magnitude : -magnitude);
}

uint8_t encodeUlaw(int16_t sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  const int magnitude = std::min(sample < 0 ? -static_cast<int>(sample) : sample, kUlawClip) + kUlawBias;
  const int segment = topBit(magnitude) - 7;
  const int mantissa = magnitude >> (segment + 3) & 0x0f;
  return static_cast<uint8_t>(~(sign | segment << 4 | mantissa));
}

int16_t decodeUlaw(uint8_t code) {
  const int bits = static_cast<uint8_t>(~code);
  const int segment = bits >> 4 & 7;
  const int magnitude = ((((bits & 0x0f) << 3) + kUlawBias) << segment) - kUlawBias;
  return static_cast<int16_t>(bits & 0x80 ? -magnitude : magnitude);
}

}  // namespace media
