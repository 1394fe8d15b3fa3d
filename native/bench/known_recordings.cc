#include "known_recordings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "cpd/known/fingerprint.h"

namespace bench {
namespace {

constexpr int kTurnedBits = 6;  // of the 28 of each print: more than two lines of one recording differ in

// xorshift64* by S. Vigna.
uint64_t drawn(uint64_t& state) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1dULL;
}

}  // namespace

std::shared_ptr<const cpd::known::Library> manyRecordings(const std::vector<Call>& calls, int count,
                                                          uint64_t seed) {
  std::vector<std::vector<cpd::known::Print>> heard;
  for (const Call& call : calls) {
    const auto from = static_cast<size_t>(std::max(0, call.answerFrame)) * cpd::kFrameSamples;
    heard.push_back(cpd::known::fingerprint(std::span(call.samples).subspan(from)));
    if (cpd::known::usablePrints(heard.back()) < cpd::known::kLeastUsablePrints) heard.pop_back();
  }
  std::vector<cpd::known::Recording> recordings;
  uint64_t state = seed + 1;
  for (int i = 0; i < count && !heard.empty(); ++i) {
    std::vector<cpd::known::Print> prints = heard[static_cast<size_t>(i) % heard.size()];
    for (cpd::known::Print& print : prints)
      for (int bit = 0; bit < kTurnedBits; ++bit) print ^= 1u << (drawn(state) % cpd::known::kPrintBits);
    recordings.push_back({.name = std::to_string(i), .prints = std::move(prints)});
  }
  return std::make_shared<const cpd::known::Library>(std::move(recordings));
}

}  // namespace bench
