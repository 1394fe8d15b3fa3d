// What an engineer asks about Dialogic boards beside what a board says of itself (board/diagnostics.h), each
// answer one JSON document.
#pragma once

#include <string>

#include "board/dialogic/config.h"

namespace board::dialogic {

// The start-up self check without a board: can the libraries be loaded here, and is anything missing? Loads
// them and starts nothing.
std::string checkBoardHost(const Config& config);

// Number to name and back: `family` is one of "TDX", "CR", "CON", "GCEV", "GCRV", "GCCT", "EGC", "EDX",
// "ESR", "CS", "TM", "DE", "TID", "CRERR", "DTI", "CT"; `text` a number (decimal, or 0x...) or a name with or
// without its prefix. Unknown: {"error": ...} with the families or the nearest names.
std::string decode(const std::string& family, const std::string& text);

}  // namespace board::dialogic
