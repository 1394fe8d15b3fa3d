// Numbers of the vendor to names and back.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <optional>
#include <set>

#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/diagnostics.h"
#include "board/dialogic/vendor/constants.h"
#include "board/json.h"

namespace board::dialogic {
namespace {

std::optional<int64_t> numberIn(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

void write(Json& json, const vendor::Named& constant) {
  char hex[24];
  std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(constant.value));
  json.open('{').field("family", constant.family).field("name", constant.name).field("value", constant.value);
  json.field("hex", hex);
  if (const Meaning* meaning = meaningOf(constant.family, constant.value);
      meaning != nullptr && meaning->cause > 0) {
    json.field("cause", meaning->cause);
  }
  json.close('}');
}

}  // namespace

std::string decode(const std::string& familyText, const std::string& text) {
  const std::string family = upper(familyText);
  const std::string wanted = upper(text);
  const auto number = numberIn(text);
  std::set<std::string> families;
  Json json;
  json.open('{').key("found").open('[');
  bool any = false;
  for (const vendor::Named& constant : vendor::constants()) {
    families.insert(constant.family);
    if (family != constant.family && !family.empty()) continue;
    const std::string_view name = constant.name;
    // With or without the family's prefix: CR_BUSY and BUSY.
    const bool named =
        name == wanted || (name.starts_with(family + "_") && name.substr(family.size() + 1) == wanted);
    if (number ? constant.value != *number : !named) continue;
    any = true;
    write(json, constant);
  }
  json.close(']');
  if (!any) {
    if (family.empty() || families.contains(family)) {
      json.field("error",
                 std::string_view("nothing in " + (family.empty() ? "any family" : family) + " is " + text));
    } else {
      std::string list;
      for (const std::string& each : families) list += (list.empty() ? "" : ", ") + each;
      json.field("error", std::string_view("no family " + familyText + "; there are " + list));
    }
  }
  return json.close('}').take();
}

}  // namespace board::dialogic
