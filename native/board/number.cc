#include "board/number.h"

#include <algorithm>
#include <cstddef>

namespace board {

bool isDialable(std::string_view number) {
  constexpr size_t kFewest = 2, kMost = 20;
  if (number.starts_with('+')) number.remove_prefix(1);
  return number.size() >= kFewest && number.size() <= kMost &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string masked(const std::string& number) {
  const size_t hidden = number.size() - std::min<size_t>(number.size(), 2);
  return std::string(hidden, '*') + number.substr(hidden);
}

}  // namespace board
