// What the SIP stack of the call control library is started with (fact sheet 2.4): one virtual board, its
// port, its call limits, header access, and the supplementary services that REFER needs.
#pragma once

#include <cstdint>

namespace board::dialogic {

struct SipStart {
  // `natural`: the vendor's structures are aligned, not packed (probe.h).
  SipStart(int32_t sipPort, int32_t maxCalls, bool natural);
  SipStart(const SipStart&) = delete;  // it points into itself
  SipStart& operator=(const SipStart&) = delete;

  // IPCCLIB_START_DATA; valid as long as this is.
  void* data() { return data_; }

 private:
  alignas(16) unsigned char data_[64] = {};
  alignas(16) unsigned char board_[1024];
};

}  // namespace board::dialogic
