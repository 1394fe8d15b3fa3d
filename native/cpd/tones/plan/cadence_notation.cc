#include "cpd/tones/plan/cadence_notation.h"

#include <array>
#include <charconv>

namespace cpd {
namespace {

// The shortest digits that are read back as the same number.
std::string digits(float value) {
  std::array<char, 64> text;
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc{} ? std::string(text.data(), end) : std::string();
}

}  // namespace

std::string cadenceNotation(const Cadence& cadence) {
  std::string text;
  for (const ToneStep& step : cadence.steps) {
    if (!text.empty()) text += ',';
    text += digits(step.hz1);
    for (const float hz : {step.hz2, step.hz3})
      if (hz > 0) text += '+' + digits(hz);
    if (step.modHz > 0) text += '*' + digits(step.modHz);
    text += '/' + std::to_string(step.ms);
  }
  if (cadence.once && !text.empty()) text += ",0/0";
  return text;
}

}  // namespace cpd
