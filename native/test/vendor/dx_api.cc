// The functions that libdxxx.so exports, but for the bus and the attributes.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dx_entry.h"
#include "voice_numbers.h"
#include "world.h"

using namespace standin;

namespace {

OwnTone built;  // the last one of dx_blddt and its kin; dx_addtone adds it to a channel

int build(unsigned id, unsigned f1, unsigned dev1, unsigned f2, unsigned dev2, unsigned on, unsigned onDev,
          unsigned off, unsigned offDev, unsigned count, bool trailing) {
  Entry entry("dx_bld");
  if (!entry.ready()) return -1;
  if (id >= TID_FIRST && id <= TID_SIT_IO) engine().misuse.count("tone_id_taken", "id " + std::to_string(id));
  if (f1 < 300 || f1 > 3500 || (f2 != 0 && (f2 < 300 || f2 > 3500))) return -1;
  built = OwnTone{static_cast<int>(id),
                  static_cast<int>(f1),
                  static_cast<int>(dev1),
                  static_cast<int>(f2),
                  static_cast<int>(dev2),
                  static_cast<int>(on),
                  static_cast<int>(onDev),
                  static_cast<int>(off),
                  static_cast<int>(offDev),
                  static_cast<int>(count),
                  trailing};
  return 0;
}

int tonesOfBoard(int board, int id, ToneData* data, unsigned short mode, const char* function,
                 unsigned good) {
  Entry entry(function);
  Opened* opened = entry.ready() ? entry.device(board, What::kPhysical) : nullptr;
  if (opened == nullptr) return -1;
  const int index = opened->subdevices;
  const bool querying = good == TDX_QUERYTONE, creating = good == TDX_CREATETONE;
  Tones& tones = engine().world->tones;
  if (engine().settings.boards[static_cast<size_t>(index)].family == Family::kSpringware) {
    opened->lastError = EDX_NOSUPPORT;
    return -1;
  }
  if ((querying || creating) && data == nullptr) {
    opened->lastError = EDX_BADPARM;
    return -1;
  }
  bool done = false;
  ToneDefinition* definition = tones.find(index, id);
  auto& asked = engine().world->queried;
  if (querying) {
    done = definition != nullptr;
    asked.insert({index, id});
    if (done) {
      *data = ToneData{};
      data->segments = static_cast<uint32_t>(definition->segments.size());
      data->repeat = static_cast<uint16_t>(definition->repeat);
      for (size_t i = 0; i < definition->segments.size() && i < 4; ++i) {
        const ToneSegment& s = definition->segments[i];
        ToneSeg& into = data->seg[i];
        const auto u16 = [](int value) { return static_cast<uint16_t>(value); };
        into.dual = s.f2.high > 0 ? 1 : 0;
        into.tn1min = u16(s.f1.low), into.tn1max = u16(s.f1.high);
        into.tn2min = u16(s.f2.low), into.tn2max = u16(s.f2.high);
        into.twinmin = u16(s.twin.low), into.twinmax = u16(s.twin.high);
        into.onmin = u16(s.on.low), into.onmax = u16(s.on.high);
        into.offmin = u16(s.off.low), into.offmax = u16(s.off.high);
      }
    }
  } else if (!asked.contains({index, id})) {
    // Deleting and creating want a query before.
    engine().misuse.count("tone_not_queried", std::string(function) + " of " + std::to_string(id));
  } else if (creating) {
    done = definition == nullptr && data->segments >= 1 && data->segments <= 4 && data->version == 0;
    if (done) {
      ToneDefinition created;
      created.repeat = data->repeat;
      for (uint32_t i = 0; i < data->segments; ++i) {
        const ToneSeg& s = data->seg[i];
        ToneSegment segment;
        segment.f1 = {s.tn1min, s.tn1max};
        segment.f2 = {s.tn2min, s.tn2max};
        segment.twin = {s.twinmin, s.twinmax};
        segment.on = {s.onmin, s.onmax};
        segment.off = {s.offmin, s.offmax};
        created.segments.push_back(segment);
      }
      tones.add(index, id, std::move(created));
    }
  } else {
    done = definition != nullptr;
    if (done) tones.remove(index, id);
  }
  if ((mode & kAsync) == 0) {
    if (!done) opened->lastError = EDX_TONEID;
    return done ? 0 : -1;
  }
  engine().after(100, opened, [handle = opened->handle, type = done ? good : good + 1] {
    engine().push({.dev = handle, .type = type});
  });
  return 0;
}

}  // namespace

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

VENDOR_API int dx_initcallp(int ch) {
  Entry entry("dx_initcallp");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (voice->own == nullptr) return voice->fail(*opened, EDX_NOSUPPORT);  // DM3 and HMP need none, and fail
  if (!voice->tonesDeleted) engine().misuse.count("initcallp_without_deltones", voice->name);
  voice->perfectCall = true;
  return 0;
}

