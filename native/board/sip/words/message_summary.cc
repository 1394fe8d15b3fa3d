#include "board/sip/words/message_summary.h"

#include <algorithm>
#include <cctype>

#include "board/number.h"

namespace board::sip {
namespace {

constexpr size_t kLongest = 120;
constexpr std::string_view kVersion = "SIP/2.0";

std::string_view lineAt(std::string_view text, size_t at) {
  const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
  return text.substr(at, end - at);
}

bool startsAs(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  return std::ranges::equal(line.substr(0, name.size()), name, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

// The value of the first header of a name, or of its short form.
std::string_view header(std::string_view message, std::string_view name, std::string_view brief) {
  for (size_t at = message.find("\r\n"); at != std::string_view::npos; at = message.find("\r\n", at)) {
    const std::string_view line = lineAt(message, at += 2);
    if (line.empty()) return {};
    for (const std::string_view each : {name, brief}) {
      if (each.empty() || !startsAs(line, each)) continue;
      const size_t begin = line.find_first_not_of(" \t", each.size() + 1);
      return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
    }
  }
  return {};
}

// Only what can be printed, and no more of it than fits.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kLongest));
  std::ranges::replace_if(
      shown, [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return shown;
}

std::string maskedUri(std::string_view uri) {
  const size_t begin = uri.find(':'), end = uri.find('@');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
    return std::string(uri);
  return std::string(uri.substr(0, begin + 1)) + masked(std::string(uri.substr(begin + 1, end - begin - 1))) +
         std::string(uri.substr(end));
}

}  // namespace

MessageSummary summaryOf(std::string_view message) {
  const std::string_view first = lineAt(message, 0);
  MessageSummary summary{.line = {}, .callId = printable(header(message, "Call-ID", "i"))};
  if (first.starts_with(kVersion)) {
    const std::string_view sequence = header(message, "CSeq", "");
    const std::string_view method = sequence.substr(std::min(sequence.find(' '), sequence.size()));
    const std::string_view status = first.substr(std::min(kVersion.size() + 1, first.size()));
    summary.line =
        printable(status) + (method.size() > 1 ? " (" + printable(method.substr(1)) + ")" : std::string());
    return summary;
  }
  const size_t space = std::min(first.find(' '), first.size());
  const size_t end = std::min(first.find(' ', space + 1), first.size());
  const std::string_view uri =
      space < first.size() ? first.substr(space + 1, end - space - 1) : std::string_view();
  summary.line = printable(std::string(first.substr(0, space)) + (uri.empty() ? "" : " " + maskedUri(uri)));
  return summary;
}

}  // namespace board::sip
