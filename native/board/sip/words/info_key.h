// A key of a telephone in the body of an INFO request. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace board::sip {

// "Signal=5" of application/dtmf-relay, or the key alone of application/dtmf; 10 and 11 are * and #. Nothing for any other
// type, and for what is no key.
std::optional<char> keyOfInfo(std::string_view type, std::string_view body);

}  // namespace board::sip
