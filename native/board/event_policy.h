// Which events wait in a bounded queue whose reader does not keep up. One rule for every queue between a
// board and the daemon.
#pragma once

#include <cstddef>

#include "board/board.h"

namespace board {

// Observations and scores go first (from half the capacity on), then what describes lines rather than calls (from the
// full capacity on). Events that end a command or a call are always taken: each answers a command that was
// given, so the reader's own standing still bounds them.
inline bool admits(EventType type, size_t waiting, size_t capacity) {
  switch (type) {
    case EventType::kObservation:
    case EventType::kScore:
      return waiting < capacity / 2;
    case EventType::kProceeding:
    case EventType::kRinging:
    case EventType::kAlarm:
    case EventType::kOutOfService:
    case EventType::kInService:
      return waiting < capacity;
    default:
      return true;
  }
}

}  // namespace board
