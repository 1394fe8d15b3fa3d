#include "sipexchange/message.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace sipexchange {
namespace {

bool sameName(const std::string& one, const std::string& other) {
  return std::ranges::equal(
      one, other, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

std::string Message::header(const std::string& name) const {
  for (const auto& [each, value] : headers)
    if (sameName(each, name)) return value;
  return "";
}

std::optional<Message> readMessage(const std::string& text) {
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  Message message;
  message.body = text.substr(end + 4);
  size_t at = text.find("\r\n");
  const std::string first = text.substr(0, at);
  const size_t space = first.find(' ');
  const size_t second = first.find(' ', space + 1);
  if (space == std::string::npos || second == std::string::npos) return std::nullopt;
  if (first.starts_with("SIP/2.0 ")) {
    message.status = std::atoi(first.c_str() + space + 1);
  } else {
    message.method = first.substr(0, space);
    message.uri = first.substr(space + 1, second - space - 1);
  }
  while (at < end) {
    const size_t begin = at + 2;
    at = text.find("\r\n", begin);
    const std::string line = text.substr(begin, at - begin);
    const size_t colon = line.find(':');
    if (colon == std::string::npos) return std::nullopt;
    message.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return message;
}

std::string responseTo(const Message& request, int status, const std::string& reason,
                       const std::string& toTag, const std::vector<std::string>& headers,
                       const std::string& body) {
  std::string text = "SIP/2.0 " + std::to_string(status) + " " + reason + "\r\n";
  for (const auto& [name, value] : request.headers) {
    const bool repeated = sameName(name, "Via") || sameName(name, "From") || sameName(name, "Call-ID") ||
                          sameName(name, "CSeq") || sameName(name, "To");
    if (!repeated) continue;
    const bool tagged = !sameName(name, "To") || status == 100 || !parameter(value, "tag").empty();
    text += name + ": " + value + (tagged ? "" : ";tag=" + toTag) + "\r\n";
  }
  for (const std::string& each : headers) text += each + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string parameter(const std::string& header, const std::string& name) {
  const size_t bracket = header.find('>');
  const size_t at = header.find(";" + name + "=", bracket == std::string::npos ? 0 : bracket);
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 2;
  return header.substr(begin, header.find_first_of(";, ", begin) - begin);
}

std::string uriOf(const std::string& header) {
  const size_t begin = header.find('<');
  if (begin == std::string::npos) return header.substr(0, header.find(';'));
  return header.substr(begin + 1, header.find('>') - begin - 1);
}

std::string userOf(const std::string& uri) {
  const size_t begin = uri.find(':') + 1;
  const size_t end = uri.find('@');
  return end == std::string::npos ? "" : uri.substr(begin, end - begin);
}

}  // namespace sipexchange
