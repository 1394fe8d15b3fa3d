// The functions that libdti.so exports.
#include <cerrno>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

namespace {

NetworkLine* lineOf(Entry& entry, int dev, Opened*& opened) {
  opened = entry.ready() ? entry.device(dev) : nullptr;
  return opened != nullptr ? opened->line : nullptr;
}

}  // namespace

VENDOR_API int dt_open(char* name, int flags) {
  Entry entry("dt_open");
  if (!entry.ready() || name == nullptr || flags != 0) {
    errno = EINVAL;
    return -1;
  }
  World& world = *engine().world;
  NetworkLine* line = world.line(name);
  if (line != nullptr && line->family != Family::kSpringware) {
    Opened& opened = engine().open(name, line->family == Family::kHmp ? What::kIp : What::kSlot);
    opened.line = line;
    return opened.handle;
  }
  const auto* devices = world.subdevices(name);
  if (devices != nullptr && !devices->empty() && world.line(devices->front()) != nullptr &&
      std::string_view(name).starts_with("dti")) {
    Opened& opened = engine().open(name, What::kSpan);
    opened.subdevices = static_cast<int>(devices->size());
    opened.line = world.line(devices->front());
    return opened.handle;
  }
  errno = ENOENT;
  return -1;
}

VENDOR_API int dt_close(int dev) {
  Entry entry("dt_close");
  Opened* opened = entry.ready() ? entry.device(dev) : nullptr;
  if (opened == nullptr) return -1;
  engine().close(*opened);
  return 0;
}

VENDOR_API int dt_getxmitslot(int dev, ScTsinfo* info) {
  Entry entry("dt_getxmitslot");
  Opened* opened = nullptr;
  const NetworkLine* line = lineOf(entry, dev, opened);
  if (line == nullptr || info == nullptr || info->numts != 1 || info->tsarray == nullptr) return -1;
  *info->tsarray = static_cast<vlong>(line->slot);
  return 0;
}

VENDOR_API int dt_listen(int dev, ScTsinfo* info) {
  Entry entry("dt_listen");
  Opened* opened = nullptr;
  NetworkLine* line = lineOf(entry, dev, opened);
  if (line == nullptr || info == nullptr || info->numts != 1 || info->tsarray == nullptr) return -1;
  Port* port = engine().world->port(static_cast<long>(*info->tsarray));
  if (port == nullptr) {
    opened->lastError = EDX_SH_BADEXTTS;
    return -1;
  }
  line->source = port;
  return 0;
}

VENDOR_API int dt_unlisten(int dev) {
  Entry entry("dt_unlisten");
  Opened* opened = nullptr;
  NetworkLine* line = lineOf(entry, dev, opened);
  if (line == nullptr) return -1;
  line->source = nullptr;
  return 0;
}

VENDOR_API int dt_getctinfo(int dev, CtDevinfo* into) {
  Entry entry("dt_getctinfo");
  Opened* opened = nullptr;
  const NetworkLine* line = lineOf(entry, dev, opened);
  if (line == nullptr || into == nullptr) return -1;
  const bool e1 = engine().settings.boards[static_cast<size_t>(line->board)].e1;
  *into = CtDevinfo{};
  into->prodid = 2;
  into->devfamily = static_cast<uint8_t>(line->family == Family::kHmp ? CT_DFHMPDM3 : CT_DFDM3);
  into->devmode = CT_DMNETWORK;
  into->nettype = static_cast<uint8_t>(line->family == Family::kHmp ? CT_NTIPT : e1 ? CT_NTE1 : CT_NTT1);
  into->busmode = 6;
  into->busencoding = e1 ? 1 : 0;
  into->prottype = 1;  // ISDN
  return 0;
}

// Event 1 is the error event of a span.
VENDOR_API int dt_setevtmsk(int dev, int event, unsigned short mask, int action) {
  Entry entry("dt_setevtmsk");
  Opened* opened = nullptr;
  if (lineOf(entry, dev, opened) == nullptr) return -1;
  if (event < 1 || event > 3 || action < 0 || action > 2) {
    opened->lastError = EDX_BADPARM;
    return -1;
  }
  if (event != 1) return 0;
  if (action == 0) opened->errorMask = mask;
  if (action == 1) opened->errorMask |= mask;
  if (action == 2) opened->errorMask &= ~static_cast<unsigned>(mask);
  return 0;
}

VENDOR_API int dt_getevtmsk(int dev, int event, unsigned short* mask) {
  Entry entry("dt_getevtmsk");
  Opened* opened = nullptr;
  if (lineOf(entry, dev, opened) == nullptr || event < 1 || event > 3 || mask == nullptr) return -1;
  *mask = static_cast<unsigned short>(event == 1 ? opened->errorMask : 0);
  return 0;
}

VENDOR_API int dt_getevt(int dev, EvEblk*, int timeout) {
  Entry entry("dt_getevt");
  entry.synchronous();
  Opened* opened = nullptr;
  if (lineOf(entry, dev, opened) == nullptr) return -1;
  engine().pass(
      entry.lock, [] { return false; }, timeout < 0 ? 3.6e6 : timeout * 1000.0);
  opened->lastError = EDX_TIMEOUT;
  return -1;
}

VENDOR_API int dt_setiostatus(int dev, int) {
  Entry entry("dt_setiostatus");
  Opened* opened = nullptr;
  return lineOf(entry, dev, opened) != nullptr ? 0 : -1;
}

VENDOR_API vlong ATDT_STATUS(int dev) {
  Entry entry("ATDT_STATUS");
  Opened* opened = nullptr;
  const NetworkLine* line = lineOf(entry, dev, opened);
  return line != nullptr ? (line->blocked() ? 1 : 0) : -1;
}

VENDOR_API vlong ATDT_STATE(int dev) {
  Entry entry("ATDT_STATE");
  Opened* opened = nullptr;
  return lineOf(entry, dev, opened) != nullptr ? 0 : -1;
}
