// What the detectors of a board are told, shared by all calls that tell them the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "board/board.h"
#include "board/known_recordings.h"
#include "cpd/settings.h"

namespace board {

// By its code: one of the board's own, or one of the detector's. Null: there is none.
const cpd::TonePlan* findPlan(const std::vector<cpd::TonePlan>& own, const std::string& code);

// Whether a detector can be started with them.
bool canBeHeardWith(const DialParameters& parameters, const std::vector<cpd::TonePlan>& ownPlans);

class DetectorSettings {
 public:
  // The same object for the same parameters, as far as they concern the detector, while the known recordings are
  // the same.
  std::shared_ptr<const cpd::Settings> of(const cpd::TonePlan& plan, const DialParameters& parameters,
                                          int32_t cpdTimeoutMs, bool inferAnswer);

 private:
  using Key = std::tuple<std::string, cpd::Mode, int32_t, float, float, bool, bool, bool>;

  KnownRecordings recordings_;
  std::shared_ptr<const cpd::known::Library> library_;  // in those of settings_ that have one
  std::map<Key, std::shared_ptr<const cpd::Settings>> settings_;
};

}  // namespace board
