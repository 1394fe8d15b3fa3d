#include "board/sim/world/switch.h"

namespace board::sim {
namespace {

bool matches(const std::string& pattern, const std::string& digits) {
  if (pattern.size() != digits.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != 'x' && pattern[i] != digits[i]) return false;
  }
  return true;
}

}  // namespace

const Extension* Switch::find(const std::string& digits) const {
  for (const Extension& extension : extensions_) {
    if (matches(extension.extension, digits)) return &extension;
  }
  return nullptr;
}

void Switch::tick(double now, GroundTruthLog& groundTruth) {
  std::erase_if(carried_, [&](const Carried& call) {
    if (call.endsAt > now) return false;
    groundTruth.ended(call.call, call.endsAt, "far_end");
    return true;
  });
}

}  // namespace board::sim
