#include "board/sip/words/info_key.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace board::sip {
namespace {

constexpr std::string_view kRelay = "application/dtmf-relay", kPlain = "application/dtmf";
constexpr std::string_view kSignal = "signal";
constexpr std::string_view kKeys = "0123456789*#ABCD";

bool isSameWord(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::optional<char> keyOf(std::string_view text) {
  if (text == "10") return '*';
  if (text == "11") return '#';
  if (text.size() != 1) return std::nullopt;
  const auto key = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (kKeys.find(key) == std::string_view::npos) return std::nullopt;
  return key;
}

}  // namespace

std::optional<char> keyOfInfo(std::string_view type, std::string_view body) {
  type = trimmed(type.substr(0, type.find(';')));
  if (isSameWord(type, kPlain)) return keyOf(trimmed(body));
  if (!isSameWord(type, kRelay)) return std::nullopt;
  while (!body.empty()) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(line.size() + 1, body.size()));
    const size_t equals = line.find('=');
    if (equals != std::string_view::npos && isSameWord(trimmed(line.substr(0, equals)), kSignal))
      return keyOf(trimmed(line.substr(equals + 1)));
  }
  return std::nullopt;
}

}  // namespace board::sip
