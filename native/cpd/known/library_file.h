// The file of a site's known recordings.
//
//   cpd-recordings 1        and a line feed
//   u32 number of recordings, then each: text name, u8 verdict, u8 SIT category, u8 origin, u32 when it became
//   known (seconds since 1970, UTC), u32 numbers it was heard from by then, u16 number of prints, u32 prints
//   u32 CRC-32 of everything before it
//
// Numbers little-endian, texts UTF-8 with a length byte, verdicts and categories by their places in types.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpd/known/library.h"

namespace cpd::known {

// By an engineer, by calls, by another site.
enum class Origin : uint8_t { kTaught, kLearnt, kImported };
inline constexpr Origin kLastOrigin = Origin::kImported;

struct StoredRecording {
  Recording recording;
  Origin origin = Origin::kTaught;
  uint32_t knownSince = 0;
  uint32_t numbers = 0;
};

inline constexpr size_t kMostNameBytes = 80;

// Throws std::invalid_argument, naming the recording and what is wrong with it.
std::vector<uint8_t> writeRecordings(std::span<const StoredRecording> recordings);

// Throws std::invalid_argument saying what is wrong with the bytes. What was read passes writeRecordings().
std::vector<StoredRecording> readRecordings(std::span<const uint8_t> bytes);

}  // namespace cpd::known
