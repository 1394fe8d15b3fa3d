// Functions that libdxxx.so exports: devices, hook, dialling, parameters, events. Tones are in dx_tones.cc,
// sound and digits in dx_sound.cc, the bus in dx_bus.cc, the attributes in dx_attributes.cc.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "standin/engine/world.h"
#include "standin/voice/dx_entry.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

VENDOR_API int dx_open(const char* name, int flags) {
  Entry entry("dx_open");
  if (!entry.ready() || name == nullptr || flags != 0) {
    errno = EINVAL;
    return -1;
  }
  Engine& e = engine();
  World& world = *e.world;
  if (VoiceChannel* voice = world.voice(name)) {
    if (e.faults.strikes("open_fail", name)) {
      errno = EIO;
      return -1;
    }
    Opened& opened = e.open(name, What::kVoice);
    opened.voice = voice;
    opened.line = voice->own;
    return opened.handle;
  }
  const auto& physical = world.physical();
  const auto board = std::find(physical.begin(), physical.end(), name);
  if (board != physical.end()) {
    Opened& opened = e.open(name, What::kPhysical);
    opened.subdevices = static_cast<int>(board - physical.begin());
    return opened.handle;
  }
  if (const auto* devices = world.subdevices(name);
      devices != nullptr && std::string_view(name).starts_with("dxxx")) {
    Opened& opened = e.open(name, What::kVoiceBoard);
    opened.subdevices = static_cast<int>(devices->size());
    return opened.handle;
  }
  errno = ENOENT;
  return -1;
}

VENDOR_API int dx_close(int dev) {
  Entry entry("dx_close");
  Opened* opened = entry.ready() ? entry.device(dev) : nullptr;
  if (opened == nullptr) return -1;
  if (opened->voice != nullptr) opened->voice->released(*opened);
  engine().close(*opened);
  return 0;
}

VENDOR_API int dx_sethook(int ch, int state, unsigned short mode) {
  Entry entry("dx_sethook");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->hook(*opened, state, mode, entry.lock) : -1;
}

VENDOR_API int dx_dial(int ch, const char* digits, const DxCap* cap, unsigned short mode) {
  Entry entry("dx_dial");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->dial(*opened, digits, cap, mode, entry.lock) : -1;
}

VENDOR_API int dx_stopch(int ch, unsigned short mode) {
  Entry entry("dx_stopch");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->stop(*opened, mode, entry.lock) : -1;
}

VENDOR_API int dx_resetch(int ch, unsigned short mode) {
  Entry entry("dx_resetch");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->reset(*opened, mode, entry.lock) : -1;
}

VENDOR_API void dx_clrcap(DxCap* cap) {
  if (cap != nullptr) *cap = DxCap{};
}

VENDOR_API int dx_clrtpt(DvTpt* tpt, int count) {
  if (tpt == nullptr || count < 0) return -1;
  std::fill(tpt, tpt + count, DvTpt{});
  return 0;
}

VENDOR_API int dx_setparm(int dev, unsigned long parm, const void* value) {
  Entry entry("dx_setparm");
  Opened* opened = entry.ready() ? entry.device(dev) : nullptr;
  if (opened == nullptr) return -1;
  if (value == nullptr || (parm >> 28) != 0x2) {
    opened->lastError = EDX_BADPARM;
    return -1;
  }
  uint16_t number = 0;
  std::memcpy(&number, value, sizeof number);
  const auto apply = [&](VoiceChannel& voice) {
    if (parm == 0x20800401) voice.flashTime = number;
    if (parm == 0x20800402) voice.pauseTime = number;
    if (parm == 0x20800301) voice.flashChar = static_cast<char>(number);
  };
  if (opened->voice != nullptr) {
    apply(*opened->voice);
  } else if (const auto* devices = engine().world->subdevices(opened->name)) {
    for (const std::string& name : *devices) {
      if (VoiceChannel* voice = engine().world->voice(name)) apply(*voice);
    }
  }
  return 0;
}

VENDOR_API int dx_getparm(int dev, unsigned long parm, void* value) {
  Entry entry("dx_getparm");
  Opened* opened = entry.ready() ? entry.device(dev) : nullptr;
  if (opened == nullptr) return -1;
  const VoiceChannel* voice = opened->voice;
  if (voice == nullptr) {
    const auto* devices = engine().world->subdevices(opened->name);
    if (devices != nullptr && !devices->empty()) voice = engine().world->voice(devices->front());
  }
  if (value == nullptr || voice == nullptr) {
    opened->lastError = EDX_BADPARM;
    return -1;
  }
  int number = 0;
  if (parm == 0x20800401) number = voice->flashTime;
  if (parm == 0x20800402) number = voice->pauseTime;
  if (parm == 0x20800301) number = static_cast<unsigned char>(voice->flashChar);
  const auto bits = static_cast<uint16_t>(number);
  std::memcpy(value, &bits, sizeof bits);
  return 0;
}

VENDOR_API int dx_getevt(int ch, DxEblk* block, int timeout) {
  Entry entry("dx_getevt");
  entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (block == nullptr) return voice->fail(*opened, EDX_BADPARM);
  Event event;
  const double ms = timeout < 0 ? 1e12 : timeout * 1000.0;
  if (!engine().pass(
          entry.lock, [&] { return engine().take(ch, TDX_CST, event); }, ms))
    return voice->fail(*opened, EDX_TIMEOUT);
  DxCst cst{};
  std::memcpy(&cst, event.data.data(), sizeof cst);
  *block = DxEblk{};
  block->event = cst.event;
  block->data = cst.data;
  return 0;
}

VENDOR_API int dx_setevtmsk(int ch, unsigned mask) {
  Entry entry("dx_setevtmsk");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  voice->eventMask = mask;
  return 0;
}

// Nobody ever calls in: it waits out its time.
VENDOR_API int dx_wtring(int ch, int rings, int, int timeout) {
  Entry entry("dx_wtring");
  entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (rings < 1) return voice->fail(*opened, EDX_BADPARM);
  engine().pass(
      entry.lock, [] { return false; }, timeout < 0 ? 3.6e6 : timeout * 1000.0);
  return voice->fail(*opened, EDX_TIMEOUT);
}

VENDOR_API int dx_setrings(int ch, unsigned) {
  Entry entry("dx_setrings");
  Opened* opened = nullptr;
  return channel(entry, ch, opened) != nullptr ? 0 : -1;
}
