// The one check that a number may reach a trunk, and how numbers are shown. Twin of src/domain/number.ts;
// test/vectors/dial-numbers.txt holds the two to each other.
#pragma once

#include <string>
#include <string_view>

namespace board {

// An optional + and 2 to 20 digits. Flash, pause and wait characters come from the configuration, never from
// a record.
bool isDialable(std::string_view number);

// All but the last two characters hidden, as in logs.
std::string masked(const std::string& number);

}  // namespace board
