// Where peers are told that we are, in Via and Contact, behind a translator (NAT). libre writes where it is itself: its
// sip_transp_laddr() is wrapped when the program is linked (--wrap).
#pragma once

#include "board/sip/media/ip_address.h"

namespace board::sip {

// For requests that libre writes on this thread from now on. Not set: its own address; port 0: its own port. What is of
// the other family changes nothing.
void announce(const MediaAddress& address);
// What is told in the place of an address of ours where `address` is announced.
MediaAddress toldFor(const MediaAddress& address, const MediaAddress& own);

}  // namespace board::sip
