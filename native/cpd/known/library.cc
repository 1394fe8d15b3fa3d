#include "cpd/known/library.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace cpd::known {
namespace {

// Of the print before: the bits that a line changes least, the first of the slowest changes.
constexpr Print kBeforeMask = 0x3ff;

// Every bit of the number in every bit of the result (the last steps of MurmurHash3 by A. Appleby).
constexpr uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

bool isUsable(Print print) { return (print & kUsable) != 0; }

}  // namespace

std::vector<Print> trimmed(std::span<const Print> prints) {
  const auto first = std::find_if(prints.begin(), prints.end(), isUsable);
  const auto last = std::find_if(prints.rbegin(), std::make_reverse_iterator(first), isUsable).base();
  return {first, last};
}

int usablePrints(std::span<const Print> prints) {
  return static_cast<int>(std::count_if(prints.begin(), prints.end(), isUsable));
}

int distinctPrints(std::span<const Print> prints) {
  std::vector<Print> usable;
  std::copy_if(prints.begin(), prints.end(), std::back_inserter(usable), isUsable);
  std::sort(usable.begin(), usable.end());
  return static_cast<int>(std::unique(usable.begin(), usable.end()) - usable.begin());
}

uint64_t Library::keyOf(Print newest, Print before) {
  return mixed(static_cast<uint64_t>(before & kBeforeMask) << kPrintBits | (newest & kPrintMask));
}

Library::Library(std::vector<Recording> recordings) : recordings_(std::move(recordings)) {
  if (recordings_.size() > kMostRecordings) recordings_.resize(kMostRecordings);
  struct Entry {
    uint64_t key;
    uint32_t place;
  };
  std::vector<Entry> found;
  for (Recording& recording : recordings_) {
    const auto first = static_cast<uint32_t>(prints_.size());
    firsts_.push_back(first);
    const size_t count = std::min(recording.prints.size(), static_cast<size_t>(kMostPrints));
    prints_.insert(prints_.end(), recording.prints.begin(),
                   recording.prints.begin() + static_cast<std::ptrdiff_t>(count));
    for (size_t i = kKeyFrames; i < count; ++i) {
      const Print newest = recording.prints[i], before = recording.prints[i - kKeyFrames];
      if (isUsable(newest) && isUsable(before))
        found.push_back({keyOf(newest, before), first + static_cast<uint32_t>(i)});
    }
    recording.prints = {};
  }
  firsts_.push_back(static_cast<uint32_t>(prints_.size()));
  static_assert(kMostRecordings * kMostPrints <= (1u << (32 - kCheckBits)));

  keys_ = static_cast<uint32_t>(found.size());
  const int bits = std::max(4, static_cast<int>(std::bit_width(found.size())));
  shift_ = 64 - bits;
  filterShift_ = shift_ - kFilterBits;
  filter_.assign(size_t{1} << (bits + kFilterBits - 6), 0);
  for (const Entry& entry : found)
    filter_[entry.key >> filterShift_ >> 6] |= uint64_t{1} << (entry.key >> filterShift_ & 63);
  starts_.assign((size_t{1} << bits) + 1, 0);
  for (const Entry& entry : found) ++starts_[(entry.key >> shift_) + 1];
  for (size_t i = 1; i < starts_.size(); ++i) starts_[i] = starts_[i - 1] + std::min(starts_[i], kMostPlaces);
  entries_.resize(starts_.back());
  std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (const Entry& entry : found) {
    const size_t bucket = entry.key >> shift_;
    if (next[bucket] == starts_[bucket + 1]) continue;
    entries_[next[bucket]++] = entry.place << kCheckBits | (static_cast<uint32_t>(entry.key) & kCheckMask);
  }
}

Match Library::compare(std::span<const Print> heard, uint32_t place, int most) const {
  Match match;
  const auto behind = std::upper_bound(firsts_.begin(), firsts_.end(), place);
  if (behind == firsts_.begin() || behind == firsts_.end()) return match;
  const auto recording = static_cast<size_t>(behind - firsts_.begin()) - 1;
  const size_t back = std::min(static_cast<size_t>(place - firsts_[recording]), heard.size() - 1);
  int differing = 0;
  for (size_t i = 0; i <= back && match.comparedPrints < most; i += kCompareEvery) {
    const Print a = heard[heard.size() - 1 - i], b = prints_[place - i];
    if (!isUsable(a & b)) continue;
    differing += differingBits(a, b);
    ++match.comparedPrints;
  }
  if (match.comparedPrints == 0) return match;
  match.recording = static_cast<int>(recording);
  match.differing = static_cast<float>(differing) / static_cast<float>(kPrintBits * match.comparedPrints);
  return match;
}

std::size_t Library::bytes() const {
  std::size_t bytes = sizeof *this + (firsts_.size() + prints_.size() + starts_.size() + entries_.size()) * 4;
  bytes += filter_.size() * sizeof filter_[0];
  for (const Recording& recording : recordings_) bytes += sizeof recording + recording.name.size();
  return bytes;
}

}  // namespace cpd::known
