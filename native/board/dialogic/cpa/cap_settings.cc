#include "board/dialogic/cpa/cap_settings.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

// Defaults and scopes: fact sheet 2.1 with its sources. Firmware of Springware keeps counts and percentages
// in a byte (V2, G3), so they end at 255 though the field has 16 bits. Values of ours: the three windows that
// cover the four classic SIT sequences (V1 p.73-75, limits of C1), pauses that let a greeting be measured
// (V2), and the template that Springware must be given (V1).
constexpr CapSetting kSettings[] = {
    {"ringsNoAnswer", "ca_nbrdna", offsetof(vendor::DxCap, ca_nbrdna), Unit::kCount, 4, kVendorsDefault, 255,
     CapScope::kBasic, "V1, V2, V3", "rings, single or double, until nobody answers"},
    {"startDelayMs", "ca_stdely", offsetof(vendor::DxCap, ca_stdely), Unit::kTenMs, 250, kVendorsDefault,
     65535, CapScope::kSpringware, "V1, V2, V3",
     "wait after last digit before cadence, frequency and PVD analysis start"},
    {"noSignalMs", "ca_cnosig", offsetof(vendor::DxCap, ca_cnosig), Unit::kTenMs, 40000, kVendorsDefault,
     65535, CapScope::kAll, "V1, V2, V3", "longest silence after the start delay; then CR_NORB"},
    {"loopCurrentDelayMs", "ca_lcdly", offsetof(vendor::DxCap, ca_lcdly), Unit::kTenMs, 4000, kVendorsDefault,
     32767, CapScope::kSpringware, "V1, V2, V3",
     "from the last digit until loop current is looked at; -1: not at all"},
    {"loopCurrentConnectDelayMs", "ca_lcdly1", offsetof(vendor::DxCap, ca_lcdly1), Unit::kTenMs, 100,
     kVendorsDefault, 65535, CapScope::kSpringware, "V1, V2, V3",
     "extra wait after a loop-current transient before connect is reported"},
    {"helloEdge", "ca_hedge", offsetof(vendor::DxCap, ca_hedge), Unit::kCount, 2, kVendorsDefault, 255,
     CapScope::kSpringware, "V1, V2, V3", "1: connect at the start of the greeting, 2: at its end"},
    {"longestSoundMs", "ca_cnosil", offsetof(vendor::DxCap, ca_cnosil), Unit::kTenMs, 6500, kVendorsDefault,
     65535, CapScope::kSpringware, "V1, V2, V3", "longest unbroken sound; then CR_NORB"},
    {"shortSilenceAbovePct", "ca_lo1tola", offsetof(vendor::DxCap, ca_lo1tola), Unit::kPercent, 13,
     kVendorsDefault, 255, CapScope::kBasic, "one reprint (I)", "allowed positive deviation, short silence"},
    {"shortSilenceBelowPct", "ca_lo1tolb", offsetof(vendor::DxCap, ca_lo1tolb), Unit::kPercent, 13,
     kVendorsDefault, 255, CapScope::kBasic, "unverified", "allowed negative deviation, short silence"},
    {"longSilenceAbovePct", "ca_lo2tola", offsetof(vendor::DxCap, ca_lo2tola), Unit::kPercent, 13,
     kVendorsDefault, 255, CapScope::kBasic, "unverified", "allowed positive deviation, long silence"},
    {"longSilenceBelowPct", "ca_lo2tolb", offsetof(vendor::DxCap, ca_lo2tolb), Unit::kPercent, 13,
     kVendorsDefault, 255, CapScope::kBasic, "unverified", "allowed negative deviation, long silence"},
    {"soundAbovePct", "ca_hi1tola", offsetof(vendor::DxCap, ca_hi1tola), Unit::kPercent, 13, kVendorsDefault,
     255, CapScope::kBasic, "unverified", "allowed positive deviation, sound"},
    {"soundBelowPct", "ca_hi1tolb", offsetof(vendor::DxCap, ca_hi1tolb), Unit::kPercent, 13, kVendorsDefault,
     255, CapScope::kBasic, "unverified", "allowed negative deviation, sound"},
    {"busyShortSilenceMs", "ca_lo1bmax", offsetof(vendor::DxCap, ca_lo1bmax), Unit::kTenMs, 900,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified", "longest short silence still classed as busy"},
    {"busyLongSilenceMs", "ca_lo2bmax", offsetof(vendor::DxCap, ca_lo2bmax), Unit::kTenMs, 900,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified", "longest long silence still classed as busy"},
    {"busySoundMs", "ca_hi1bmax", offsetof(vendor::DxCap, ca_hi1bmax), Unit::kTenMs, 900, kVendorsDefault,
     65535, CapScope::kBasic, "unverified", "longest first sound still classed as busy"},
    {"busyExtraPeriods", "ca_nsbusy", offsetof(vendor::DxCap, ca_nsbusy), Unit::kCount, 0, kVendorsDefault,
     255, CapScope::kBasic, "unverified", "sound periods looked at beyond nbrdna for the busy check"},
    {"silenceGlitchMs", "ca_logltch", offsetof(vendor::DxCap, ca_logltch), Unit::kTenMs, 150, kVendorsDefault,
     65535, CapScope::kSpringware, "V1, V2, V3", "silence shorter than this is ignored"},
    {"soundGlitchMs", "ca_higltch", offsetof(vendor::DxCap, ca_higltch), Unit::kTenMs, 190, kVendorsDefault,
     65535, CapScope::kSpringware, "V1, V2, V3", "sound shorter than this is ignored"},
    {"doubleRingShortSilenceMs", "ca_lo1rmax", offsetof(vendor::DxCap, ca_lo1rmax), Unit::kTenMs, 900,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified", "longest short silence of a double ring"},
    {"doubleRingLongSilenceMs", "ca_lo2rmin", offsetof(vendor::DxCap, ca_lo2rmin), Unit::kTenMs, 2250,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified", "shortest long silence of a double ring"},
    {"frequencyMinMs", "ca_intfltr", offsetof(vendor::DxCap, ca_intfltr), Unit::kTenMs, 100, kVendorsDefault,
     255, CapScope::kSpringware, "unverified", "shortest signal that qualifies for frequency detection"},
    {"soundSizeMs", "ca_hisiz", offsetof(vendor::DxCap, ca_hisiz), Unit::kTenMs, 900, kVendorsDefault, 65535,
     CapScope::kBasic, "unverified", "sound length that selects which of the next two limits applies"},
    {"longSoundSilenceMs", "ca_alowmax", offsetof(vendor::DxCap, ca_alowmax), Unit::kTenMs, 7000,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified",
     "longest silence before connect when sound > ca_hisiz"},
    {"shortSoundSilenceMs", "ca_blowmax", offsetof(vendor::DxCap, ca_blowmax), Unit::kTenMs, 5300,
     kVendorsDefault, 65535, CapScope::kBasic, "unverified",
     "longest silence before connect when sound < ca_hisiz"},
    {"periodsSkipped", "ca_nbrbeg", offsetof(vendor::DxCap, ca_nbrbeg), Unit::kCount, 1, kVendorsDefault, 255,
     CapScope::kBasic, "V1, V2, V3", "sound periods skipped before analysis begins"},
    {"retrainSoundMs", "ca_hi1ceil", offsetof(vendor::DxCap, ca_hi1ceil), Unit::kTenMs, 780, kVendorsDefault,
     65535, CapScope::kBasic, "V1, V2, V3", "longest second sound that still allows a retrain"},
    {"retrainSilenceMs", "ca_lo1ceil", offsetof(vendor::DxCap, ca_lo1ceil), Unit::kTenMs, 580,
     kVendorsDefault, 65535, CapScope::kBasic, "V1, V2, V3",
     "longest first silence that still allows a retrain"},
    {"sit1LowHz", "ca_lowerfrq", offsetof(vendor::DxCap, ca_lowerfrq), Unit::kHz, 900, 900, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 1 lower bound"},
    {"sit1HighHz", "ca_upperfrq", offsetof(vendor::DxCap, ca_upperfrq), Unit::kHz, 1000, 1000, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 1 upper bound"},
    {"sit1MinMs", "ca_timefrq", offsetof(vendor::DxCap, ca_timefrq), Unit::kTenMs, 50, 50, 255,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 1 minimum time in bounds"},
    {"longestGreetingMs", "ca_maxansr", offsetof(vendor::DxCap, ca_maxansr), Unit::kTenMs, 10000,
     kVendorsDefault, 65535, CapScope::kSpringware, "V1, V2, V3",
     "greeting length that forces a connect report"},
    {"greetingPauseMs", "ca_ansrdgl", offsetof(vendor::DxCap, ca_ansrdgl), Unit::kTenMs, -1, 500, 65535,
     CapScope::kSpringware, "V1, V2, V3", "longest pause inside a greeting; -1: greetings are not measured"},
    {"sit1MaxMs", "ca_mxtimefrq", offsetof(vendor::DxCap, ca_mxtimefrq), Unit::kTenMs, 0, 500, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 1 maximum time"},
    {"sit2LowHz", "ca_lower2frq", offsetof(vendor::DxCap, ca_lower2frq), Unit::kHz, 0, 1350, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 2 lower bound"},
    {"sit2HighHz", "ca_upper2frq", offsetof(vendor::DxCap, ca_upper2frq), Unit::kHz, 0, 1450, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 2 upper bound"},
    {"sit2MinMs", "ca_time2frq", offsetof(vendor::DxCap, ca_time2frq), Unit::kTenMs, 0, 50, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 2 minimum time"},
    {"sit2MaxMs", "ca_mxtime2frq", offsetof(vendor::DxCap, ca_mxtime2frq), Unit::kTenMs, 0, 500, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 2 maximum time"},
    {"sit3LowHz", "ca_lower3frq", offsetof(vendor::DxCap, ca_lower3frq), Unit::kHz, 0, 1725, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 3 lower bound"},
    {"sit3HighHz", "ca_upper3frq", offsetof(vendor::DxCap, ca_upper3frq), Unit::kHz, 0, 1825, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 3 upper bound"},
    {"sit3MinMs", "ca_time3frq", offsetof(vendor::DxCap, ca_time3frq), Unit::kTenMs, 0, 50, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 3 minimum time"},
    {"sit3MaxMs", "ca_mxtime3frq", offsetof(vendor::DxCap, ca_mxtime3frq), Unit::kTenMs, 0, 500, 65535,
     CapScope::kSpringware, "V1, V2, V3", "SIT tone 3 maximum time"},
    {"dialToneMs", "ca_dtn_pres", offsetof(vendor::DxCap, ca_dtn_pres), Unit::kTenMs, 1000, kVendorsDefault,
     65535, CapScope::kPerfectCall, "V1, V2, V3", "dial tone must last this long"},
    {"dialToneWaitMs", "ca_dtn_npres", offsetof(vendor::DxCap, ca_dtn_npres), Unit::kTenMs, 3000,
     kVendorsDefault, 65535, CapScope::kPerfectCall, "V1, V2, V3",
     "longest wait for dial tone; then CR_NODIALTONE"},
    {"dialToneGapMs", "ca_dtn_deboff", offsetof(vendor::DxCap, ca_dtn_deboff), Unit::kTenMs, 100,
     kVendorsDefault, 65535, CapScope::kPerfectCall, "V1, V2, V3", "longest gap tolerated inside dial tone"},
    {"verdictWaitMs", "ca_pamd_failtime", offsetof(vendor::DxCap, ca_pamd_failtime), Unit::kTenMs, 4000,
     kVendorsDefault, 65535, CapScope::kAll, "V1, V2, V3",
     "longest wait for voice or machine after the cadence broke; lowered to the time limit of the call"},
    {"shortestRingMs", "ca_pamd_minring", offsetof(vendor::DxCap, ca_pamd_minring), Unit::kTenMs, 1900,
     kVendorsDefault, 65535, CapScope::kPerfectCall, "V1, V2, V3", "shortest ring accepted for PAMD"},
    {"pamdTemplate", "ca_pamd_qtemp", offsetof(vendor::DxCap, ca_pamd_qtemp), Unit::kCount, 11, 11, 255,
     CapScope::kPerfectCall, "V1, V2, V3", "PAMD template id; on Springware must be set; unused on HMP"},
    {"noAnswerMs", "ca_noanswer", offsetof(vendor::DxCap, ca_noanswer), Unit::kTenMs, 30000, kVendorsDefault,
     65535, CapScope::kAll, "V1, V2, V3",
     "from the first ringback until nobody answers; raised to the ring time limit of the call; then "
     "CR_NOANS"},
    {"longestRingGapMs", "ca_maxintering", offsetof(vendor::DxCap, ca_maxintering), Unit::kTenMs, 8000,
     kVendorsDefault, 65535, CapScope::kPerfectCall, "V1, V2, V3",
     "longest gap between rings; then CR_CNCT by cadence break"},
};

int32_t countOf(const CapSetting& setting, int32_t value) {
  return setting.unit == Unit::kTenMs && value > 0 ? (value + 5) / 10 : value;
}

void put(vendor::DxCap& cap, const CapSetting& setting, int32_t value) {
  auto* field = reinterpret_cast<uint8_t*>(&cap) + setting.offset;
  const auto count = static_cast<uint16_t>(countOf(setting, value));
  if (setting.offset == offsetof(vendor::DxCap, ca_pamd_qtemp)) {
    *field = static_cast<uint8_t>(count);
  } else {
    std::memcpy(field, &count, sizeof count);
  }
}

const CapSetting* find(const std::string& name) {
  for (const CapSetting& setting : kSettings) {
    if (name == setting.name) return &setting;
  }
  return nullptr;
}

bool mayBeOff(const CapSetting& setting) {
  return setting.offset == offsetof(vendor::DxCap, ca_lcdly) ||
         setting.offset == offsetof(vendor::DxCap, ca_ansrdgl);
}

uint16_t tenMs(int32_t ms) { return static_cast<uint16_t>(std::clamp((ms + 9) / 10, 1, 65535)); }

}  // namespace

std::span<const CapSetting> capSettings() { return kSettings; }

void checkCap(const std::map<std::string, int32_t>& values) {
  for (const auto& [name, value] : values) {
    const CapSetting* setting = find(name);
    if (setting == nullptr) throw std::invalid_argument("cap." + name + ": no such setting of DX_CAP");
    const int32_t most = setting->unit == Unit::kTenMs ? setting->most * 10 : setting->most;
    const int32_t least = mayBeOff(*setting) ? -1 : 0;
    if (value < least || value > most) {
      throw std::invalid_argument("cap." + name + ": found " + std::to_string(value) + ", expected " +
                                  std::to_string(least) + " to " + std::to_string(most));
    }
  }
}

vendor::DxCap makeCap(const std::map<std::string, int32_t>& values, const DialParameters& call) {
  vendor::DxCap cap{};
  for (const CapSetting& setting : kSettings) {
    const auto found = values.find(setting.name);
    const int32_t value = found != values.end() ? found->second : setting.ours;
    if (value != kVendorsDefault) put(cap, setting, value);
  }
  cap.ca_intflg = static_cast<uint16_t>(intflgOf(call.mode));
  cap.ca_pamd_spdval = static_cast<uint8_t>(pamdSpeedOf(call.mode));
  // The call's own limits come first: the board must neither give up before them nor decide after them.
  if (!values.contains("noAnswerMs")) cap.ca_noanswer = tenMs(std::max(30'000, call.ringTimeoutMs + 5'000));
  if (!values.contains("noSignalMs")) cap.ca_cnosig = tenMs(std::max(40'000, call.ringTimeoutMs + 5'000));
  if (!values.contains("verdictWaitMs")) cap.ca_pamd_failtime = tenMs(std::min(4'000, call.cpdTimeoutMs));
  return cap;
}

int intflgOf(cpd::Mode mode) {
  switch (mode) {
    case cpd::Mode::kNoProgressDetection:
      return vendor::DX_OPTDIS;
    case cpd::Mode::kNoAmDetection:
      return vendor::DX_PVDOPTNOCON;
    case cpd::Mode::kPositiveAmDetection:
    case cpd::Mode::kFullPositiveAmDetection:
    case cpd::Mode::kAccurateAmDetection:
      return vendor::DX_PAMDOPTEN;
    case cpd::Mode::kTelephonyPreset:
      return 0;
  }
  return 0;
}

int caModeOf(cpd::Mode mode) {
  constexpr int kProgress = vendor::kCaBusy | vendor::kCaRinging;
  constexpr int kVoice = vendor::kCaSit | vendor::kCaFax | vendor::kCaPvd;
  switch (mode) {
    case cpd::Mode::kNoProgressDetection:
      return kProgress;
    case cpd::Mode::kNoAmDetection:
      return kProgress | kVoice;
    case cpd::Mode::kPositiveAmDetection:
    case cpd::Mode::kFullPositiveAmDetection:
    case cpd::Mode::kAccurateAmDetection:
      return kProgress | kVoice | vendor::kCaPamd;
    case cpd::Mode::kTelephonyPreset:
      return 0;
  }
  return 0;
}

int pamdSpeedOf(cpd::Mode mode) {
  switch (mode) {
    case cpd::Mode::kPositiveAmDetection:
      return vendor::PAMD_QUICK;
    case cpd::Mode::kFullPositiveAmDetection:
      return vendor::PAMD_FULL;
    default:
      return vendor::PAMD_ACCU;
  }
}

}  // namespace board::dialogic
