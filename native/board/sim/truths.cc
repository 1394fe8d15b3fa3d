#include "board/sim/truths.h"

#include <utility>

namespace board::sim {

TruthId Truths::begin(Truth truth) {
  kept_.push_back(std::move(truth));
  if (kept_.size() > kKept) {
    kept_.pop_front();
    ++first_;
  }
  return first_ + kept_.size() - 1;
}

void Truths::answered(TruthId id, double at) {
  if (Truth* truth = find(id)) truth->answeredAt = at;
}

void Truths::greetingEnds(TruthId id, double at) {
  if (Truth* truth = find(id)) truth->greetingEndAt = at;
}

void Truths::ended(TruthId id, double at, const char* by) {
  Truth* truth = find(id);
  if (truth == nullptr || truth->endedBy != nullptr) return;
  truth->endedAt = at;
  truth->endedBy = by;
}

Truth* Truths::find(TruthId id) {
  if (id < first_ || id - first_ >= kept_.size()) return nullptr;
  return &kept_[id - first_];
}

}  // namespace board::sim
