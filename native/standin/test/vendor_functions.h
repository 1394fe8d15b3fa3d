// The vendor's functions as the tests of the stand-in call them, and what the tests share.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "standin/engine/abi.h"
#include "standin/global_call/gc_numbers.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

union GcParmValue {
  short number;
  int whole;
  vlong wide;
  char* text;
};

extern "C" {
vlong sr_setparm(vlong, vlong, void*);
vlong sr_enbhdlr(vlong, vulong, EventHandler);
vlong sr_dishdlr(vlong, vulong, EventHandler);
vlong sr_waitevt(vlong);
vlong sr_waitevtEx(vlong*, int, vlong, vlong*);
vlong sr_getevtdev(vulong);
vlong sr_getevttype(vulong);
vlong sr_getevtlen(vulong);
void* sr_getevtdatap(vulong);
vlong sr_putevt(vlong, vulong, vlong, void*, vlong);
vlong sr_getboardcnt(char*, int*);
vlong ATDV_LASTERR(vlong);
char* ATDV_NAMEP(vlong);
vlong ATDV_SUBDEVS(vlong);
vlong SRLGetAllPhysicalBoards(int*, vlong*);
vlong SRLGetVirtualBoardsOnPhysicalBoard(vlong, int*, DeviceInfo*);
vlong SRLGetSubDevicesOnVirtualBoard(char*, int*, DeviceInfo*);

int dx_open(const char*, int);
int dx_close(int);
int dx_sethook(int, int, unsigned short);
int dx_dial(int, const char*, const DxCap*, unsigned short);
int dx_stopch(int, unsigned short);
int dx_resetch(int, unsigned short);
int dx_deltones(int);
int dx_initcallp(int);
int dx_chgfreq(int, int, int, int, int);
int dx_blddt(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned);
int dx_blddtcad(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                unsigned);
int dx_addtone(int, unsigned char, unsigned char);
int dx_enbtone(int, int, int);
int dx_setevtmsk(int, unsigned);
int dx_getevt(int, DxEblk*, int);
int dx_setuio(DxUio);
int dx_playiottdata(int, DxIott*, const DvTpt*, DxXpb*, unsigned short);
int dx_reciottdata(int, DxIott*, const DvTpt*, DxXpb*, unsigned short);
int dx_getdig(int, const DvTpt*, DvDigit*, unsigned short);
int dx_getxmitslot(int, ScTsinfo*);
int dx_listen(int, ScTsinfo*);
int dx_unlisten(int);
int ag_getxmitslot(int, ScTsinfo*);
int ag_listen(int, ScTsinfo*);
int dx_getctinfo(int, CtDevinfo*);
int dx_querytone(int, int, ToneData*, unsigned short);
int dx_deletetone(int, int, unsigned short);
int dx_createtone(int, int, ToneData*, unsigned short);
vlong ATDX_CPTERM(int);
vlong ATDX_CONNTYPE(int);
vlong ATDX_CRTNID(int);
vlong ATDX_ANSRSIZ(int);
vlong ATDX_FRQHZ(int);
vlong ATDX_FRQHZ2(int);
vlong ATDX_FRQHZ3(int);
vlong ATDX_DTNFAIL(int);
vlong ATDX_STATE(int);
vlong ATDX_LINEST(int);
vlong ATDX_TERMMSK(int);
vlong ATDX_TRCOUNT(int);

int dt_open(char*, int);
int dt_getctinfo(int, CtDevinfo*);
int dt_setevtmsk(int, int, unsigned short, int);

int gc_Start(GcStart*);
int gc_Stop(void);
int gc_OpenEx(vlong*, char*, int, void*);
int gc_Close(vlong);
int gc_MakeCall(vlong, vlong*, char*, GcMakeCallBlk*, int, unsigned long);
int gc_DropCall(vlong, int, unsigned long);
int gc_ReleaseCallEx(vlong, unsigned long);
int gc_ResetLineDev(vlong, unsigned long);
int gc_GetMetaEvent(MetaEvent*);
int gc_ErrorInfo(GcInfo*);
int gc_ResultInfo(MetaEvent*, GcInfo*);
int gc_GetCallInfo(vlong, int, char*);
int gc_GetCallState(vlong, int*);
int gc_GetResourceH(vlong, int*, int);
int gc_Listen(vlong, ScTsinfo*, unsigned long);
int gc_GetXmitSlot(vlong, ScTsinfo*);
int gc_SetConfigData(int, vlong, GcParmBlk*, int, int, vlong*, unsigned long);
int gc_SetEvtMsk(vlong, unsigned long, int);
int gc_BlindTransfer(vlong, char*, GcMakeCallBlk*, int, unsigned long);
int gc_SetupTransfer(vlong, vlong*, unsigned long);
int gc_CompleteTransfer(vlong, vlong, unsigned long);
int gc_InvokeXfer(vlong, vlong, char*, GcMakeCallBlk*, int, unsigned long);
int gc_util_insert_parm_val(GcParmBlk**, unsigned short, unsigned short, unsigned char, vulong);
GcParmData* gc_util_next_parm(GcParmBlk*, GcParmData*);
void gc_util_delete_parm_blk(GcParmBlk*);

int standin_configure(const char*);
const char* standin_error(void);
void standin_reset(void);
double standin_now(void);
int standin_advance(double);
long standin_misuse(const char*);
int standin_report(char*, int);
int standin_calls(char*, int);
int standin_fault(const char*);
int standin_alarm(int, const char*, int);
double standin_sent_dbm0(const char*);
}

