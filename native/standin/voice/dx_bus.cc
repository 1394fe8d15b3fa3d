// Functions of the voice library that route a channel, or its analog line, on the bus.
#include "standin/engine/world.h"
#include "standin/voice/dx_entry.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

namespace {

int route(int ch, const char* function, bool analogSide, ScTsinfo* info, bool transmit) {
  Entry entry(function);
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (analogSide && voice->own == nullptr) return voice->fail(*opened, EDX_BADPROD);
  Port* port = voice;
  if (analogSide) port = voice->own;
  if (info == nullptr || info->numts != 1 || info->tsarray == nullptr)
    return voice->fail(*opened, EDX_SH_CMDBLOCK);
  if (transmit) {
    *info->tsarray = static_cast<vlong>(port->slot);
    return 0;
  }
  Port* from = engine().world->port(static_cast<long>(*info->tsarray));
  if (from == nullptr) return voice->fail(*opened, EDX_SH_BADEXTTS);
  if (port->source != nullptr && port->source != from) engine().misuse.note("listen_without_unlisten");
  port->source = from;
  return 0;
}

int unroute(int ch, const char* function, bool analogSide) {
  Entry entry(function);
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (analogSide && voice->own == nullptr) return voice->fail(*opened, EDX_BADPROD);
  if (analogSide) {
    voice->own->source = nullptr;
  } else {
    voice->source = nullptr;
  }
  return 0;
}

int info(int ch, const char* function, CtDevinfo* into) {
  Entry entry(function);
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (into == nullptr) return voice->fail(*opened, EDX_BADPARM);
  *into = CtDevinfo{};
  into->prodid = 1;
  const bool springware = voice->board.family == Family::kSpringware;
  into->devfamily = static_cast<uint8_t>(springware                            ? CT_DFD41E
                                         : voice->board.family == Family::kDm3 ? CT_DFDM3
                                                                               : CT_DFHMPDM3);
  into->devmode = springware ? CT_DMNETWORK : CT_DMRESOURCE;
  into->nettype = springware ? CT_NTANALOG : CT_NTNONE;
  into->busmode = springware ? 1 : 6;
  into->busencoding = voice->board.e1 ? 1 : 0;
  return 0;
}

}  // namespace

VENDOR_API int dx_listen(int ch, ScTsinfo* info) { return route(ch, "dx_listen", false, info, false); }
VENDOR_API int dx_getxmitslot(int ch, ScTsinfo* info) {
  return route(ch, "dx_getxmitslot", false, info, true);
}
VENDOR_API int dx_unlisten(int ch) { return unroute(ch, "dx_unlisten", false); }
VENDOR_API int ag_listen(int ch, ScTsinfo* info) { return route(ch, "ag_listen", true, info, false); }
VENDOR_API int ag_getxmitslot(int ch, ScTsinfo* info) {
  return route(ch, "ag_getxmitslot", true, info, true);
}
VENDOR_API int ag_unlisten(int ch) { return unroute(ch, "ag_unlisten", true); }
VENDOR_API int dx_getctinfo(int ch, CtDevinfo* into) { return info(ch, "dx_getctinfo", into); }
VENDOR_API int ag_getctinfo(int ch, CtDevinfo* into) { return info(ch, "ag_getctinfo", into); }

namespace {

int answered(int result, int ch, unsigned short mode, unsigned good) {
  if ((mode & kAsync) == 0) return result;
  Entry entry("dx_listenEx");
  Opened* opened = entry.ready() ? entry.device(ch) : nullptr;
  if (opened == nullptr) return -1;
  const unsigned type = result == 0 ? good : good + 2;  // the _FAIL of each is two further
  engine().after(20, opened, [ch, type] { engine().push({.dev = ch, .type = type}); });
  return 0;
}

}  // namespace

VENDOR_API int dx_listenEx(int ch, ScTsinfo* info, unsigned short mode) {
  return answered(route(ch, "dx_listenEx", false, info, false), ch, mode, TDX_LISTEN);
}

VENDOR_API int dx_unlistenEx(int ch, unsigned short mode) {
  return answered(unroute(ch, "dx_unlistenEx", false), ch, mode, TDX_UNLISTEN);
}
