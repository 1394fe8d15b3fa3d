#include "board/dialogic/cpa/cpa_meaning.h"

#include <cstring>

#include "board/dialogic/vendor/constants.h"
#include "cpd/tones/sit.h"

namespace board::dialogic {
namespace {

using cpd::SitCategory;
using cpd::Verdict;
using enum Told;

constexpr float kSure = 0.9f;      // signalled, or a tone that was matched
constexpr float kVoice = 0.8f;     // voice or machine by the vendor's analysis
constexpr float kDoubtful = 0.5f;  // answered, but nothing more is known

constexpr Verdict kNone = Verdict::kNone;
constexpr SitCategory kNoSit = SitCategory::kNone;

#define CODE(family, name) #family, #name, vendor::name

// Fact sheet 3.1 to 3.8, 4.2, 4.4 and V5 for the results of Global Call. A connect without a reason, by
// cadence break or by loop current, is an answer that nothing is known about: "unknown", which is a person
// for those who decide.
constexpr Meaning kMeanings[] = {
    {CODE(CR, CR_BUSY), kVerdict, Verdict::kBusy, kNoSit, kSure, 17},
    {CODE(CR, CR_NOANS), kNoAnswer, kNone, kNoSit, kSure, 19},
    {CODE(CR, CR_NORB), kNoRingback, kNone, kNoSit, kSure, -1},
    {CODE(CR, CR_CNCT), kConnect, kNone, kNoSit, kSure, -1},
    {CODE(CR, CR_CEPT), kVerdict, Verdict::kSit, kNoSit, kSure, -1},
    {CODE(CR, CR_STOPD), kStopped, kNone, kNoSit, 0, -1},
    {CODE(CR, CR_NODIALTONE), kNoDialTone, kNone, kNoSit, kSure, -1},
    {CODE(CR, CR_FAXTONE), kVerdict, Verdict::kFax, kNoSit, kSure, -1},
    {CODE(CR, CR_ERROR), kFailed, kNone, kNoSit, 0, -1},

    {CODE(CON, CON_CAD), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(CON, CON_LPC), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(CON, CON_PVD), kVerdict, Verdict::kLive, kNoSit, kVoice, -1},
    {CODE(CON, CON_PAMD), kVerdict, Verdict::kMachine, kNoSit, kVoice, -1},
    {CODE(CON, CON_DIGITAL), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},

    {CODE(GCCT, GCCT_NA), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_CAD), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_LPC), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_PVD), kVerdict, Verdict::kLive, kNoSit, kVoice, -1},
    {CODE(GCCT, GCCT_PAMD), kVerdict, Verdict::kMachine, kNoSit, kVoice, -1},
    // Unused in the headers, perhaps fax in older libraries: unverified.
    {"GCCT", "GCCT 5", 5, kVerdict, Verdict::kFax, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_INPROGRESS), kNotYet, kNone, kNoSit, 0, -1},
    {CODE(GCCT, GCCT_DISCARDED), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_UNKNOWN), kVerdict, Verdict::kUnknown, kNoSit, kDoubtful, -1},
    {CODE(GCCT, GCCT_FAX1), kVerdict, Verdict::kFax, kNoSit, kSure, -1},
    {CODE(GCCT, GCCT_FAX2), kVerdict, Verdict::kFax, kNoSit, kSure, -1},

    {CODE(GCRV, GCRV_NORMAL), kRelease, kNone, kNoSit, 0, 16},
    {CODE(GCRV, GCRV_ALARM), kRelease, kNone, kNoSit, 0, 27},
    {CODE(GCRV, GCRV_TIMEOUT), kRelease, kNone, kNoSit, 0, 102},
    {CODE(GCRV, GCRV_PROTOCOL), kRelease, kNone, kNoSit, 0, 111},
    {CODE(GCRV, GCRV_NOANSWER), kNoAnswer, kNone, kNoSit, kSure, 19},
    {CODE(GCRV, GCRV_INTERNAL), kFailed, kNone, kNoSit, 0, 41},
    {CODE(GCRV, GCRV_CCLIBSPECIFIC), kRelease, kNone, kNoSit, 0, -1},
    {CODE(GCRV, GCRV_NOVOICE), kFailed, kNone, kNoSit, 0, 41},
    {CODE(GCRV, GCRV_SIGNALLING), kRelease, kNone, kNoSit, 0, 41},
    {CODE(GCRV, GCRV_BUSY), kVerdict, Verdict::kBusy, kNoSit, kSure, 17},
    {CODE(GCRV, GCRV_NOT_INSERVICE), kRelease, kNone, kNoSit, 0, 27},
    {CODE(GCRV, GCRV_NORB), kNoRingback, kNone, kNoSit, kSure, -1},
    {CODE(GCRV, GCRV_CEPT), kVerdict, Verdict::kSit, SitCategory::kIC, kSure, 22},
    {CODE(GCRV, GCRV_STOPD), kStopped, kNone, kNoSit, 0, -1},
    {CODE(GCRV, GCRV_CPERROR), kFailed, kNone, kNoSit, 0, 41},
    {CODE(GCRV, GCRV_DIALTONE), kNoDialTone, kNone, kNoSit, kSure, -1},
    {CODE(GCRV, GCRV_UNALLOCATED), kVerdict, Verdict::kSit, SitCategory::kVC, kSure, 1},
    {CODE(GCRV, GCRV_CONGESTION), kVerdict, Verdict::kCongestion, kNoSit, kSure, 42},
    {CODE(GCRV, GCRV_REJECT), kRelease, kNone, kNoSit, 0, 21},
    {CODE(GCRV, GCRV_GLARE), kGlare, kNone, kNoSit, kSure, 44},
    {CODE(GCRV, GCRV_CALLABANDONED), kRelease, kNone, kNoSit, 0, 16},
    {CODE(GCRV, GCRV_ROUTING_FAILED), kRelease, kNone, kNoSit, 0, 25},
    {CODE(GCRV, GCRV_VACANT_CIRCUIT), kVerdict, Verdict::kSit, SitCategory::kVC, kSure, 1},
    {CODE(GCRV, GCRV_SIT_UNKNOWN), kVerdict, Verdict::kSit, kNoSit, kSure, 4},
    {CODE(GCRV, GCRV_NO_CIRCUIT_INTERLATA), kVerdict, Verdict::kSit, SitCategory::kNC2, kSure, 34},
    {CODE(GCRV, GCRV_REORDER_INTERLATA), kVerdict, Verdict::kSit, SitCategory::kRO2, kSure, 42},
    {CODE(GCRV, GCRV_INEFFECTIVE_OTHER), kVerdict, Verdict::kSit, SitCategory::kR1, kSure, 31},

    {CODE(TID, TID_DIAL_LCL), kVerdict, Verdict::kDialtone, kNoSit, kSure, -1},
    {CODE(TID, TID_DIAL_INTL), kVerdict, Verdict::kDialtone, kNoSit, kSure, -1},
    {CODE(TID, TID_DIAL_XTRA), kVerdict, Verdict::kDialtone, kNoSit, kSure, -1},
    {CODE(TID, TID_BUSY1), kVerdict, Verdict::kBusy, kNoSit, kSure, 17},
    // The fast busy of the DM3 set; Springware's is the same as BUSY1 (4.3).
    {CODE(TID, TID_BUSY2), kVerdict, Verdict::kBusy, kNoSit, kSure, 17},
    {CODE(TID, TID_RNGBK1), kVerdict, Verdict::kRingback, kNoSit, kSure, -1},
    {CODE(TID, TID_RNGBK2), kVerdict, Verdict::kRingback, kNoSit, kSure, -1},
    {CODE(TID, TID_DISCONNECT), kRelease, kNone, kNoSit, kSure, -1},
    {CODE(TID, TID_FAX1), kVerdict, Verdict::kFax, kNoSit, kSure, -1},
    {CODE(TID, TID_FAX2), kVerdict, Verdict::kFax, kNoSit, kSure, -1},
    {CODE(TID, TID_SIT_NC), kVerdict, Verdict::kSit, SitCategory::kNC1, kSure, 34},
    {CODE(TID, TID_SIT_IC), kVerdict, Verdict::kSit, SitCategory::kIC, kSure, 22},
    {CODE(TID, TID_SIT_VC), kVerdict, Verdict::kSit, SitCategory::kVC, kSure, 1},
    {CODE(TID, TID_SIT_RO), kVerdict, Verdict::kSit, SitCategory::kRO1, kSure, 42},
    {CODE(TID, TID_SIT_ANY), kVerdict, Verdict::kSit, kNoSit, kSure, 4},
    {CODE(TID, TID_SIT_NC_INTERLATA), kVerdict, Verdict::kSit, SitCategory::kNC2, kSure, 34},
    {CODE(TID, TID_SIT_RO_INTERLATA), kVerdict, Verdict::kSit, SitCategory::kRO2, kSure, 42},
    {CODE(TID, TID_SIT_IO), kVerdict, Verdict::kSit, SitCategory::kR1, kSure, 31},
};
#undef CODE

