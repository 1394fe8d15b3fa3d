// The scores of one channel, told while somebody looks at it.
#pragma once

#include <optional>

#include "cpd/detector.h"

namespace board {

class ScoreTeller {
 public:
  void turn(bool on) { on_ = on; }

  // The score of the present call if it is another one than was told last; nothing while nobody looks.
  std::optional<cpd::ScoreAt> next(const cpd::Detector& detector) {
    if (!on_) return std::nullopt;
    const cpd::ScoreAt score = detector.scored();
    if (score.atMs == toldMs_) return std::nullopt;
    toldMs_ = score.atMs;
    return score.atMs == cpd::kNever ? std::nullopt : std::optional(score);
  }

 private:
  bool on_ = false;
  int32_t toldMs_ = cpd::kNever;
};

}  // namespace board
