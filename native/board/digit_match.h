// When the keys heard so far end a collection of digits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "board/board.h"

namespace board {

struct CollectedDigits {
  std::string digits;  // without the terminator
  size_t used;         // keys to take off: the digits, and the terminator if it ended them
  const char* reason;  // Event::digitsReason
};

// None: go on collecting. A terminator counts up to the place after the last digit wanted.
std::optional<CollectedDigits> collectedDigits(const std::string& keys, const DigitLimits& limits,
                                               bool timeIsUp);

}  // namespace board
