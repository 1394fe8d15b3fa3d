// Alarms of the spans: which are live, how often each came, and what they mean for the port.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "board/board.h"
#include "board/json.h"

namespace board::dialogic {

// The kind of a span alarm by its number (fact sheet 3.10); nothing: a counter of errors, no alarm of the
// line. The numbers of T1 and E1 agree in what is an alarm here.
std::optional<AlarmKind> alarmKind(int number);
const char* alarmName(bool e1, int number);

class SpanAlarms {
 public:
  // An alarm event of the span device; `number` without the mark of "over". Returns the kind whose state
  // changed.
  std::optional<AlarmKind> told(int number, bool over);
  // The lines of the span were blocked without an alarm being told: the alarm is inferred. Nothing: one is
  // live.
  std::optional<AlarmKind> inferred(AlarmKind kind);
  // All lines carry calls again: what was live is over. Calls `over` with each kind.
  template <typename Over>
  void clear(Over&& over) {
    for (const auto& [kind, number] : live_) over(kind);
    live_.clear();
  }

  bool any() const { return !live_.empty(); }
  AlarmKind first() const { return live_.begin()->first; }
  void describe(Json& json) const;

 private:
  static constexpr int kInferred = -1;

  std::map<AlarmKind, int> live_;    // and the number it came by
  std::map<int, uint64_t> counted_;  // by number, error counters too
  uint64_t inferred_ = 0;
};

}  // namespace board::dialogic
