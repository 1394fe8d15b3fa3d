// What the vendor's numbers mean in the words of our port: one table for results of call progress analysis
// (CR_), connection types (CON_, GCCT_), results of Global Call (GCRV_) and tone ids (TID_).
#pragma once

#include <cstdint>
#include <span>

#include "board/dialogic/cpa/cpa_log.h"
#include "cpd/types.h"

namespace board::dialogic {

enum class Told : uint8_t {
  kNothing,     // says nothing about the far end
  kNotYet,      // the analysis goes on
  kConnect,     // answered; the connection type says by what
  kVerdict,     // `verdict`, `sit`, `confidence`
  kNoAnswer,    // it rang and nobody answered
  kNoRingback,  // it did not ring
  kNoDialTone,  // the exchange gave none
  kStopped,     // we stopped it
  kRelease,     // the network released: `cause`
  kGlare,       // the other side took the line at the same time
  kFailed,      // the board could not analyse or place the call
};

struct Meaning {
  const char* family;
  const char* name;
  int64_t value;
  Told told;
  cpd::Verdict verdict;
  cpd::SitCategory sit;  // kNone of a SIT: category not told
  float confidence;      // ours: no source gives the vendor's accuracy; below our own detector's usual scores
  int cause;             // Q.850 that says the same; -1: none does
};

std::span<const Meaning> meanings();

// Nullptr: not in the table.
const Meaning* meaningOf(const char* family, int64_t value);

// Q.850 cause of the call control library's value (gc_ResultInfo, ccValue): 1 to 127 is one; a SIP status 400
// to 699 is turned into one as in RFC 3398; -1: neither.
int causeOf(int64_t ccValue);

// The name of the fax tone in observations by its frequency, whatever its id (ids differ by board family):
// "fax_cng", "fax_ced" or "fax_v21"; nullptr: no fax tone.
const char* faxToneOf(int hz);

// A special information tone: its category by the id of the tone where the family has ids (DM3), else by what
// was measured (Springware).
struct SitTold {
  cpd::SitCategory category = cpd::SitCategory::kNone;  // kNone: category not told
  float confidence = 0;                                 // 0: it was neither named nor measured
  const char* id = nullptr;                             // the vendor's name; nullptr: measured
};
SitTold sitOf(const CpaNumbers& numbers);
// Frequencies in Hz, durations in ms; the first is often clipped.
SitTold sitOf(const int (&hz)[3], const int (&ms)[3]);

}  // namespace board::dialogic