VENDOR_API int dx_deltones(int ch) {
  Entry entry("dx_deltones");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  voice->perfectCall = false;
  voice->tonesDeleted = true;
  voice->tones.clear();
  voice->listeners.clear();
  return 0;
}

VENDOR_API int dx_chgfreq(int id, int f1, int dev1, int f2, int dev2) {
  Entry entry("dx_chgfreq");
  return entry.ready() && engine().world->tones.changeFrequencies(id, f1, dev1, f2, dev2) ? 0 : -2;
}

VENDOR_API int dx_chgdur(int id, int on, int onDev, int off, int offDev) {
  Entry entry("dx_chgdur");
  return entry.ready() && engine().world->tones.changeTimes(id, on, onDev, off, offDev) ? 0 : -2;
}

VENDOR_API int dx_chgrepcnt(int id, int count) {
  Entry entry("dx_chgrepcnt");
  return entry.ready() && engine().world->tones.changeRepeat(id, count) ? 0 : -2;
}

VENDOR_API int dx_blddt(unsigned id, unsigned f1, unsigned dev1, unsigned f2, unsigned dev2, unsigned mode) {
  return build(id, f1, dev1, f2, dev2, 0, 0, 0, 0, 0, mode == 4);
}

VENDOR_API int dx_blddtcad(unsigned id, unsigned f1, unsigned dev1, unsigned f2, unsigned dev2, unsigned on,
                           unsigned onDev, unsigned off, unsigned offDev, unsigned count) {
  return build(id, f1, dev1, f2, dev2, on, onDev, off, offDev, count, false);
}

VENDOR_API int dx_bldst(unsigned id, unsigned f, unsigned dev, unsigned mode) {
  return build(id, f, dev, 0, 0, 0, 0, 0, 0, 0, mode == 4);
}

VENDOR_API int dx_bldstcad(unsigned id, unsigned f, unsigned dev, unsigned on, unsigned onDev, unsigned off,
                           unsigned offDev, unsigned count) {
  return build(id, f, dev, 0, 0, on, onDev, off, offDev, count, false);
}

VENDOR_API int dx_addtone(int ch, unsigned char, unsigned char) {
  Entry entry("dx_addtone");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  constexpr size_t kMostTones = 30;
  if (built.id == 0) return voice->fail(*opened, EDX_TONEID);
  if (voice->tones.size() >= kMostTones) return voice->fail(*opened, EDX_MAXTMPLT);
  for (const OwnTone& tone : voice->tones) {
    if (tone.id == built.id) return voice->fail(*opened, EDX_TONEID);
  }
  voice->tones.push_back(built);
  voice->listeners.emplace_back(built, 0x3);
  return 0;
}

VENDOR_API int dx_enbtone(int ch, int id, int mask) {
  Entry entry("dx_enbtone");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  for (const OwnTone& tone : voice->tones) {
    if (tone.id != id) continue;
    for (ToneListener& listener : voice->listeners) {
      if (listener.tone.id != id) continue;
      listener.mask |= mask;
      return 0;
    }
    voice->listeners.emplace_back(tone, mask);
    return 0;
  }
  return voice->fail(*opened, EDX_TONEID);
}

VENDOR_API int dx_distone(int ch, int id, int mask) {
  Entry entry("dx_distone");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  for (ToneListener& listener : voice->listeners) {
    if (listener.tone.id != id) continue;
    listener.mask &= ~mask;
    return 0;
  }
  return voice->fail(*opened, EDX_TONEID);
}

VENDOR_API int dx_querytone(int board, int id, ToneData* data, unsigned short mode) {
  return tonesOfBoard(board, id, data, mode, "dx_querytone", TDX_QUERYTONE);
}

VENDOR_API int dx_createtone(int board, int id, ToneData* data, unsigned short mode) {
  return tonesOfBoard(board, id, data, mode, "dx_createtone", TDX_CREATETONE);
}

VENDOR_API int dx_deletetone(int board, int id, unsigned short mode) {
  return tonesOfBoard(board, id, nullptr, mode, "dx_deletetone", TDX_DELETETONE);
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
  if (parm == 0x20800301) number = voice->flashChar;
  const auto bits = static_cast<uint16_t>(number);
  std::memcpy(value, &bits, sizeof bits);
  return 0;
}

VENDOR_API int dx_playiottdata(int ch, DxIott* iott, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  Entry entry("dx_playiottdata");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->io(*opened, false, iott, tpt, xpb, mode, entry.lock) : -1;
}

VENDOR_API int dx_reciottdata(int ch, DxIott* iott, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  Entry entry("dx_reciottdata");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->io(*opened, true, iott, tpt, xpb, mode, entry.lock) : -1;
}

