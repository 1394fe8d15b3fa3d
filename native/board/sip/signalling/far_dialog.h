// A dialog with a far end, as a response to our INVITE opens it.
#pragma once

#include <string>

#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/transport/peer.h"

namespace board::sip {

// The way to the far end: its trunk, and the address of it that took the INVITE.
struct TrunkWay {
  const Peer* peer = nullptr;
  size_t address = 0;
};

// Its requests go to the far end's Contact, or the first recorded route, where that is an address of its family by the trunk's
// transport; else to the trunk's address by a Route, since nothing is looked up for a call. The Request-URI is the
// Contact as it is.
struct FarDialog {
  Ref<sip_dialog> dialog;  // nothing: the response had no Contact
  std::string target;      // the Request-URI, which digest authentication needs
  bool routed = false;     // by a Route, whatever the Contact
};

FarDialog openedBy(const sip_msg* response, sip_dialog* base, const TrunkWay& way);
// The answer in a dialog that a provisional response opened. A Contact that cannot be reached leaves the one before.
void update(FarDialog& dialog, const sip_msg* response, const TrunkWay& way);

}  // namespace board::sip
