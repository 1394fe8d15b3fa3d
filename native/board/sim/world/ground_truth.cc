#include "board/sim/world/ground_truth.h"

#include <algorithm>
#include <utility>

namespace board::sim {

TruthId GroundTruthLog::begin(GroundTruth truth) {
  kept_.push_back(std::move(truth));
  if (kept_.size() > kKept) {
    kept_.pop_front();
    ++first_;
  }
  return first_ + kept_.size() - 1;
}

void GroundTruthLog::answered(TruthId id, double at) {
  if (GroundTruth* truth = find(id)) truth->answeredAt = at;
}

void GroundTruthLog::greetingEnds(TruthId id, double at) {
  if (GroundTruth* truth = find(id)) truth->greetingEndAt = at;
}

void GroundTruthLog::recordsFrom(TruthId id, double at) {
  if (GroundTruth* truth = find(id)) truth->recordsFrom = at;
}

void GroundTruthLog::heard(TruthId id, const std::string& file, double from, double to) {
  GroundTruth* truth = find(id);
  if (truth == nullptr || to <= from) return;
  truth->heard.push_back({file, from, 0, to - from});
  const double begin = std::max(from, truth->recordsFrom);
  if (truth->recordsFrom >= 0 && to > begin)
    truth->recorded.push_back({file, begin, begin - from, to - begin});
}

void GroundTruthLog::ended(TruthId id, double at, const char* by) {
  GroundTruth* truth = find(id);
  if (truth == nullptr || truth->endedBy != nullptr) return;
  truth->endedAt = at;
  truth->endedBy = by;
}

GroundTruth* GroundTruthLog::find(TruthId id) {
  if (id < first_ || id - first_ >= kept_.size()) return nullptr;
  return &kept_[id - first_];
}

}  // namespace board::sim
