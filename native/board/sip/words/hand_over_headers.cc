#include "board/sip/words/hand_over_headers.h"

#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

// Of user data: what ISDN behind an exchange can carry (RFC 7433 section 5).
constexpr size_t kMostUserData = 128;

std::string filled(std::string_view text, const CallData& data) {
  std::string to;
  while (!text.empty()) {
    if (text.starts_with("{number}")) {
      to += data.number;
      text.remove_prefix(8);
    } else if (text.starts_with("{channel}")) {
      to += std::to_string(data.channel);
      text.remove_prefix(9);
    } else {
      to += text.front();
      text.remove_prefix(1);
    }
  }
  std::erase_if(to, [](char c) { return c < 0x20 || c > 0x7e; });
  return to;
}

}  // namespace

std::vector<std::string> handOverHeaders(const std::vector<std::string>& lines,
                                         std::string_view userToUserText, const CallData& data) {
  std::vector<std::string> to;
  const std::string user = filled(userToUserText, data).substr(0, kMostUserData);
  if (!user.empty()) to.push_back("User-to-User: " + userToUser(user));
  for (const std::string& line : lines) to.push_back(filled(line, data));
  return to;
}

std::string asUriHeaders(const std::vector<std::string>& lines, bool before) {
  std::string to;
  for (const std::string& line : lines) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    to += before || !to.empty() ? "&" : "?";
    to += line.substr(0, colon) + "=" + escapedUser(line.substr(colon + 2));
  }
  return to;
}

}  // namespace board::sip
