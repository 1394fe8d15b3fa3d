// The block that gc_MakeCall takes: caller's number and call analysis parameters, laid out as the probe found
// it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "board/board.h"
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic {

// Call analysis of one call (set CCSET_CALLANALYSIS, values of 4 bytes).
struct GcAnalysis {
  int mode = 0;  // CA_MODE
  int pamdSpeed = 0;
  int noAnswer10Ms = 0, noSignal10Ms = 0, pamdFailure10Ms = 0;
};

// Nothing: as the board is configured (telephony preset). A mode of 0 turns everything off, which must be
// said, because a voice device switches it on (V5).
std::optional<GcAnalysis> analysisOf(const DialParameters& call, bool wanted);

// A GC_PARM_BLK: 2 bytes of length, then set, parameter, size and value of each. Returns the bytes used.
size_t writeParameters(unsigned char* block, size_t size, const GcAnalysis& analysis);

// A GCLIB_MAKECALL_BLK at `block`, zeroed by the caller beyond what is written; `parameters` may be null.
void writeMakecall(unsigned char* block, const vendor::GcLayout& layout, const std::string& callerId,
                   void* parameters);

}  // namespace board::dialogic
