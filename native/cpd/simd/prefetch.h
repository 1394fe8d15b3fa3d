// A hint to the processor: with thousands of channels their state is in none of its nearer caches when their
// frame comes.
#pragma once

#include <cstddef>

namespace cpd {

inline constexpr std::size_t kCacheLine = 64;

inline void prefetch(const void* from, std::size_t bytes) {
  const auto* const line = static_cast<const char*>(from);
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(line + at, 1);
}

// What lies from one member up to another.
inline void prefetchFromTo(const void* from, const void* to) {
  prefetch(from, static_cast<std::size_t>(static_cast<const char*>(to) - static_cast<const char*>(from)));
}

inline void prefetchToRead(const void* from, std::size_t bytes) {
  const auto* const line = static_cast<const char*>(from);
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(line + at, 0);
}

}  // namespace cpd
