// The vendor's constants, and their names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace board::dialogic::vendor {

enum Constant : int64_t {
#define CPD_VENDOR(family, name, value) name = value,
#include "board/dialogic/vendor/constants.def"
#undef CPD_VENDOR
};

// Not in a family of their own.
inline constexpr int kGcmeGcEvent = 1;  // METAEVENT flags: a Global Call event
inline constexpr uint32_t kMetaeventMagic = 0xBAD012FB;
inline constexpr int kAlarmOver = 0x10;     // added to a span alarm's number when it is over
inline constexpr int kGcrvAlarmOn = 0x510;  // + number of the span alarm
inline constexpr int kGcrvAlarmOver = 0x520;
inline constexpr int kGcrvDChannel = 0x601;  // D-channel alarm; over: + 0x10

// Bits of CA_MODE (V5 p.89).
inline constexpr int kCaBusy = 0x1, kCaRinging = 0x2, kCaSit = 0x4;
inline constexpr int kCaFax = 0x100, kCaPvd = 0x200, kCaPamd = 0x400;

struct Named {
  const char* family;
  const char* name;
  int64_t value;
};

// All constants in the order of constants.def.
std::span<const Named> constants();

// "CR_BUSY"; where there is none, the family and the number: "CR 99".
std::string nameOf(std::string_view family, int64_t value);

}  // namespace board::dialogic::vendor
