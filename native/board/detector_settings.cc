#include "board/detector_settings.h"

#include <utility>

namespace board {

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
