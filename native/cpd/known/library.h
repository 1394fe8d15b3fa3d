// The recordings that are known, and where what is heard occurs in them. Made once, then read by all channels
// and all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cpd/known/prints.h"
#include "cpd/types.h"

namespace cpd::known {

struct Recording {
  std::string name;                      // unlike all others of a library
  Verdict verdict = Verdict::kMachine;   // of a call on which it is heard; mayBeResult()
  SitCategory sit = SitCategory::kNone;  // with kSit
  std::vector<Print> prints;             // one a frame from its first sound, at most kMostPrints
  bool learnt = false;                   // from calls or from another site: nobody here has listened to it
};

// Eight seconds of a recording are known: calls come up to three seconds late.
inline constexpr int kMostPrints = 400;
// What is shorter than this, in usable prints, is no recording that could be told from others.
inline constexpr int kLeastUsablePrints = 75;

// Of these, unlike each other: a hum or a buzz has few, and is like every other.
inline constexpr int kLeastDistinctPrints = 50;

inline constexpr bool mayBeResult(Verdict verdict) {
  return verdict == Verdict::kMachine || verdict == Verdict::kScreening || verdict == Verdict::kSit ||
         verdict == Verdict::kBusy || verdict == Verdict::kCongestion;
}

// Without the unusable prints at its ends.
std::vector<Print> trimmed(std::span<const Print> prints);
int usablePrints(std::span<const Print> prints);
// Usable ones that are unlike each other.
int distinctPrints(std::span<const Print> prints);

struct Match {
  int recording = -1;      // its place in the library
  int comparedPrints = 0;  // of kCompareEvery frames each
  float differing = 1;     // share of the bits compared
};

// Prints are compared this far apart: those between say little more.
inline constexpr int kCompareEvery = 4;

class Library {
 public:
  // Prints beyond kMostPrints of a recording are not looked for, recordings beyond kMostRecordings not kept.
  explicit Library(std::vector<Recording> recordings);

  static constexpr size_t kMostRecordings = 40'000;
  // Places kept of what is everywhere alike: a look must not take longer for a library made to be slow.
  static constexpr uint32_t kMostPlaces = 64;

  // Without their prints.
  const std::vector<Recording>& recordings() const { return recordings_; }
  bool empty() const { return keys_ == 0; }

  // Where the newest of the prints heard may be: calls `with(place)` for each. A place is one of all prints
  // of all recordings; see compare().
  template <typename With>
  void lookUp(Print newest, Print before, With with) const {
    if (keys_ == 0) return;
    const uint64_t key = keyOf(newest, before);
    if (!mayHave(key)) return;
    const size_t bucket = key >> shift_;
    const uint32_t check = static_cast<uint32_t>(key) & kCheckMask;
    for (uint32_t i = starts_[bucket]; i < starts_[bucket + 1]; ++i)
      if ((entries_[i] & kCheckMask) == check) with(entries_[i] >> kCheckBits);
  }
  // A key is made of a print and of the one this many frames before it, which has no frame in common with it.
  static constexpr int kKeyFrames = kPrintFrames;

  // The prints heard, the newest last, with those that end at `place`: the match of as many of the newest as
  // it takes, at most `most`, and comparedPrints 0 where nothing can be compared.
  Match compare(std::span<const Print> heard, uint32_t place, int most) const;

  std::size_t bytes() const;

 private:
  static constexpr int kCheckBits = 8;
  static constexpr uint32_t kCheckMask = (1u << kCheckBits) - 1;

  // Most of what is heard is in no recording: told by one bit of few, which stay in the processor's cache.
  static constexpr int kFilterBits = 3;  // of a filter bit for a key: 2^3 times as many
  bool mayHave(uint64_t key) const {
    return (filter_[key >> filterShift_ >> 6] >> (key >> filterShift_ & 63) & 1) != 0;
  }

  static uint64_t keyOf(Print newest, Print before);

  std::vector<Recording> recordings_;
  std::vector<uint32_t> firsts_;  // place of the first print of each recording, and one behind the last
  std::vector<Print> prints_;     // of all recordings, by place
  int shift_ = 0;                 // of a key to its bucket
  uint32_t keys_ = 0;
  int filterShift_ = 0;            // of a key to its bit
  std::vector<uint64_t> filter_;   // a bit is set where a key has it
  std::vector<uint32_t> starts_;   // of each bucket in the entries, and one behind the last
  std::vector<uint32_t> entries_;  // place << kCheckBits | the last bits of the key
};

}  // namespace cpd::known
