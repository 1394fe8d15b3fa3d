// Chance that is the same on every run: drawn from a seed, never from the machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace board::sim {

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, good enough for noise and for drawing lots.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // 0 up to, not including, 1.
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  double between(double low, double high) { return low + (high - low) * fraction(); }

  int32_t whole(int32_t low, int32_t high) {  // both included
    return low + static_cast<int32_t>(next() % static_cast<uint64_t>(high - low + 1));
  }

  bool chance(double probability) { return fraction() < probability; }

 private:
  uint64_t state_;
};

// FNV-1a, so that a number draws the same lots in every process.
inline uint64_t hashOf(std::string_view text, uint64_t seed) {
  uint64_t h = 0xCBF29CE484222325u ^ (seed * 0x9E3779B97F4A7C15u);
  for (const char c : text) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  return h;
}

}  // namespace board::sim
