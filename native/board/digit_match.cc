#include "board/digit_match.h"

namespace board {

std::optional<CollectedDigits> collectedDigits(const std::string& keys, const DigitLimits& limits,
                                               bool timeIsUp) {
  const size_t end = limits.terminator != 0 ? keys.find(limits.terminator) : std::string::npos;
  const auto count = static_cast<size_t>(limits.count);
  if (end != std::string::npos && end <= count)
    return CollectedDigits{keys.substr(0, end), end + 1, "terminator"};
  if (keys.size() >= count) return CollectedDigits{keys.substr(0, count), count, "count"};
  if (timeIsUp) return CollectedDigits{keys, keys.size(), "timeout"};
  return std::nullopt;
}

}  // namespace board
