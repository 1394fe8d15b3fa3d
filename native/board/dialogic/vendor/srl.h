// The vendor's event queue in polled mode: wait, fetch, wake. One thread waits; any may wake.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "board/dialogic/vendor/api.h"
#include "board/dialogic/vendor/probe.h"

namespace board::dialogic {

struct VendorEvent {
  bool globalCall = false;
  int device = 0, type = 0;
  int line = 0, crn = 0;       // of Global Call
  const void* data = nullptr;  // the library's, until the next wait
  int length = 0;
  ProbeBuffer metaevent;  // as it was fetched, for gc_ResultInfo
};

class Srl {
 public:
  enum class Got : uint8_t { kEvent, kWake, kNothing, kError };

  explicit Srl(const Api& api) : api_(api) {}

  // Polled mode, before any device is opened. False: refused.
  bool start();
  // From when on events are fetched with gc_GetMetaEvent, as the next call after the wait.
  void globalCallStarted() { globalCall_ = true; }

  Got wait(int timeoutMs, VendorEvent& event);
  bool canWake() const { return api_.sr_putevt != nullptr; }
  void wake();

  // Sends an event to itself and looks at how it comes back. An empty text: the layout is ours. Nothing: no
  // event could be sent, or it did not come.
  std::optional<std::string> probe();

 private:
  const Api& api_;
  bool globalCall_ = false;
  std::atomic<bool> wakeSent_{false};
};

}  // namespace board::dialogic
