// Whether what is heard on one channel is a recording that is known. Kept apart from the detector's state: a
// channel has one only while a verdict is open and a library is loaded.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "cpd/frontend/frame_features.h"
#include "cpd/known/library.h"
#include "cpd/known/prints.h"
#include "cpd/simd/prefetch.h"
#include "cpd/simd/state_pool.h"

namespace cpd::known {

// What has to be heard of a recording: prints compared, kCompareEvery frames apart, and the share of bits that
// may differ; the more was heard, the more. The first print is made of kPrintFrames: 12 are 1.52 s of sound.
// docs/recordings.md has the measurements behind the figures.
struct MatchLimits {
  int leastPrints = 12;
  float mostDiffering = 0.08f;        // of leastPrints ...
  float morePerPrint = 0.01f;         // ... of each one more ...
  float mostDifferingOfMany = 0.16f;  // ... up to this

  constexpr bool isMatch(const Match& match) const {
    const float more = morePerPrint * static_cast<float>(match.comparedPrints - leastPrints);
    return match.comparedPrints >= leastPrints &&
           match.differing <= std::min(mostDiffering + more, mostDifferingOfMany);
  }
};

class Matcher {
 public:
  static void* operator new(std::size_t) { return poolOf<Matcher>().take(); }
  static void operator delete(void* matcher) { poolOf<Matcher>().give(matcher); }

  explicit Matcher(MatchLimits limits = {}) : limits_(limits) {}

  // Forgets what was heard: somebody answered.
  void clear() { *this = Matcher(limits_); }

  // One frame; the match as soon as it is one.
  std::optional<Match> hear(const FrameFeatures& frame, const Library& library) {
    return hear(maker_.next(frame), library);
  }
  // The same of its print.
  std::optional<Match> hear(Print print, const Library& library);

  // Ahead of hear(), with 0 and 1, some time apart.
  void prefetch(int step) const {
    if (step == 0) return cpd::prefetch(this, kFirstBytes);
    maker_.prefetch();
    cpd::prefetch(&heard_[static_cast<size_t>(std::min(count_, kMostPrints - 1))], sizeof(Print));
  }

  // What was heard from its first sound on, at most kMostPrints.
  std::span<const Print> heard() const { return {heard_.data(), static_cast<size_t>(count_)}; }
  bool isFull() const { return count_ == kMostPrints; }

 private:
  // What is compared: enough of it says whether it is the recording, and more would only take time.
  static constexpr int kMostCompared = 32;
  static constexpr float kMayBe = 0.25f;                 // share of bits: followed on
  static constexpr size_t kFirstBytes = 2 * kCacheLine;  // what says what else is needed

  std::optional<Match> look(const Library& library);

  MatchLimits limits_;
  int count_ = 0;
  // A recording that it may be: what was heard then ends at this place of it.
  Match candidate_;
  uint32_t candidatePlace_ = 0;
  int candidateCount_ = 0;
  PrintMaker maker_;
  std::array<Print, kMostPrints> heard_{};
};

// The recording whose prints these are, as a call with them would have it.
std::optional<Match> findMatch(std::span<const Print> prints, const Library& library);

}  // namespace cpd::known
