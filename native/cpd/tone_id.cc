#include "cpd/tone_id.h"

#include <iterator>

namespace cpd {

const char* name(ToneId tone) {
  static constexpr const char* kNames[] = {
      "",    "dialtone", "ringback", "busy",    "congestion", "number_unobtainable",
      "sit", "fax_ced",  "fax_cng",  "fax_v21", "ansam",      "modem",
      "tty", "dtmf",
  };
  static_assert(std::size(kNames) == kToneIds);
  return kNames[static_cast<int>(tone)];
}

}  // namespace cpd
