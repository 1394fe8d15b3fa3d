#include "cpd/tones/plan/tone_plan.h"

#include <charconv>
#include <stdexcept>

namespace cpd {

namespace {

constexpr float kMaxHz = 4000;
constexpr int32_t kMaxStepMs = 60000;

[[noreturn]] void refuse(size_t step, std::string_view text, const std::string& expected) {
  throw std::invalid_argument("step " + std::to_string(step + 1) + " \"" + std::string(text) +
                              "\": expected " + expected);
}

// A decimal number and nothing else.
bool parseNumber(std::string_view text, float& out) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

ToneStep parseStep(size_t number, std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) refuse(number, text, "FREQUENCIES/MS, as 440+480/2000");
  ToneStep step;
  const std::string_view duration = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(duration.data(), duration.data() + duration.size(), step.ms);
  if (error != std::errc{} || end != duration.data() + duration.size() || step.ms < 0 || step.ms > kMaxStepMs)
    refuse(number, text, "a duration of 0 to " + std::to_string(kMaxStepMs) + " ms after the slash");

  std::string_view sound = text.substr(0, slash);
  if (const size_t star = sound.find('*'); star != std::string_view::npos) {
    if (!parseNumber(sound.substr(star + 1), step.modHz) || !(step.modHz >= 5 && step.modHz <= 100))
      refuse(number, text, "a modulation of 5 to 100 Hz after the star");
    sound = sound.substr(0, star);
  }
  float* const slots[3] = {&step.hz1, &step.hz2, &step.hz3};
  size_t count = 0;
  for (bool more = true; more; ++count) {
    const size_t plus = sound.find('+');
    more = plus != std::string_view::npos;
    if (count == 3) refuse(number, text, "at most three frequencies");
    float hz = 0;
    const bool silence = sound == "0" && count == 0 && !more && step.modHz == 0;
    if (!parseNumber(sound.substr(0, plus), hz) || (!silence && !(hz >= 50 && hz < kMaxHz)))
      refuse(number, text, "0 for silence, or frequencies of 50 to 3999 Hz");
    *slots[count] = hz;
    if (more) sound = sound.substr(plus + 1);
  }
  if (step.modHz > 0 && count > 1) refuse(number, text, "modulation of one frequency only");
  return step;
}

TonePlan makePlan(const char* code, const char* name, const char* dial, const char* ringback,
                  const char* busy, const char* congestion, const char* callWaiting, const char* info,
                  const char* numberUnobtainable) {
  return {code,
          name,
          parseCadence(dial),
          parseCadence(ringback),
          parseCadence(busy),
          parseCadence(congestion),
          parseCadence(callWaiting),
          parseCadence(info),
          parseCadence(numberUnobtainable)};
}

}  // namespace

Cadence parseCadence(std::string_view notation) {
  Cadence cadence;
  std::string_view rest = trimmed(notation);
  if (rest.empty()) return cadence;
  for (size_t number = 0;; ++number) {
    const size_t comma = rest.find(',');
    const std::string_view text = trimmed(rest.substr(0, comma));
    const ToneStep step = parseStep(number, text);
    const bool last = comma == std::string_view::npos;
    if (step.ms == 0 && !last)
      refuse(number, text, "a duration above 0: only the last step lasts without end");
    if (step.ms == 0 && step.hz1 == 0) {
      if (number == 0) refuse(number, text, "a tone");
      cadence.once = true;
    } else {
      cadence.steps.push_back(step);
    }
    if (last) return cadence;
    rest = rest.substr(comma + 1);
  }
}

const std::vector<TonePlan>& builtInTonePlans() {
  static const std::vector<TonePlan> plans = {
#define CPD_TONE_PLAN(...) makePlan(__VA_ARGS__),
#include "cpd/tones/plan/tone_plans.def"
#undef CPD_TONE_PLAN
  };
  return plans;
}

const TonePlan* findTonePlan(std::string_view code) {
  for (const TonePlan& plan : builtInTonePlans())
    if (plan.code == code) return &plan;
  return nullptr;
}

}  // namespace cpd
