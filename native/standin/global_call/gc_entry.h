// What the functions of Global Call begin and end with.
#pragma once

#include <cstring>
#include <initializer_list>
#include <string>

#include "standin/global_call/global_call.h"

namespace standin {

inline GcLine* lineOf(Entry& entry, vlong handle) {
  if (!entry.ready() || !engine().gc->check()) return nullptr;
  Opened* opened = entry.device(handle);
  if (opened == nullptr || opened->gc == nullptr) {
    engine().gc->fail(EGC_INVLINEDEV, "No such line device");
    return nullptr;
  }
  return opened->gc;
}

inline GcCall* callOf(Entry& entry, vlong crn) {
  return entry.ready() ? engine().gc->call(crn, entry.function()) : nullptr;
}

inline bool asynchronous(unsigned long mode) { return (mode & kAsync) != 0; }

// For a synchronous call: waits for one of the events and takes it. 0 if it is the first one.
inline int finish(Entry& entry, int begun, unsigned long mode, GcLine& line,
                  std::initializer_list<unsigned> events) {
  if (begun != 0 || asynchronous(mode)) return begun;
  entry.synchronous();
  constexpr double kLongestMs = 180'000;
  Event event;
  unsigned came = 0;
  const bool done = engine().pass(
      entry.lock,
      [&] {
        for (const unsigned type : events) {
          if (!engine().take(line.device.handle, type, event)) continue;
          came = type;
          return true;
        }
        return false;
      },
      kLongestMs);
  if (!done) return engine().gc->fail(EGC_TIMEOUT, "No answer");
  if (came == *events.begin()) return 0;
  return engine().gc->fail(event.part.gcValue, "Task failed");
}

inline std::string dialled(const char* number, const GcMakeCallBlk* block) {
  if (number != nullptr && *number != 0) return number;
  if (block == nullptr || block->gclib == nullptr) return "";
  const char* address = block->gclib->destination.address;
  return std::string(address, strnlen(address, sizeof block->gclib->destination.address));
}

// The event a METAEVENT speaks of: the thread's last one.
inline const Event* eventOf(const MetaEvent* meta) {
  const ThreadState& state = engine().thread();
  const bool fits = meta != nullptr && static_cast<uint32_t>(meta->magic) == kMetaMagic && state.haveEvent &&
                    state.event.dev == meta->dev && static_cast<vlong>(state.event.type) == meta->type;
  if (!fits) {
    engine().misuse.count("meta_event_stale", "gc_ResultInfo of an event that is not the last one");
    engine().gc->fail(EGC_INVMETAEVENT, "Not the last event");
    return nullptr;
  }
  return &state.event;
}

}  // namespace standin