VENDOR_API int dx_play(int ch, DxIott* iott, const DvTpt* tpt, unsigned short mode) {
  return dx_playiottdata(ch, iott, tpt, nullptr, mode);
}

VENDOR_API int dx_rec(int ch, DxIott* iott, const DvTpt* tpt, unsigned short mode) {
  return dx_reciottdata(ch, iott, tpt, nullptr, mode);
}

namespace {

// Plays from or records to a file that the library opens, and closes when the operation is over.
int file(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode, bool record) {
  const int descriptor =
      path == nullptr
          ? -1
          : ::open(path, record ? O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    Entry entry(record ? "dx_recf" : "dx_playf");
    Opened* opened = nullptr;
    VoiceChannel* voice = channel(entry, ch, opened);
    return voice != nullptr ? voice->fail(*opened, EDX_SYSTEM) : -1;
  }
  DxIott iott{};
  iott.type = IO_EOT;
  iott.fhandle = descriptor;
  iott.length = -1;
  const int result =
      record ? dx_reciottdata(ch, &iott, tpt, xpb, mode) : dx_playiottdata(ch, &iott, tpt, xpb, mode);
  Entry entry("dx_playf");
  VoiceChannel* voice = entry.ready() && result == 0 ? engine().find(ch)->voice : nullptr;
  if (voice == nullptr || !voice->busy()) {
    ::close(descriptor);
  } else {
    voice->ownFile = descriptor;
  }
  return result;
}

DxXpb waveFile() {
  DxXpb xpb{};
  xpb.fileFormat = 2;
  return xpb;
}

}  // namespace

VENDOR_API int dx_playf(int ch, const char* path, const DvTpt* tpt, unsigned short mode) {
  return file(ch, path, tpt, nullptr, mode, false);
}

VENDOR_API int dx_recf(int ch, const char* path, const DvTpt* tpt, unsigned short mode) {
  return file(ch, path, tpt, nullptr, mode, true);
}

VENDOR_API int dx_playvox(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  return file(ch, path, tpt, xpb, mode, false);
}

VENDOR_API int dx_recvox(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  return file(ch, path, tpt, xpb, mode, true);
}

// The file says its coding itself.
VENDOR_API int dx_playwav(int ch, const char* path, const DvTpt* tpt, DxXpb*, unsigned short mode) {
  DxXpb xpb = waveFile();
  return file(ch, path, tpt, &xpb, mode, false);
}

// The layout of what it fills in is not among the known facts.
VENDOR_API int dx_getfeaturelist(int ch, void*) {
  Entry entry("dx_getfeaturelist");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->fail(*opened, EDX_NOSUPPORT) : -1;
}

VENDOR_API int dx_setuio(DxUio uio) {
  Entry entry("dx_setuio");
  if (!entry.ready()) return -1;
  engine().world->uio = uio;
  return 0;
}

VENDOR_API int dx_setdevuio(int ch, DxUio* uio, DxUio** before) {
  Entry entry("dx_setdevuio");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (uio == nullptr) return voice->fail(*opened, EDX_BADPARM);
  if (before != nullptr) *before = voice->ownUio ? &voice->uio : nullptr;
  voice->uio = *uio;
  voice->ownUio = true;
  return 0;
}

VENDOR_API int dx_playtone(int ch, const TnGen* tone, const DvTpt* tpt, int mode) {
  Entry entry("dx_playtone");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (tone == nullptr) return voice->fail(*opened, EDX_BADPARM);
  return voice->playTone(*opened, *tone, tpt, mode, entry.lock);
}

// Of a cadence only the first tone is made, as often as its cycles say.
VENDOR_API int dx_playtoneEx(int ch, const TnGencad* cadence, const DvTpt* tpt, int mode) {
  if (cadence == nullptr || cadence->segments < 1) return -1;
  const TnGen tone = cadence->tone[0];
  return dx_playtone(ch, &tone, tpt, mode);
}

VENDOR_API void dx_bldtngen(TnGen* tone, unsigned short f1, unsigned short f2, short amp1, short amp2,
                            short duration) {
  if (tone != nullptr) *tone = TnGen{static_cast<uint16_t>(f2 != 0), f1, f2, amp1, amp2, duration};
}

VENDOR_API int dx_getdig(int ch, const DvTpt* tpt, DvDigit* digits, unsigned short mode) {
  Entry entry("dx_getdig");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->digits(*opened, tpt, digits, mode, entry.lock) : -1;
}

VENDOR_API int dx_clrdigbuf(int ch) {
  Entry entry("dx_clrdigbuf");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (voice->busy()) return voice->fail(*opened, EDX_BUSY);
  voice->digitBuffer.clear();
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
