#include "cpd/types.h"

#include <iterator>

namespace cpd {

const char* name(Verdict verdict) {
  static constexpr const char* kNames[] = {
      "none", "live",       "machine",  "screening", "fax",     "modem",   "sit",
      "busy", "congestion", "ringback", "dialtone",  "silence", "unknown", "false_answer",
  };
  static_assert(std::size(kNames) == kVerdicts);
  return kNames[static_cast<int>(verdict)];
}

}  // namespace cpd
