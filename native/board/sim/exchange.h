// What the channels of one simulated board share: its clock, the world behind it, and the way events leave.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "board/detector_settings.h"
#include "board/recording_writer.h"
#include "board/sim/sim_config.h"
#include "board/sim/sound/mix.h"
#include "board/sim/sound/sounds.h"
#include "board/sim/world/callee.h"
#include "board/sim/world/faults.h"
#include "board/sim/world/ground_truth.h"
#include "board/sim/world/switch.h"
#include "cpd/detector.h"

namespace board::sim {

// Who is at a number that was dialled.
struct Called {
  Callee callee;
  Kind kind = Kind::kLive;
  bool extension = false;  // one of the switch's own
};

class Exchange {
 public:
  // Throws std::invalid_argument if a subscriber or the board names an unknown tone plan.
  explicit Exchange(Config config);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Reads the world's files. Throws std::runtime_error naming the one that cannot be read.
  void loadSounds();

  // Nullptr: no such plan.
  const cpd::TonePlan* plan(const std::string& code) const;
  const cpd::TonePlan& boardPlan() const { return *plan(config.plan); }

  // The same object for the same parameters, as far as they concern the detector. The plan must be known.
  std::shared_ptr<const cpd::Settings> settings(const DialParameters& parameters, bool inferAnswer);

  Called call(const std::string& number, TrunkKind trunk);

  void post(Event&& event) {
    event.at = now;
    outbox.push_back(std::move(event));
  }

  const Config config;
  double now = 0;  // board time in ms
  Sounds sounds;
  Faults faults;
  Switch pbx;
  GroundTruthLog groundTruth;
  std::vector<Event> outbox;  // of this tick, in order
  RecordingWriter recordings;

 private:
  Numbers numbers_;
  DetectorSettings settings_;
};

}  // namespace board::sim
