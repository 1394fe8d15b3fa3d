#include "board/names.h"

namespace board {
namespace {

// In the order of EventType.
constexpr const char* kEventNames[] = {
    "seized",  "dialled",        "proceeding",   "ringing",   "answered",    "observation",
    "verdict", "score",          "disconnected", "no_answer", "transferred", "joined",
    "parted",  "played",         "digits",       "released",  "reset",       "failed",
    "alarm",   "out_of_service", "in_service",   "overflow",  "dead",        "timer",
};
static_assert(std::size(kEventNames) == static_cast<size_t>(EventType::kTimer) + 1);

// In the order of AlarmKind.
constexpr const char* kAlarmNames[] = {"red", "blue", "yellow", "layer2", "no_loop_current"};
static_assert(std::size(kAlarmNames) == static_cast<size_t>(AlarmKind::kNoLoopCurrent) + 1);

}  // namespace

const char* name(EventType type) { return kEventNames[static_cast<size_t>(type)]; }

const char* name(AlarmKind kind) { return kAlarmNames[static_cast<size_t>(kind)]; }

std::optional<EventType> eventTypeNamed(std::string_view wanted) {
  for (size_t i = 0; i < std::size(kEventNames); ++i) {
    if (wanted == kEventNames[i]) return static_cast<EventType>(i);
  }
  return std::nullopt;
}

}  // namespace board