namespace standintest {

inline std::string text(int (*function)(char*, int)) {
  std::string result(static_cast<size_t>(function(nullptr, 0)) + 1, 0);
  function(result.data(), static_cast<int>(result.size()));
  result.pop_back();
  return result;
}

// ISDN and SIP boards whose people answer, and extensions of every kind.
inline constexpr const char* kBoards =
    R"({"clock": "free", "boards": [{"family": "dm3", "network": "t1", "channels": 4},
  {"family": "hmp", "channels": 2}], "world": {"unlisted": "live",
    "subscribers": [{"number": "5550007", "kind": "live", "patienceMs": 60000}],
    "extensions": [{"extension": "7666", "behaviour": "busy"},
    {"extension": "7777", "behaviour": "refuse"}, {"extension": "7xxx"}]}})";

// A fresh stand-in whose time moves while the test waits for events.
struct Bench {
  explicit Bench(const std::string& json) {
    standin_reset();
    if (standin_configure(json.c_str()) != 0) std::printf("bad configuration: %s\n", standin_error());
    int poll = 0;
    sr_setparm(0, 2, &poll);
  }
  ~Bench() { standin_reset(); }

  // Takes events until one of that type for the device (0: any) came. False: not in `ms`.
  bool until(long type, long device = 0, double ms = 120'000) {
    const double end = standin_now() + ms;
    while (standin_now() < end) {
      if (!next(end - standin_now())) return false;
      if (meta.type == type && (device == 0 || meta.dev == device)) return true;
    }
    return false;
  }

  bool next(double ms = 120'000) {
    if (sr_waitevt(static_cast<vlong>(ms)) < 0) return false;
    gc_GetMetaEvent(&meta);
    seen.push_back(static_cast<long>(meta.type));
    GcInfo info{};
    result = (meta.flags & 1) != 0 && gc_ResultInfo(&meta, &info) == 0 ? info.value : 0;
    ccValue = (meta.flags & 1) != 0 ? static_cast<long>(info.ccValue) : 0;
    return true;
  }

  // Events without which nothing happens for so long.
  void pass(double ms) {
    const double end = standin_now() + ms;
    while (standin_now() < end) next(end - standin_now());
  }

  // A line device that is open and unblocked.
  vlong open(std::string name) {
    vlong line = 0;
    if (gc_OpenEx(&line, name.data(), kAsync, nullptr) != 0) return 0;
    return until(GCEV_UNBLOCKED, line) ? line : 0;
  }

  vlong call(vlong line, std::string number, GcMakeCallBlk* block = nullptr) {
    vlong crn = 0;
    return gc_MakeCall(line, &crn, number.data(), block, 0, kAsync) == 0 ? crn : 0;
  }

  bool hangUp(vlong crn) {
    return gc_DropCall(crn, GC_NORMAL, kAsync) == 0 && until(GCEV_DROPCALL) &&
           gc_ReleaseCallEx(crn, kAsync) == 0 && until(GCEV_RELEASECALL);
  }

  static constexpr int GC_NORMAL = 0x10;

  MetaEvent meta{};
  int result = 0;
  long ccValue = 0;
  std::vector<long> seen;
};

// An analog channel with PerfectCall on.
inline int analogChannel(const char* name) {
  const int ch = dx_open(name, 0);
  dx_deltones(ch);
  dx_initcallp(ch);
  dx_setevtmsk(ch, 0x18);
  return ch;
}

inline DxCap fullCap() {
  DxCap cap{};
  cap.intflg = 8;
  cap.pamdSpdval = 3;
  cap.pamdQtemp = 11;
  cap.ansrdgl = 50;
  cap.lower2frq = 1350, cap.upper2frq = 1450, cap.time2frq = 5;
  cap.lower3frq = 1725, cap.upper3frq = 1825, cap.time3frq = 5;
  return cap;
}

}  // namespace standintest
