// Structures of the vendor's C interface, in our own declarations.
//
// Long and Ptr are the widths of the vendor's long and pointer, so that the 32-bit layout, the one that every
// source shows, is checked in every build. The 64-bit layouts are DERIVED: no source shows a 64-bit library,
// they are what the field lists give with LP64. Where packing matters there (gclib), the layout is found by
// the probe at start-up (probe.h). Evidence: H1 and H2, most in A; DX_CAP also V3, DX_IOTT and DV_TPT also V2
// and V3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace board::dialogic::vendor {

// dx_dial's settings: 112 bytes on every ABI, 16-bit fields but for two bytes. cap_settings.cc has their
// meaning.
struct DxCap {
  uint16_t ca_nbrdna, ca_stdely, ca_cnosig;
  int16_t ca_lcdly;
  uint16_t ca_lcdly1, ca_hedge, ca_cnosil, ca_lo1tola, ca_lo1tolb, ca_lo2tola, ca_lo2tolb, ca_hi1tola,
      ca_hi1tolb;
  uint16_t ca_lo1bmax, ca_lo2bmax, ca_hi1bmax, ca_nsbusy, ca_logltch, ca_higltch, ca_lo1rmax, ca_lo2rmin,
      ca_intflg;
  uint16_t ca_intfltr, rfu1, rfu2, rfu3, rfu4, ca_hisiz, ca_alowmax, ca_blowmax, ca_nbrbeg, ca_hi1ceil,
      ca_lo1ceil;
  uint16_t ca_lowerfrq, ca_upperfrq, ca_timefrq, ca_rejctfrq, ca_maxansr, ca_ansrdgl, ca_mxtimefrq;
  uint16_t ca_lower2frq, ca_upper2frq, ca_time2frq, ca_mxtime2frq;
  uint16_t ca_lower3frq, ca_upper3frq, ca_time3frq, ca_mxtime3frq;
  uint16_t ca_dtn_pres, ca_dtn_npres, ca_dtn_deboff, ca_pamd_failtime, ca_pamd_minring;
  uint8_t ca_pamd_spdval, ca_pamd_qtemp;
  uint16_t ca_noanswer, ca_maxintering;
};

struct DxCst {
  uint16_t cst_event, cst_data;
};

template <class Ptr>
struct DvTptOf {
  uint16_t tp_type, tp_termno, tp_length, tp_flags, tp_data, rfu;
  Ptr tp_nextp;
};

template <class Long, class Ptr>
struct DxIottOf {
  uint16_t io_type, rfu;
  int32_t io_fhandle;
  Ptr io_bufp;
  std::make_unsigned_t<Long> io_offset;
  Long io_length;
  Ptr io_nextp, io_prevp;
};

// On 64 bit the rate may be a long (derived) or 32 bits wide: not known, so both are tried (voice.cc).
template <class Long>
struct DxXpbOf {
  uint16_t wFileFormat, wDataFormat;
  std::make_unsigned_t<Long> nSamplesPerSec;
  uint16_t wBitsPerSample;
};

template <class Long, class Ptr>
struct ScTsinfoOf {
  std::make_unsigned_t<Long> sc_numts;
  Ptr sc_tsarrayp;  // cells are Long
};

template <class Long>
struct CtDevinfoOf {
  std::make_unsigned_t<Long> ct_prodid;
  uint8_t ct_devfamily, ct_devmode, ct_nettype, ct_busmode, ct_busencoding, ct_prottype, ct_rfu[6];
};

// Functions that replace read, write and lseek for tables of kind IO_UIO; passed by value to dx_setuio. Not
// in the fact sheet: order of the fields from the fax library's DF_UIO (vendor manual, System Release 5.1.1),
// names from open code.
struct DxUio {
  int (*u_read)(int fd, char* buffer, unsigned count);
  int (*u_write)(int fd, char* buffer, unsigned count);
  long (*u_seek)(int fd, long offset, int whence);
};

template <class Long, class Ptr>
struct MetaeventOf {
  Long magicno;
  std::make_unsigned_t<Long> flags;
  Ptr evtdatap;
  Long evtlen, evtdev, evttype, linedev, crn;
  Ptr extevtdatap, usrattr;
  int32_t cclibid, rfu1;
};

#pragma pack(push, 1)
struct GclibAddressBlk {
  char address[128];
  uint8_t address_type, address_plan;
  char sub_address[128];
  uint8_t sub_address_type, sub_address_plan;
};

// Followed by the pointer to the GC_PARM_BLK: at 524 packed, at 528 natural on 64 bit.
struct GclibMakecallBlkHead {
  GclibAddressBlk destination, origination;
  uint8_t chan_id, medium_sel, category, address_info;
};

struct GcParmData {
  uint16_t set_ID, parm_ID;
  uint8_t value_size;  // the value follows
};
#pragma pack(pop)

using DvTpt = DvTptOf<void*>;
using DxIott = DxIottOf<long, void*>;
using DxXpb = DxXpbOf<long>;
using DxXpbNarrow = DxXpbOf<int32_t>;
using ScTsinfo = ScTsinfoOf<long, void*>;
using CtDevinfo = CtDevinfoOf<long>;
using Metaevent = MetaeventOf<long, void*>;

// Offsets of Global Call structures that depend on packing. All equal on 32 bit.
struct GcLayout {
  const char* name;
  int infoMsg, infoLibId, infoLibName, infoValue, infoCcMsg, infoMore;  // GC_INFO; gcValue at 0
  int startList;                                                        // GC_START_STRUCT; num_cclibs at 0
  int makecallExt;                                                      // GCLIB_MAKECALL_BLK
};
inline constexpr GcLayout kLayout32{"32 bit", 4, 8, 12, 16, 20, 24, 4, 524};
inline constexpr GcLayout kLayoutPacked{"64 bit, packed", 4, 12, 16, 24, 32, 40, 4, 524};    // derived
inline constexpr GcLayout kLayoutNatural{"64 bit, natural", 8, 16, 24, 32, 40, 48, 8, 528};  // derived

}  // namespace board::dialogic::vendor
