// Every size and offset of the fact sheet (2.1 to 2.3), checked by the compiler.
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic::vendor {

#define AT(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field)
#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type)

// The same on every ABI.
SIZE(DxCap, 112);
AT(DxCap, ca_nbrdna, 0);
AT(DxCap, ca_stdely, 2);
AT(DxCap, ca_cnosig, 4);
AT(DxCap, ca_lcdly, 6);
AT(DxCap, ca_lcdly1, 8);
AT(DxCap, ca_hedge, 10);
AT(DxCap, ca_cnosil, 12);
AT(DxCap, ca_lo1tola, 14);
AT(DxCap, ca_lo1tolb, 16);
AT(DxCap, ca_lo2tola, 18);
AT(DxCap, ca_lo2tolb, 20);
AT(DxCap, ca_hi1tola, 22);
AT(DxCap, ca_hi1tolb, 24);
AT(DxCap, ca_lo1bmax, 26);
AT(DxCap, ca_lo2bmax, 28);
AT(DxCap, ca_hi1bmax, 30);
AT(DxCap, ca_nsbusy, 32);
AT(DxCap, ca_logltch, 34);
AT(DxCap, ca_higltch, 36);
AT(DxCap, ca_lo1rmax, 38);
AT(DxCap, ca_lo2rmin, 40);
AT(DxCap, ca_intflg, 42);
AT(DxCap, ca_intfltr, 44);
AT(DxCap, rfu1, 46);
AT(DxCap, rfu2, 48);
AT(DxCap, rfu3, 50);
AT(DxCap, rfu4, 52);
AT(DxCap, ca_hisiz, 54);
AT(DxCap, ca_alowmax, 56);
AT(DxCap, ca_blowmax, 58);
AT(DxCap, ca_nbrbeg, 60);
AT(DxCap, ca_hi1ceil, 62);
AT(DxCap, ca_lo1ceil, 64);
AT(DxCap, ca_lowerfrq, 66);
AT(DxCap, ca_upperfrq, 68);
AT(DxCap, ca_timefrq, 70);
AT(DxCap, ca_rejctfrq, 72);
AT(DxCap, ca_maxansr, 74);
AT(DxCap, ca_ansrdgl, 76);
AT(DxCap, ca_mxtimefrq, 78);
AT(DxCap, ca_lower2frq, 80);
AT(DxCap, ca_upper2frq, 82);
AT(DxCap, ca_time2frq, 84);
AT(DxCap, ca_mxtime2frq, 86);
AT(DxCap, ca_lower3frq, 88);
AT(DxCap, ca_upper3frq, 90);
AT(DxCap, ca_time3frq, 92);
AT(DxCap, ca_mxtime3frq, 94);
AT(DxCap, ca_dtn_pres, 96);
AT(DxCap, ca_dtn_npres, 98);
AT(DxCap, ca_dtn_deboff, 100);
AT(DxCap, ca_pamd_failtime, 102);
AT(DxCap, ca_pamd_minring, 104);
AT(DxCap, ca_pamd_spdval, 106);
AT(DxCap, ca_pamd_qtemp, 107);
AT(DxCap, ca_noanswer, 108);
AT(DxCap, ca_maxintering, 110);

SIZE(DxCst, 4);
AT(DxCst, cst_data, 2);

SIZE(GclibAddressBlk, 260);
AT(GclibAddressBlk, address_type, 128);
AT(GclibAddressBlk, address_plan, 129);
AT(GclibAddressBlk, sub_address, 130);
AT(GclibAddressBlk, sub_address_type, 258);
AT(GclibAddressBlk, sub_address_plan, 259);

SIZE(GclibMakecallBlkHead, 524);
AT(GclibMakecallBlkHead, origination, 260);
AT(GclibMakecallBlkHead, chan_id, 520);
AT(GclibMakecallBlkHead, medium_sel, 521);
AT(GclibMakecallBlkHead, category, 522);
AT(GclibMakecallBlkHead, address_info, 523);

SIZE(GcParmData, 5);
AT(GcParmData, parm_ID, 2);
AT(GcParmData, value_size, 4);

// 32 bit: as in the sources.
using DvTpt32 = DvTptOf<uint32_t>;
SIZE(DvTpt32, 16);
AT(DvTpt32, tp_termno, 2);
AT(DvTpt32, tp_length, 4);
AT(DvTpt32, tp_flags, 6);
AT(DvTpt32, tp_data, 8);
AT(DvTpt32, rfu, 10);
AT(DvTpt32, tp_nextp, 12);

using DxIott32 = DxIottOf<int32_t, uint32_t>;
SIZE(DxIott32, 28);
AT(DxIott32, io_fhandle, 4);
AT(DxIott32, io_bufp, 8);
AT(DxIott32, io_offset, 12);
AT(DxIott32, io_length, 16);
AT(DxIott32, io_nextp, 20);
AT(DxIott32, io_prevp, 24);

using DxXpb32 = DxXpbOf<int32_t>;
SIZE(DxXpb32, 12);
AT(DxXpb32, wDataFormat, 2);
AT(DxXpb32, nSamplesPerSec, 4);
AT(DxXpb32, wBitsPerSample, 8);

using ScTsinfo32 = ScTsinfoOf<int32_t, uint32_t>;
SIZE(ScTsinfo32, 8);
AT(ScTsinfo32, sc_tsarrayp, 4);

using CtDevinfo32 = CtDevinfoOf<int32_t>;
SIZE(CtDevinfo32, 16);
AT(CtDevinfo32, ct_devfamily, 4);
AT(CtDevinfo32, ct_devmode, 5);
AT(CtDevinfo32, ct_nettype, 6);
AT(CtDevinfo32, ct_busmode, 7);
AT(CtDevinfo32, ct_busencoding, 8);
AT(CtDevinfo32, ct_prottype, 9);

using Metaevent32 = MetaeventOf<int32_t, uint32_t>;
SIZE(Metaevent32, 48);
AT(Metaevent32, flags, 4);
AT(Metaevent32, evtdatap, 8);
AT(Metaevent32, evtlen, 12);
AT(Metaevent32, evtdev, 16);
AT(Metaevent32, evttype, 20);
AT(Metaevent32, linedev, 24);
AT(Metaevent32, crn, 28);
AT(Metaevent32, extevtdatap, 32);
AT(Metaevent32, usrattr, 36);
AT(Metaevent32, cclibid, 40);
AT(Metaevent32, rfu1, 44);

#if defined(__LP64__)
// Derived, not observed: LP64 arithmetic on the field lists.
SIZE(DvTpt, 24);
AT(DvTpt, tp_nextp, 16);
SIZE(DxIott, 48);
AT(DxIott, io_fhandle, 4);
AT(DxIott, io_bufp, 8);
AT(DxIott, io_offset, 16);
AT(DxIott, io_length, 24);
AT(DxIott, io_nextp, 32);
AT(DxIott, io_prevp, 40);
SIZE(DxXpb, 24);
AT(DxXpb, nSamplesPerSec, 8);
AT(DxXpb, wBitsPerSample, 16);
SIZE(ScTsinfo, 16);
AT(ScTsinfo, sc_tsarrayp, 8);
AT(CtDevinfo, ct_devfamily, 8);
AT(CtDevinfo, ct_nettype, 10);
AT(CtDevinfo, ct_busencoding, 12);
SIZE(Metaevent, 88);
AT(Metaevent, evtdatap, 16);
AT(Metaevent, evtlen, 24);
AT(Metaevent, evtdev, 32);
AT(Metaevent, evttype, 40);
AT(Metaevent, linedev, 48);
AT(Metaevent, crn, 56);
AT(Metaevent, extevtdatap, 64);
AT(Metaevent, usrattr, 72);
AT(Metaevent, cclibid, 80);
AT(Metaevent, rfu1, 84);
SIZE(DxUio, 24);
#else
SIZE(DvTpt, 16);
SIZE(DxIott, 28);
SIZE(DxXpb, 12);
SIZE(ScTsinfo, 8);
SIZE(CtDevinfo, 16);
SIZE(Metaevent, 48);
SIZE(DxUio, 12);
#endif

#undef AT
#undef SIZE

}  // namespace board::dialogic::vendor
