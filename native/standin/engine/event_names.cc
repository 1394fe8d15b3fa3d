// Names of the vendor's events: TDX_ of the voice library, GCEV_ of Global Call.
#include "standin/engine/event_names.h"

#include <cstdlib>

namespace standin {
namespace {

struct EventName {
  const char* name;
  unsigned number;
};

constexpr EventName kEvents[] = {
    {"TDX_PLAY", 0x81},
    {"TDX_RECORD", 0x82},
    {"TDX_GETDIG", 0x83},
    {"TDX_DIAL", 0x84},
    {"TDX_CALLP", 0x85},
    {"TDX_CST", 0x86},
    {"TDX_SETHOOK", 0x87},
    {"TDX_WINK", 0x88},
    {"TDX_ERROR", 0x89},
    {"TDX_PLAYTONE", 0x8a},
    {"TDX_GETR2MF", 0x8b},
    {"TDX_BARGEIN", 0x8c},
    {"TDX_NOSTOP", 0x8d},
    {"TDX_TXDATA", 0x90},
    {"TDX_RXDATA", 0x91},
    {"TDX_QUERYTONE", 0x96},
    {"TDX_QUERYTONE_FAIL", 0x97},
    {"TDX_DELETETONE", 0x98},
    {"TDX_DELETETONE_FAIL", 0x99},
    {"TDX_CREATETONE", 0x9a},
    {"TDX_CREATETONE_FAIL", 0x9b},
    {"TDX_VAD", 0x9c},
    {"TDX_LISTEN", 0x9d},
    {"TDX_UNLISTEN", 0x9e},
    {"TDX_LISTEN_FAIL", 0x9f},
    {"TDX_UNLISTEN_FAIL", 0xa0},
    {"TDX_RESET", 0xa1},
    {"TDX_RESETERR", 0xa2},
    {"GCEV_TASKFAIL", 0x801},
    {"GCEV_ANSWERED", 0x802},
    {"GCEV_CALLPROGRESS", 0x803},
    {"GCEV_ACCEPT", 0x804},
    {"GCEV_DROPCALL", 0x805},
    {"GCEV_RESETLINEDEV", 0x806},
    {"GCEV_CALLINFO", 0x807},
    {"GCEV_REQANI", 0x808},
    {"GCEV_SETCHANSTATE", 0x809},
    {"GCEV_FACILITY_ACK", 0x80a},
    {"GCEV_FACILITY_REJ", 0x80b},
    {"GCEV_MOREDIGITS", 0x80c},
    {"GCEV_SETBILLING", 0x80e},
    {"GCEV_ATTACH", 0x80f},
    {"GCEV_ATTACH_FAIL", 0x810},
    {"GCEV_DETACH", 0x811},
    {"GCEV_DETACH_FAIL", 0x812},
    {"GCEV_OPENEX", 0x817},
    {"GCEV_OPENEX_FAIL", 0x818},
    {"GCEV_TRACEDATA", 0x819},
    {"GCEV_ALERTING", 0x821},
    {"GCEV_CONNECTED", 0x822},
    {"GCEV_ERROR", 0x823},
    {"GCEV_OFFERED", 0x824},
    {"GCEV_DISCONNECTED", 0x826},
    {"GCEV_PROCEEDING", 0x827},
    {"GCEV_PROGRESSING", 0x828},
    {"GCEV_USRINFO", 0x829},
    {"GCEV_FACILITY", 0x82a},
    {"GCEV_CONGESTION", 0x82b},
    {"GCEV_D_CHAN_STATUS", 0x82e},
    {"GCEV_BLOCKED", 0x832},
    {"GCEV_UNBLOCKED", 0x833},
    {"GCEV_ISDNMSG", 0x834},
    {"GCEV_NOTIFY", 0x835},
    {"GCEV_L2FRAME", 0x836},
    {"GCEV_SETUP_ACK", 0x839},
    {"GCEV_CALLSTATUS", 0x83a},
    {"GCEV_MEDIADETECTED", 0x83b},
    {"GCEV_HOLDACK", 0x841},
    {"GCEV_HOLDCALL", 0x842},
    {"GCEV_HOLDREJ", 0x843},
    {"GCEV_RETRIEVEACK", 0x844},
    {"GCEV_RETRIEVECALL", 0x845},
    {"GCEV_RETRIEVEREJ", 0x846},
    {"GCEV_TRANSFERACK", 0x848},
    {"GCEV_TRANSFERREJ", 0x849},
    {"GCEV_RESTARTFAIL", 0x84b},
    {"GCEV_ACKCALL", 0x850},
    {"GCEV_SETUPTRANSFER", 0x851},
    {"GCEV_COMPLETETRANSFER", 0x852},
    {"GCEV_SWAPHOLD", 0x853},
    {"GCEV_BLINDTRANSFER", 0x854},
    {"GCEV_LISTEN", 0x855},
    {"GCEV_UNLISTEN", 0x856},
    {"GCEV_DETECTED", 0x857},
    {"GCEV_FATALERROR", 0x858},
    {"GCEV_RELEASECALL", 0x859},
    {"GCEV_RELEASECALL_FAIL", 0x85a},
    {"GCEV_DIALTONE", 0x860},
    {"GCEV_DIALING", 0x861},
    {"GCEV_ALARM", 0x862},
    {"GCEV_MOREINFO", 0x863},
    {"GCEV_SENDMOREINFO", 0x865},
    {"GCEV_CALLPROC", 0x866},
    {"GCEV_NODYNMEM", 0x867},
    {"GCEV_EXTENSION", 0x868},
    {"GCEV_EXTENSIONCMPLT", 0x869},
    {"GCEV_GETCONFIGDATA", 0x86a},
    {"GCEV_GETCONFIGDATA_FAIL", 0x86b},
    {"GCEV_SETCONFIGDATA", 0x86c},
    {"GCEV_SETCONFIGDATA_FAIL", 0x86d},
    {"GCEV_SERVICEREQ", 0x86e},
    {"GCEV_SERVICERESP", 0x870},
    {"GCEV_INVOKE_XFER_ACCEPTED", 0x872},
    {"GCEV_INVOKE_XFER_REJ", 0x873},
    {"GCEV_INVOKE_XFER", 0x874},
    {"GCEV_INVOKE_XFER_FAIL", 0x875},
    {"GCEV_REQ_XFER", 0x876},
    {"GCEV_ACCEPT_XFER", 0x877},
    {"GCEV_ACCEPT_XFER_FAIL", 0x878},
    {"GCEV_REJ_XFER", 0x879},
    {"GCEV_REJ_XFER_FAIL", 0x87a},
    {"GCEV_XFER_CMPLT", 0x87b},
    {"GCEV_XFER_FAIL", 0x87c},
    {"GCEV_INIT_XFER", 0x87d},
    {"GCEV_INIT_XFER_REJ", 0x87e},
    {"GCEV_INIT_XFER_FAIL", 0x87f},
    {"GCEV_TIMEOUT", 0x885},
    {"GCEV_SIP_ACK", 0x892},
    {"GCEV_SIP_200OK", 0x895},
    {"GCEV_FACILITYREQ", 0x8ff},
};

}  // namespace

unsigned eventNumber(const std::string& name) {
  for (const EventName& event : kEvents) {
    if (name == event.name) return event.number;
  }
  return static_cast<unsigned>(std::strtoul(name.c_str(), nullptr, 0));
}

std::string eventName(unsigned number) {
  for (const EventName& event : kEvents) {
    if (event.number == number) return event.name;
  }
  return std::to_string(number);
}

}  // namespace standin