// RFC 3398, 7.2.4.1: SIP status to Q.850 cause.
struct SipCause {
  int status, cause;
};
constexpr SipCause kSipCauses[] = {
    {400, 41},  {401, 21}, {402, 21},  {403, 21},  {404, 1},  {405, 63},  {406, 79},  {407, 21},
    {408, 102}, {410, 22}, {413, 127}, {414, 127}, {415, 79}, {416, 127}, {420, 127}, {421, 127},
    {423, 127}, {480, 18}, {481, 41},  {482, 25},  {483, 25}, {484, 28},  {485, 1},   {486, 17},
    {487, 16},  {488, 65}, {500, 41},  {501, 79},  {502, 38}, {503, 41},  {504, 102}, {505, 127},
    {513, 127}, {600, 17}, {603, 21},  {604, 1},   {606, 65},
};

}  // namespace

std::span<const Meaning> meanings() { return kMeanings; }

namespace {

// Alarms of the span and of the D channel have results of their own, with their number (3.8).
bool isAlarmResult(int64_t value) {
  constexpr int kEnd = vendor::kGcrvAlarmOver + 0x10, kDChannels = 3;
  if (value >= vendor::kGcrvAlarmOn && value < kEnd) return true;
  const int64_t number = value - (vendor::kGcrvDChannel - 1);
  return (number >= 0 && number < kDChannels) ||
         (number >= vendor::kAlarmOver && number < vendor::kAlarmOver + kDChannels);
}

}  // namespace

