#include "board/dialogic/vendor/srl.h"

#include <cstring>

#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

// A private event, outside the ranges of the vendor's libraries (0x80, 0x800, 0x2000, 0x9000 and above).
constexpr int kWakeEvent = 0x00CD'0001;
constexpr int kProbeMs = 1'000;
constexpr int kProbeEvents = 20;  // others may be before ours

int low32(const void* from) {
  uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return static_cast<int>(value);
}

}  // namespace

bool Srl::start() {
  Cell mode;  // SR_POLLMODE is 0
  return api_.sr_setparm(vendor::SRL_DEVICE, vendor::SR_MODEID, mode.at()) != -1;
}

Srl::Got Srl::wait(int timeoutMs, VendorEvent& event) {
  if (api_.sr_waitevt(timeoutMs) == -1) {
    return api_.ATDV_LASTERR(vendor::SRL_DEVICE) == vendor::ESR_TMOUT ? Got::kNothing : Got::kError;
  }
  event.globalCall = false;
  event.line = event.crn = 0;
  const bool fetched = globalCall_ && api_.gc_GetMetaEvent(event.metaevent.bytes) != -1;
  event.device = api_.sr_getevtdev(0);
  event.type = api_.sr_getevttype(0);
  event.length = api_.sr_getevtlen(0);
  event.data = api_.sr_getevtdatap(0);
  if (event.type == kWakeEvent) {
    wakeSent_.store(false);
    return Got::kWake;
  }
  if (fetched) {
    const auto* meta = reinterpret_cast<const vendor::Metaevent*>(event.metaevent.bytes);
    event.globalCall = (low32(&meta->flags) & vendor::kGcmeGcEvent) != 0;
    event.line = low32(&meta->linedev);
    event.crn = low32(&meta->crn);
  }
  return Got::kEvent;
}

void Srl::wake() {
  if (!canWake() || wakeSent_.exchange(true)) return;
  if (api_.sr_putevt(vendor::SRL_DEVICE, kWakeEvent, 0, nullptr, 0) == -1) wakeSent_.store(false);
}

std::optional<std::string> Srl::probe() {
  if (!canWake() || !globalCall_) return std::nullopt;
  wake();
  for (int i = 0; i < kProbeEvents; ++i) {
    VendorEvent event;
    const Got got = wait(kProbeMs, event);
    if (got == Got::kNothing || got == Got::kError) return std::nullopt;
    if (got == Got::kWake) return checkMetaevent(event.metaevent, event.device, event.type);
  }
  return std::nullopt;
}

}  // namespace board::dialogic
