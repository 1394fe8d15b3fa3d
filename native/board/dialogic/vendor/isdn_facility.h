// The message that asks an ISDN switch for a two-channel transfer (TBCT): FACILITY on one call, naming the
// other.
//
// Never seen on a network of the vendor's. What it rests on: the way (gc_GetNetCRV, gc_SndMsg) on the
// vendor's ISDN reference; the number of the message and the block of information elements on one vendor
// header each (2007, not of a second lineage); the content on ANSI T1.643 and GR-2865 as an open ISDN stack
// sends it to NI2, 5ESS and 4ESS switches. A switch that refuses it, or says nothing, leaves both calls as
// they are.
#pragma once

#include <cstdint>

namespace board::dialogic {

// The vendor's block of information elements: a 16-bit length, then so many bytes.
struct IeBlock {
  int16_t length = 0;
  unsigned char data[260] = {};
};

// Asks to join the call that the message is sent on with the one of `reference` (gc_GetNetCRV, its low 16
// bits).
IeBlock transferFacility(uint8_t invokeId, uint16_t reference);

}  // namespace board::dialogic
