#include "cpd/known/matcher.h"

namespace cpd::known {

std::optional<Match> Matcher::hear(Print print, const Library& library) {
  const bool usable = (print & kUsable) != 0;
  if (isFull() || (count_ == 0 && !usable)) return std::nullopt;
  heard_[static_cast<size_t>(count_++)] = print;
  if (!usable || count_ % kCompareEvery != 0) return std::nullopt;
  return look(library);
}

std::optional<Match> Matcher::look(const Library& library) {
  const auto isBetter = [](const Match& a, const Match& b) {
    return a.comparedPrints != 0 && (b.comparedPrints == 0 || a.differing < b.differing);
  };
  // As far as the recording is known: behind its end the next one of the library begins.
  if (candidate_.comparedPrints != 0) {
    const uint32_t place = candidatePlace_ + static_cast<uint32_t>(count_ - candidateCount_);
    const Match again = library.compare(heard(), place, kMostCompared);
    candidate_ = again.recording == candidate_.recording && again.differing <= kMayBe ? again : Match();
    candidatePlace_ = place;
    candidateCount_ = count_;
  }
  if (count_ > Library::kKeyFrames) {
    const Print before = heard_[static_cast<size_t>(count_ - 1 - Library::kKeyFrames)];
    if ((before & kUsable) != 0) {
      library.lookUp(heard_[static_cast<size_t>(count_ - 1)], before, [&](uint32_t place) {
        const Match match = library.compare(heard(), place, kMostCompared);
        if (match.differing > kMayBe || !isBetter(match, candidate_)) return;
        candidate_ = match;
        candidatePlace_ = place;
        candidateCount_ = count_;
      });
    }
  }
  if (limits_.isMatch(candidate_)) return candidate_;
  return std::nullopt;
}

std::optional<Match> findMatch(std::span<const Print> prints, const Library& library) {
  Matcher matcher;
  for (const Print print : prints)
    if (const auto match = matcher.hear(print, library)) return match;
  return std::nullopt;
}

}  // namespace cpd::known
