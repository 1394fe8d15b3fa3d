// The stand-in's own functions, beside the vendor's.
#include <algorithm>
#include <cstring>
#include <string>

#include "standin/engine/engine.h"
#include "standin/engine/json.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"

using namespace standin;

namespace {

std::string& lastProblem() {
  static std::string problem;
  return problem;
}

int fails(std::string problem) {
  lastProblem() = std::move(problem);
  return -1;
}

int copyOut(const std::string& text, char* buffer, int size) {
  if (buffer != nullptr && size > 0) {
    const size_t count = std::min(text.size(), static_cast<size_t>(size) - 1);
    std::memcpy(buffer, text.data(), count);
    buffer[count] = 0;
  }
  return static_cast<int>(text.size());
}

}  // namespace

VENDOR_API int standin_configure(const char* json) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  return e.configure(json != nullptr ? json : "{}") ? 0 : fails(e.problem);
}

VENDOR_API const char* standin_error(void) { return lastProblem().c_str(); }

VENDOR_API void standin_reset(void) { renewEngine(); }

VENDOR_API double standin_now(void) { return engine().now(); }

VENDOR_API int standin_advance(double ms) {
  Engine& e = engine();
  {
    const std::lock_guard lock(e.mutex);
    if (!e.ready()) return fails(e.problem);
    if (e.settings.clock != ClockKind::kStep)
      return fails("clock: found one that runs by itself, expected step");
  }
  e.settle();
  const int frames = static_cast<int>(ms / cpd::kFrameMs);
  for (int frame = 0; frame < frames; ++frame) {
    e.tick();
    e.settle();
  }
  return 0;
}

VENDOR_API long standin_misuse(const char* name) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  return name != nullptr ? e.misuse.of(name) : e.misuse.all();
}

VENDOR_API int standin_report(char* buffer, int size) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  return copyOut(e.report(), buffer, size);
}

VENDOR_API int standin_calls(char* buffer, int size) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  return copyOut(e.world ? e.world->callsJson() : "[]", buffer, size);
}

VENDOR_API int standin_fault(const char* json) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  if (!e.ready()) return fails(e.problem);
  try {
    e.faults.add(readFault(json != nullptr ? json : ""));
  } catch (const BadConfiguration& error) {
    return fails(error.what());
  }
  return 0;
}

VENDOR_API int standin_alarm(int span, const char* kind, int on) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  if (!e.ready()) return fails(e.problem);
  if (span < 1 || span > e.world->spans())
    return fails("span: found " + std::to_string(span) + ", expected one that is");
  if (on == 0) {
    e.faults.endAlarms(span);
    return 0;
  }
  const std::string json = "{\"kind\": \"alarm\", \"span\": " + std::to_string(span) +
                           ", \"alarm\": " + quoted(kind != nullptr ? kind : "red") + "}";
  try {
    e.faults.add(readFault(json));
  } catch (const BadConfiguration& error) {
    return fails(error.what());
  }
  return 0;
}

VENDOR_API double standin_sent_dbm0(const char* device) {
  Engine& e = engine();
  const std::lock_guard lock(e.mutex);
  const NetworkLine* line = e.world && device != nullptr ? e.world->line(device) : nullptr;
  return line != nullptr ? line->sentDbm0 : -100;
}
