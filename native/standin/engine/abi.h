// The vendor's structures as the fact sheet of the interface gives them, declared for the stand-in alone.
//
// STANDIN_LONG4: the vendor's long is 4 bytes also in a 64-bit build. STANDIN_NATURAL: Global Call's
// structures are naturally aligned instead of packed. Both are guesses at a 64-bit build nobody has seen; the
// default is what the headers declare (packed, LP64).
#pragma once

#include <cstddef>
#include <cstdint>

// Used by the other three libraries.
#define STANDIN_SHARED __attribute__((visibility("default")))

#define VENDOR_API extern "C" __attribute__((visibility("default")))

namespace standin {

#ifdef STANDIN_LONG4
using vlong = int32_t;
using vulong = uint32_t;
#else
using vlong = long;
using vulong = unsigned long;
#endif

// ---- SRL

struct DeviceInfo {
  char name[12];
  int type;
};

using EventHandler = vlong (*)(vulong);

// ---- voice

#pragma pack(push, 1)
struct DxCap {
  uint16_t nbrdna, stdely, cnosig;
  int16_t lcdly;
  uint16_t lcdly1, hedge, cnosil, lo1tola, lo1tolb, lo2tola, lo2tolb, hi1tola, hi1tolb, lo1bmax, lo2bmax,
      hi1bmax, nsbusy, logltch, higltch, lo1rmax, lo2rmin, intflg, intfltr, rfu1, rfu2, rfu3, rfu4, hisiz,
      alowmax, blowmax, nbrbeg, hi1ceil, lo1ceil, lowerfrq, upperfrq, timefrq, rejctfrq, maxansr, ansrdgl,
      mxtimefrq, lower2frq, upper2frq, time2frq, mxtime2frq, lower3frq, upper3frq, time3frq, mxtime3frq,
      dtnPres, dtnNpres, dtnDeboff, pamdFailtime, pamdMinring;
  uint8_t pamdSpdval, pamdQtemp;
  uint16_t noanswer, maxintering;
};
#pragma pack(pop)
static_assert(sizeof(DxCap) == 112 && offsetof(DxCap, intflg) == 42 && offsetof(DxCap, lowerfrq) == 66 &&
              offsetof(DxCap, dtnPres) == 96 && offsetof(DxCap, noanswer) == 108);

struct DxEblk {
  uint16_t event, data;
  uint8_t reserved[12];
};
struct DxCst {
  uint16_t event, data;
};
struct DvTpt {
  uint16_t type, termno, length, flags, data, rfu;
  DvTpt* next;
};
struct DxIott {
  uint16_t type, rfu;
  int fhandle;
  char* bufp;
  vulong offset;
  vlong length;
  DxIott* next;
  DxIott* prev;
};
struct DxXpb {
  uint16_t fileFormat, dataFormat;
  vulong samplesPerSec;
  uint16_t bitsPerSample;
};
// The three of the application that replace read, write and lseek; named in the vendor's manuals.
struct DxUio {
  int (*read)(int, char*, unsigned);
  int (*write)(int, char*, unsigned);
  vlong (*seek)(int, vlong, int);
};
struct ScTsinfo {
  vulong numts;
  vlong* tsarray;
};
#pragma pack(push, 1)
struct CtDevinfo {
  vulong prodid;
  uint8_t devfamily, devmode, nettype, busmode, busencoding, prottype, rfu[6];
};
#pragma pack(pop)
struct DvDigit {
  char value[32], type[32];
};
struct TnGen {
  uint16_t dual, f1, f2;
  int16_t amp1, amp2, duration;
};
struct TnGencad {
  uint8_t cycles, segments;
  int16_t off[4];
  TnGen tone[4];
};
static_assert(sizeof(TnGencad) == 58);
struct ToneSeg {
  uint32_t version;
  uint16_t dual, tn1min, tn1max, tn2min, tn2max, twinmin, twinmax, onmin, onmax, offmin, offmax;
};
struct ToneData {
  uint32_t version, segments;
  uint16_t repeat;
  ToneSeg seg[4];
};
static_assert(sizeof(ToneSeg) == 28 && sizeof(ToneData) == 124 && offsetof(ToneData, seg) == 12);

// ---- DTI

#pragma pack(push, 1)
struct EvEblk {
  vlong dev;
  vulong event;
  vlong len;
  uint8_t data[8];
  void* datap;
  void* context;
};
#pragma pack(pop)

// ---- Global Call

#ifndef STANDIN_NATURAL
#pragma pack(push, 1)
#endif
struct MetaEvent {
  vlong magic;
  vulong flags;
  void* data;
  vlong len, dev, type, linedev, crn;
  void* ext;
  void* usrattr;
  int cclib, rfu;
};
struct GcInfo {
  int value;
  const char* message;
  int cclib;
  const char* cclibName;
  vlong ccValue;
  const char* ccMessage;
  const char* additional;
};
struct CclibStart {
  const char* name;
  void* data;
};
struct GcStart {
  int count;
  CclibStart* list;
};
struct GcAddress {
  char address[128];
  uint8_t type, plan;
  char sub[128];
  uint8_t subType, subPlan;
};
struct GcParmBlk {
  uint16_t size;
  uint8_t bytes[1];
};
struct GcMakeCall {
  GcAddress destination, origination;
  uint8_t medium, mediumSelect, category, addressInfo;
  GcParmBlk* ext;
};
struct GcMakeCallBlk {
  GcMakeCall* gclib;
  void* cclib;
};
#ifndef STANDIN_NATURAL
#pragma pack(pop)
#endif
#pragma pack(push, 1)
struct GcParmData {
  uint16_t set, parm;
  uint8_t size;
  uint8_t value[1];
};
#pragma pack(pop)
static_assert(sizeof(GcAddress) == 260 && offsetof(GcMakeCall, medium) == 520);

#ifndef STANDIN_NATURAL
#pragma pack(push, 1)
#endif
// Data of GCEV_SETCONFIGDATA and its kin.
struct GcRtcm {
  vlong request;
  int gcResult, ccResult, cclib;
  const char* message;
  GcParmBlk* parm;
  int target;
  vlong targetId;
};
struct IpStart {
  uint16_t version;
  uint8_t delimiter, boards;
  uint8_t* list;
  vulong maxParmSize;
  int mediaMode;
};
#ifndef STANDIN_NATURAL
#pragma pack(pop)
#endif

#if !defined(STANDIN_LONG4) && !defined(STANDIN_NATURAL)
constexpr bool k32 = sizeof(void*) == 4;
static_assert(sizeof(MetaEvent) == (k32 ? 48 : 88) && sizeof(GcInfo) == (k32 ? 28 : 48));
static_assert(sizeof(DxIott) == (k32 ? 28 : 48) && sizeof(DvTpt) == (k32 ? 16 : 24));
static_assert(sizeof(DxXpb) == (k32 ? 12 : 24) && sizeof(ScTsinfo) == (k32 ? 8 : 16));
static_assert(sizeof(GcMakeCall) == (k32 ? 528 : 532) && sizeof(GcStart) == (k32 ? 8 : 12));
static_assert(sizeof(GcRtcm) == (k32 ? 32 : 48) && sizeof(CtDevinfo) == (k32 ? 16 : 20));
static_assert(sizeof(EvEblk) == (k32 ? 28 : 48));
#endif

constexpr uint32_t kMetaMagic = 0xBAD012FB;

constexpr int kAsync = 0x8000;
constexpr int kNoStop = 0x200;
constexpr int kCallp = 0x1;

}  // namespace standin
