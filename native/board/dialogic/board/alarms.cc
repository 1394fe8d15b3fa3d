#include "board/dialogic/board/alarms.h"

#include "board/dialogic/vendor/constants.h"
#include "board/names.h"

namespace board::dialogic {

std::optional<AlarmKind> alarmKind(int number) {
  switch (number) {
    case vendor::T1_OOF:
    case vendor::T1_LOS:
    case vendor::T1_RLOS:
    case vendor::T1_RED:
      return AlarmKind::kRed;
    case vendor::T1_RBL:  // E1: unframed all ones
      return AlarmKind::kBlue;
    case vendor::T1_RYEL:  // E1: remote alarm
    case vendor::E1_RDMA:
      return AlarmKind::kYellow;
    case vendor::T1_DCHANNEL:
      return AlarmKind::kLayer2;
    default:
      return std::nullopt;
  }
}

const char* alarmName(bool e1, int number) {
  const std::string_view family = e1 ? "E1" : "T1";
  for (const vendor::Named& each : vendor::constants()) {
    if (each.value == number && each.family == family) return each.name;
  }
  return "unknown";
}

std::optional<AlarmKind> SpanAlarms::told(int number, bool over) {
  if (!over) ++counted_[number];
  const auto kind = alarmKind(number);
  if (!kind) return std::nullopt;
  if (over) {
    return live_.erase(*kind) > 0 ? kind : std::nullopt;
  }
  const bool added = live_.emplace(*kind, number).second;
  return added ? kind : std::nullopt;
}

std::optional<AlarmKind> SpanAlarms::inferred(AlarmKind kind) {
  if (any()) return std::nullopt;
  ++inferred_;
  live_.emplace(kind, kInferred);
  return kind;
}

void SpanAlarms::describe(Json& json) const {
  json.key("live").open('[');
  for (const auto& [kind, number] : live_) json.add(name(kind));
  json.close(']').key("counted").open('{');
  for (const auto& [number, times] : counted_) {
    json.field(alarmName(false, number), static_cast<int64_t>(times));
  }
  json.close('}').field("inferred", static_cast<int64_t>(inferred_));
}

}  // namespace board::dialogic
