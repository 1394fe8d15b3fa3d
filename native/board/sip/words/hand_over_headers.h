// What an agent's telephone is told of a call that is handed to it: headers of the INVITE to it, or of the URI in a
// Refer-To. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace board::sip {

// Of a call that is handed over.
struct CallData {
  std::string number;  // as it was dialled
  uint32_t channel = 0;
  std::string attempt{};  // as OCS names it
};

// Lines of headers with {number}, {channel} and {attempt} filled in; with `userToUser` (empty: none) a User-to-User header (RFC 7433)
// of what it says. What has no place in a header is left out.
std::vector<std::string> handOverHeaders(const std::vector<std::string>& lines, std::string_view userToUser,
                                         const CallData& data);

// The same behind a URI: "?Name=value&Name=value"; empty without lines. `before`: the URI has headers already.
std::string asUriHeaders(const std::vector<std::string>& lines, bool before);

}  // namespace board::sip
