#include "board/dialogic/cpa/gc_call_block.h"

#include <algorithm>
#include <cstring>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr size_t kHead = 2;

int tenMs(int32_t ms) { return std::clamp((ms + 9) / 10, 1, 65'535); }

size_t append(unsigned char* block, size_t size, size_t at, int parm, int32_t value) {
  const vendor::GcParmData head{vendor::CCSET_CALLANALYSIS, static_cast<uint16_t>(parm), sizeof value};
  if (at + sizeof head + sizeof value > size) return at;
  std::memcpy(block + at, &head, sizeof head);
  std::memcpy(block + at + sizeof head, &value, sizeof value);
  return at + sizeof head + sizeof value;
}

}  // namespace

std::optional<GcAnalysis> analysisOf(const DialParameters& call, bool wanted) {
  if (!wanted) return GcAnalysis{};
  if (call.mode == cpd::Mode::kTelephonyPreset) return std::nullopt;
  return GcAnalysis{
      .mode = caModeOf(call.mode),
      .pamdSpeed = pamdSpeedOf(call.mode),
      // The call's own limits come first: the board must neither give up before them nor decide after.
      .noAnswer10Ms = tenMs(std::max(30'000, call.ringTimeoutMs + 5'000)),
      .noSignal10Ms = tenMs(std::max(40'000, call.ringTimeoutMs + 5'000)),
      .pamdFailure10Ms = tenMs(std::min(4'000, call.cpdTimeoutMs))};
}

size_t writeParameters(unsigned char* block, size_t size, const GcAnalysis& analysis) {
  size_t at = append(block, size, kHead, vendor::CA_MODE, analysis.mode);
  if (analysis.mode != 0) {
    at = append(block, size, at, vendor::CA_PAMDSPDVAL, analysis.pamdSpeed);
    at = append(block, size, at, vendor::CA_NOANSR, analysis.noAnswer10Ms);
    at = append(block, size, at, vendor::CA_NOSIG, analysis.noSignal10Ms);
    at = append(block, size, at, vendor::CA_PAMDFAILURE, analysis.pamdFailure10Ms);
  }
  const auto length = static_cast<uint16_t>(at - kHead);
  std::memcpy(block, &length, sizeof length);
  return at;
}

void writeMakecall(unsigned char* block, const vendor::GcLayout& layout, const std::string& callerId,
                   void* parameters) {
  // What is not used is filled so, as the vendor's own initialiser does; pointers stay null.
  std::memset(block, 0xFF, sizeof(vendor::GclibMakecallBlkHead));
  if (!callerId.empty()) {
    auto* head = reinterpret_cast<vendor::GclibMakecallBlkHead*>(block);
    const size_t length = std::min(callerId.size(), sizeof head->origination.address - 1);
    std::memset(head->origination.address, 0, sizeof head->origination.address);
    std::memcpy(head->origination.address, callerId.data(), length);
  }
  std::memcpy(block + layout.makecallExt, &parameters, sizeof parameters);
}

}  // namespace board::dialogic
