// The layout self-probe (fact sheet 0.1), and reading of what Global Call says of errors and results.
#pragma once

#include <string>

#include "board/dialogic/vendor/api.h"
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic {

struct GcInfo {
  int value = 0;  // EGC_ or GCRV_
  int ccValue = 0;
  std::string message, ccMessage;
};

// A buffer that a structure of the vendor is fetched into: filled with a pattern, so that what was written
// shows.
struct ProbeBuffer {
  ProbeBuffer();
  alignas(16) unsigned char bytes[1024];
};

// Begins what is said of a library that is refused for what a check here found.
inline const std::string kOtherLayout = "the vendor's structures are not laid out as expected: ";

// Empty: a METAEVENT as we declare it, of this event. Else what is wrong, in plain words.
std::string checkMetaevent(const ProbeBuffer& buffer, int device, int type);

// Which packing the GC_INFO in the buffer has: pointer to a text at 4 (packed) or at 8 (natural). Nullptr: it
// cannot be told. On 32 bit there is one layout.
const vendor::GcLayout* layoutOf(const ProbeBuffer& buffer);

// Empty, unless a GC_INFO was written that has neither packing.
std::string checkInfo(const ProbeBuffer& buffer);

// Empty, unless the CT_DEVINFO in the buffer was written by a library whose long has another width than ours:
// the family of a device is at 4 then, where the upper half of a product's number would be.
std::string checkDevinfo(const ProbeBuffer& buffer);

// The layout before anything was seen: as the vendor declares it, packed.
const vendor::GcLayout& declaredLayout();

// Texts are followed only when it was seen where they are: the first by the packing, the second, behind a
// long, also by the width of a long.
GcInfo readInfo(const ProbeBuffer& buffer, const vendor::GcLayout& layout, bool packingSeen, bool widthSeen);

}  // namespace board::dialogic
