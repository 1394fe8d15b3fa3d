#include "board/sip/words/hand_over_headers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

// Of user data: what ISDN behind an exchange can carry (RFC 7433 section 5).
constexpr size_t kMostUserData = 128;

std::string filled(std::string_view text, const CallData& data) {
  const std::pair<std::string_view, std::string> values[] = {
      {"{number}", data.number}, {"{channel}", std::to_string(data.channel)}, {"{attempt}", data.attempt}};
  std::string to;
  while (!text.empty()) {
    const auto* const named =
        std::ranges::find_if(values, [&](const auto& value) { return text.starts_with(value.first); });
    const bool found = named != std::end(values);
    to += found ? named->second : std::string(1, text.front());
    text.remove_prefix(found ? named->first.size() : 1);
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
