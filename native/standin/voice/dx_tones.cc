// Tone definitions, of channels and of boards.
#include <cstring>

#include "standin/engine/world.h"
#include "standin/voice/dx_entry.h"
#include "standin/voice/voice_numbers.h"

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
