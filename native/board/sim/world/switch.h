// The switch beside the board: extensions, and the calls that were handed over to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/sim/sim_config.h"
#include "board/sim/world/ground_truth.h"

namespace board::sim {

// From the transfer request, or the end of dialling, until the switch has looked at the digits.
inline constexpr int32_t kAcceptMs = 100;
// How long an extension rings before a transfer to it is given up.
inline constexpr int32_t kExtensionRingMs = 20'000;

class Switch {
 public:
  explicit Switch(std::vector<Extension> extensions) : extensions_(std::move(extensions)) {}

  // Nullptr: no such extension.
  const Extension* find(const std::string& digits) const;

  // A call that left the board: its far end stays until `endsAt`.
  void carry(TruthId call, double endsAt) { carried_.push_back({call, endsAt}); }

  // Ends what is due.
  void tick(double now, GroundTruthLog& groundTruth);

 private:
  struct Carried {
    TruthId call;
    double endsAt;
  };

  std::vector<Extension> extensions_;
  std::vector<Carried> carried_;
};

}  // namespace board::sim
