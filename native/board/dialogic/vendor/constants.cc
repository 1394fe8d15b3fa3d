#include "board/dialogic/vendor/constants.h"

namespace board::dialogic::vendor {
namespace {

constexpr Named kConstants[] = {
#define CPD_VENDOR(family, name, value) {#family, #name, value},
#include "board/dialogic/vendor/constants.def"
#undef CPD_VENDOR
};

}  // namespace

std::span<const Named> constants() { return kConstants; }

std::string nameOf(std::string_view family, int64_t value) {
  for (const Named& each : kConstants) {
    if (each.value == value && each.family == family) return each.name;
  }
  return std::string(family) + " " + std::to_string(value);
}

}  // namespace board::dialogic::vendor