const Meaning* meaningOf(const char* family, int64_t value) {
  if (std::strcmp(family, "GCRV") == 0 && isAlarmResult(value)) value = vendor::GCRV_ALARM;
  for (const Meaning& meaning : kMeanings) {
    if (meaning.value == value && std::strcmp(meaning.family, family) == 0) return &meaning;
  }
  return nullptr;
}

int causeOf(int64_t ccValue) {
  if (ccValue >= 1 && ccValue <= 127) return static_cast<int>(ccValue);
  if (ccValue < 400 || ccValue > 699) return -1;
  for (const SipCause& each : kSipCauses) {
    if (each.status == ccValue) return each.cause;
  }
  return ccValue < 500 ? 127 : 41;
}

// CNG 1100 Hz; CED 2100 Hz; 1650 Hz is the mark of V.21 channel 2, which Springware's first fax template
// takes. Limits: the templates of the sheet, 4.3.
const char* faxToneOf(int hz) {
  if (hz >= 1050 && hz <= 1150) return "fax_cng";
  if (hz >= 2000 && hz <= 2300) return "fax_ced";
  if (hz >= 1550 && hz <= 1750) return "fax_v21";
  return nullptr;
}

SitTold sitOf(const CpaNumbers& numbers) {
  const Meaning* byId = meaningOf("TID", numbers.tone);
  if (byId != nullptr && byId->verdict == Verdict::kSit) return {byId->sit, byId->confidence, byId->name};
  int ms[3];
  for (int i = 0; i < 3; ++i) ms[i] = numbers.duration[i] * 10;
  return sitOf(numbers.hz, ms);
}

SitTold sitOf(const int (&hz)[3], const int (&ms)[3]) {
  cpd::SitSegment segments[3];
  for (int i = 0; i < 3; ++i) {
    segments[i] = {static_cast<float>(hz[i]), ms[i], i == 0};
  }
  const cpd::SitMatch match = cpd::classifySit(segments[0], segments[1], segments[2]);
  return {match.category, match.confidence, nullptr};
}

}  // namespace board::dialogic
