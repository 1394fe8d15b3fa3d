// The tones that the detector tells apart, and the word for each that logs, recordings and TypeScript use.
#pragma once

#include <cstdint>

namespace cpd {

// Same words and order as src/domain/tone.ts; a test compares the two.
enum class ToneId : uint8_t {
  kNone,
  kDialtone,
  kRingback,
  kBusy,
  kCongestion,
  kNumberUnobtainable,
  kSit,     // special information tone; its category is a SitCategory
  kFaxCed,  // answer of a fax machine, 2100 Hz
  kFaxCng,  // call of a fax machine, 1100 Hz
  kFaxV21,  // flags of V.21
  kAnsam,   // answer of V.8, 2100 Hz modulated by 15 Hz
  kModem,
  kTty,  // Baudot text telephone
  kDtmf,
};
inline constexpr ToneId kLastToneId = ToneId::kDtmf;
inline constexpr int kToneIds = static_cast<int>(kLastToneId) + 1;

// "dialtone", "number_unobtainable", ...; "" without one. Lives for ever.
const char* name(ToneId tone);

}  // namespace cpd
