#include "board/sip/words/final_response.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

namespace board::sip {
namespace {

struct Row {
  int status;
  int cause;
};

constexpr std::array<Row, 32> kCauses = {{
    {400, 41},  {401, 29},  {403, 29},  {404, 1},  {405, 63}, {406, 65}, {407, 29}, {408, 102},
    {410, 22},  {415, 65},  {420, 127}, {480, 18}, {481, 41}, {482, 25}, {483, 25}, {484, 28},
    {485, 1},   {486, 17},  {487, 19},  {488, 65}, {500, 41}, {501, 79}, {502, 38}, {503, 34},
    {504, 102}, {505, 127}, {600, 17},  {603, 21}, {604, 1},  {606, 65}, {607, 21}, {608, 21},
}};

// Those that end a dialog or its use by a call (RFC 5057, section 5), and what proxies say of a telephone that is gone:
// 430 (RFC 5626), 477 and 478 of OpenSER and what came of it.
constexpr std::array kOver = {404, 408, 410, 416, 430, 477, 478, 480, 481, 482, 483, 484, 485, 502, 604};

constexpr int kNormalUnspecified = 31, kRedirected = 23, kNoCircuit = 34, kFacilityRejected = 29,
              kNoAnswer = 18, kNormalClearing = 16, kOutOfOrder = 38, kNoBearer = 65, kRecovery = 102,
              kNone = -1;

int byStatus(const Ending& ending) {
  if (ending.status >= 300 && ending.status < 400) return kRedirected;
  if (ending.status == 403 && ending.limitText) return kNoCircuit;
  if (ending.status == 408 && ending.alerted) return kNoAnswer;
  if (ending.status == 603 && ending.providerFault) return kFacilityRejected;
  const auto* const row = std::ranges::find(kCauses, ending.status, &Row::status);
  return row == kCauses.end() ? kNormalUnspecified : row->cause;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool sameWord(std::string_view one, std::string_view other) {
  return std::ranges::equal(
      one, other, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

// Takes the part up to a separator that is not inside of a quoted string.
std::string_view takeUpTo(std::string_view& rest, char separator) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\')
      ++end;
    else if (!quoted && rest[end] == separator)
      break;
  }
  end = std::min(end, rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(part);
}

int causeParameter(std::string_view value) {
  while (!value.empty()) {
    std::string_view parameter = takeUpTo(value, ';');
    const std::string_view name = takeUpTo(parameter, '=');
    if (!sameWord(name, "cause")) continue;
    int cause = 0;
    const std::string_view digits = trimmed(parameter);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cause);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && cause >= 1 && cause <= 127 ? cause : kNone;
  }
  return kNone;
}

}  // namespace

int causeOf(const Ending& ending) {
  switch (ending.by) {
    case Ending::By::kUs:
      return kNone;
    case Ending::By::kSilence:
      return kRecovery;
    case Ending::By::kUnreachable:
      return kOutOfOrder;
    case Ending::By::kUnusable:
      return kNoBearer;
    case Ending::By::kBye:
      return ending.reasonCause > 0 ? ending.reasonCause : kNormalClearing;
    case Ending::By::kResponse:
      return ending.reasonCause > 0 ? ending.reasonCause : byStatus(ending);
  }
  return kNone;
}

int q850Cause(std::string_view reasonHeader) {
  while (!reasonHeader.empty()) {
    std::string_view value = takeUpTo(reasonHeader, ',');
    if (!sameWord(takeUpTo(value, ';'), "Q.850")) continue;
    const int cause = causeParameter(value);
    if (cause != kNone) return cause;
  }
  return kNone;
}

bool saysCallIsOver(int status) { return std::ranges::find(kOver, status) != kOver.end(); }

bool speaksOfLimit(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 5> kWords = {"limit", "exceed", "too many", "capacity",
                                                      "concurrent"};
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace board::sip
