#include "board/sip/words/sip_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace board::sip {
namespace {

constexpr std::string_view kStatusLine = "SIP/2.0 ";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr size_t kLongestHost = 253;

bool isAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void addHex(std::string& to, unsigned char byte) {
  to += kHex[byte >> 4];
  to += kHex[byte & 15];
}

}  // namespace

std::optional<int> sipfragStatus(std::string_view body) {
  if (!body.starts_with(kStatusLine)) return std::nullopt;
  body.remove_prefix(kStatusLine.size());
  if (body.size() < 3) return std::nullopt;
  if (body.size() > 3 && body[3] != ' ' && body[3] != '\r' && body[3] != '\n') return std::nullopt;
  int status = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + 3, status);
  if (error != std::errc() || end != body.data() + 3 || status < 100 || status > 699) return std::nullopt;
  return status;
}

bool isPlainHeaderText(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != '<' && c != '>' && c != ';' && c != '\\';
  });
}

bool isHeaderLine(std::string_view text) {
  const size_t colon = text.find(": ");
  if (colon == 0 || colon == std::string_view::npos || colon + 2 == text.size()) return false;
  const auto isNamed = [](char c) { return isAlphanumeric(c) || c == '-'; };
  return std::ranges::all_of(text.substr(0, colon), isNamed) &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool isHost(std::string_view text) {
  return !text.empty() && text.size() <= kLongestHost && std::ranges::all_of(text, [](char c) {
    return isAlphanumeric(c) || c == '.' || c == '-' || c == ':';
  });
}

std::string escapedUser(std::string_view user) {
  constexpr std::string_view kUnreserved = "+-_.!~*'()";
  std::string escaped;
  for (const char c : user) {
    if (isAlphanumeric(c) || kUnreserved.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      escaped += '%';
      addHex(escaped, static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::string userToUser(std::string_view data) {
  std::string value;
  for (const char c : data) addHex(value, static_cast<unsigned char>(c));
  return value + ";encoding=hex";
}

std::string hostPort(std::string_view host, int port) {
  std::string text =
      host.find(':') == std::string_view::npos ? std::string(host) : "[" + std::string(host) + "]";
  if (port > 0) text += ":" + std::to_string(port);
  return text;
}

}  // namespace board::sip
