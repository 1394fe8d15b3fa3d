// Names of the port's enumerations as src/board/board.ts spells them.
#pragma once

#include <optional>
#include <string_view>

#include "board/board.h"

namespace board {

const char* name(EventType type);  // "seized", "no_answer", ...
const char* name(AlarmKind kind);  // "red", "layer2", ...

// The event type of that name; nothing if there is none.
std::optional<EventType> eventTypeNamed(std::string_view name);

}  // namespace board
