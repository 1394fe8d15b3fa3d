#include "board/detector_settings.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace board {

const cpd::TonePlan* findPlan(const std::vector<cpd::TonePlan>& own, const std::string& code) {
  const auto found = std::ranges::find(own, code, &cpd::TonePlan::code);
  return found != own.end() ? &*found : cpd::findTonePlan(code);
}

bool canBeHeardWith(const DialParameters& parameters, const std::vector<cpd::TonePlan>& ownPlans) {
  return parameters.ringTimeoutMs > 0 && parameters.cpdTimeoutMs > 0 &&
         cpd::isHumanLoss(parameters.maxHumanLoss) && std::isfinite(parameters.scoreOffset) &&
         findPlan(ownPlans, parameters.plan) != nullptr;
}

std::shared_ptr<const cpd::Settings> DetectorSettings::of(const cpd::TonePlan& plan,
                                                          const DialParameters& parameters,
                                                          int32_t cpdTimeoutMs, bool inferAnswer) {
  const bool wanted = !parameters.recordings.empty();
  if (wanted) {
    std::shared_ptr<const cpd::known::Library> now = recordings_.of(parameters.recordings);
    if (now != library_) settings_.clear();
    library_ = std::move(now);
  }
  std::shared_ptr<const cpd::Settings>& kept =
      settings_[{parameters.plan, parameters.mode, cpdTimeoutMs, parameters.maxHumanLoss,
                 parameters.scoreOffset, inferAnswer, wanted, parameters.checkLearnt}];
  if (kept == nullptr) {
    kept = std::make_shared<const cpd::Settings>(cpd::Settings{.plan = plan,
                                                               .mode = parameters.mode,
                                                               .cpdTimeoutMs = cpdTimeoutMs,
                                                               .inferAnswer = inferAnswer,
                                                               .maxHumanLoss = parameters.maxHumanLoss,
                                                               .scoreOffset = parameters.scoreOffset,
                                                               .recordings = wanted ? library_ : nullptr,
                                                               .checkLearnt = parameters.checkLearnt});
  }
  return kept;
}

}  // namespace board
