// Names of the vendor's events.
#pragma once

#include <string>

namespace standin {

// By name, or a number in the text; 0: neither.
unsigned eventNumber(const std::string& name);
std::string eventName(unsigned number);

}  // namespace standin
