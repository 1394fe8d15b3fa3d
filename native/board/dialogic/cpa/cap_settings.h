// The settings of the vendor's call progress analysis (DX_CAP) in ms, Hz and percent, by names that say what
// they are.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "board/board.h"
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic {

enum class Unit : uint8_t { kTenMs, kHz, kPercent, kCount };  // of the vendor's field

// Which boards and which kind of analysis heed the field.
enum class CapScope : uint8_t {
  kBasic,        // Springware, analysis by cadence alone: only where PerfectCall cannot be had
  kPerfectCall,  // Springware with tone definitions
  kSpringware,   // Springware, both kinds
  kAll,          // DM3 and HMP too
};

inline constexpr int32_t kVendorsDefault = INT32_MIN;

struct CapSetting {
  const char* name;   // ours, as in Config::cap; times in ms though the field counts 10 ms
  const char* field;  // the vendor's
  size_t offset;      // in DxCap; the field has 16 bits but for pamdTemplate
  Unit unit;
  int32_t vendorDefault;  // in our unit; -1: off
  int32_t ours;           // set unless the configuration says otherwise; kVendorsDefault: the field stays 0
  int32_t most;           // the largest count that the field, or the firmware behind it, takes
  CapScope scope;
  const char* source;  // of the default
  const char* meaning;
};

std::span<const CapSetting> capSettings();

// Throws std::invalid_argument naming the setting ("cap.sit1LowHz"), what was found and what is expected.
void checkCap(const std::map<std::string, int32_t>& values);

// The settings of one call: those of the configuration, with detectors and depth by the recognition mode and
// the time limits of the call. Every field that nothing is said about is 0, which means the vendor's default.
vendor::DxCap makeCap(const std::map<std::string, int32_t>& values, const DialParameters& call);

// Detector selection of a recognition mode: ca_intflg for dx_dial, CA_MODE for Global Call. 0: as the board
// is configured (telephony preset).
int intflgOf(cpd::Mode mode);
int caModeOf(cpd::Mode mode);
// PAMD_QUICK, PAMD_FULL or PAMD_ACCU.
int pamdSpeedOf(cpd::Mode mode);

}  // namespace board::dialogic
