// Settings of the board's call progress analysis, as values, as bytes and in the manual.
#include <doctest/doctest.h>

#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/cpa/gc_call_block.h"
#include "board/dialogic/vendor/constants.h"

namespace {

using namespace board::dialogic;

TEST_CASE("dialogic: settings of DX_CAP in ms and Hz") {
  board::DialParameters call;
  vendor::DxCap cap = makeCap({}, call);
  CHECK(cap.ca_intflg == vendor::DX_PAMDOPTEN);
  CHECK(cap.ca_pamd_spdval == vendor::PAMD_ACCU);
  CHECK(cap.ca_pamd_qtemp == vendor::PAMD_QUAL1TMP);
  CHECK(cap.ca_noanswer == 3500);
  CHECK(cap.ca_cnosig == 4000);
  CHECK(cap.ca_pamd_failtime == 400);
  CHECK(cap.ca_lower2frq == 1350);
  CHECK(cap.ca_mxtime3frq == 50);
  CHECK(cap.ca_nbrdna == 0);  // the vendor's default
  cap = makeCap(
      {{"noAnswerMs", 12'345}, {"loopCurrentDelayMs", -1}, {"sit1LowHz", 880}, {"pamdTemplate", 12}}, call);
  CHECK(cap.ca_noanswer == 1235);
  CHECK(cap.ca_lcdly == -1);
  CHECK(cap.ca_lowerfrq == 880);
  CHECK(cap.ca_pamd_qtemp == 12);
  call.mode = cpd::Mode::kPositiveAmDetection;
  call.cpdTimeoutMs = 1'000;
  cap = makeCap({}, call);
  CHECK(cap.ca_pamd_spdval == vendor::PAMD_QUICK);
  CHECK(cap.ca_pamd_failtime == 100);

  CHECK_NOTHROW(checkCap({{"soundGlitchMs", 655'350}}));
  CHECK_THROWS_WITH_AS(checkCap({{"noAnswerMs", 655'360}}),
                       "cap.noAnswerMs: found 655360, expected 0 to 655350", std::invalid_argument);
  CHECK_THROWS_WITH_AS(checkCap({{"sit1MinMs", 2'560}}), "cap.sit1MinMs: found 2560, expected 0 to 2550",
                       std::invalid_argument);
  CHECK_THROWS_AS(checkCap({{"ca_noanswer", 1}}), std::invalid_argument);
  std::set<size_t> offsets;
  for (const CapSetting& setting : capSettings()) {
    CHECK_MESSAGE(offsets.insert(setting.offset).second, setting.name);
    CHECK_MESSAGE(setting.offset < sizeof(vendor::DxCap), setting.name);
    CHECK_MESSAGE(std::strlen(setting.meaning) > 5, setting.name);
    if (setting.ours != kVendorsDefault) CHECK_NOTHROW(checkCap({{setting.name, setting.ours}}));
  }
}

// Each run of spaces as one.
static std::string oneSpace(std::string text) {
  const auto bothSpaces = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), bothSpaces), text.end());
  return text;
}

TEST_CASE("dialogic: the manual lists every setting of DX_CAP with unit, default, ours and source") {
  std::ifstream file(EXAMPLES "/../docs/dialogic.md");
  std::stringstream text;
  text << file.rdbuf();
  // Without the spaces that line the columns up.
  const std::string manual = oneSpace(text.str());
  for (const CapSetting& setting : capSettings()) {
    constexpr const char* kUnits[] = {"ms", "Hz", "%", ""};
    constexpr const char* kScopes[] = {"basic", "PerfectCall", "Springware", "all"};
    const auto shown = [](int32_t value) { return value == kVendorsDefault ? "" : std::to_string(value); };
    const std::string row = std::string("| `") + setting.name + "` | `" + setting.field + "` | " +
                            kUnits[static_cast<int>(setting.unit)] + " | " + shown(setting.vendorDefault) +
                            " | " + shown(setting.ours) + " | " + kScopes[static_cast<int>(setting.scope)] +
                            " | " + setting.source + " | " + setting.meaning + " |";
    CHECK_MESSAGE(manual.find(oneSpace(row)) != std::string::npos, row);
  }
}

TEST_CASE("dialogic: recognition modes choose detectors and depth") {
  CHECK(intflgOf(cpd::Mode::kNoProgressDetection) == 2);
  CHECK(intflgOf(cpd::Mode::kNoAmDetection) == 6);
  CHECK(intflgOf(cpd::Mode::kAccurateAmDetection) == 8);
  CHECK(intflgOf(cpd::Mode::kTelephonyPreset) == 0);
  CHECK(caModeOf(cpd::Mode::kNoProgressDetection) == 0x3);  // the sums that the manual recommends (3.9)
  CHECK(caModeOf(cpd::Mode::kNoAmDetection) == 0x307);
  CHECK(caModeOf(cpd::Mode::kAccurateAmDetection) == 0x707);
  CHECK(pamdSpeedOf(cpd::Mode::kPositiveAmDetection) == 2);
  CHECK(pamdSpeedOf(cpd::Mode::kFullPositiveAmDetection) == 1);
  CHECK(pamdSpeedOf(cpd::Mode::kAccurateAmDetection) == 3);
}

TEST_CASE("dialogic: call analysis parameters as bytes") {
  board::DialParameters call;
  unsigned char block[128] = {};
  const size_t size = writeParameters(block, sizeof block, *analysisOf(call, true));
  CHECK(size == 2 + 5 * 9);
  CHECK(block[0] + 256 * block[1] == static_cast<int>(size) - 2);
  const unsigned char first[] = {0x0C, 0x46, 1, 0, 4, 0x07, 0x07, 0, 0};
  CHECK(std::memcmp(block + 2, first, sizeof first) == 0);
  unsigned char off[128] = {};
  CHECK(writeParameters(off, sizeof off, *analysisOf(call, false)) == 11);
  CHECK(off[7] == 0);
  call.mode = cpd::Mode::kTelephonyPreset;
  CHECK(!analysisOf(call, true).has_value());

  alignas(16) unsigned char makecall[600] = {};
  int marker = 0;
  writeMakecall(makecall, vendor::kLayoutNatural, "5551212", &marker);
  CHECK(makecall[0] == 0xFF);
  CHECK(std::string(reinterpret_cast<char*>(makecall) + 260) == "5551212");
  CHECK(makecall[523] == 0xFF);
  void* at528;
  std::memcpy(&at528, makecall + 528, sizeof at528);
  CHECK(at528 == &marker);
}

}  // namespace
