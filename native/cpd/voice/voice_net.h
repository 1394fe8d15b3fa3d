// What the voice network makes of a call, two frames at a time: a recurrent network (GRU), or several, whose
// units remember what the greeting sounded like so far. They and the figures about the greeting's shape
// together give the log odds (voice_model.h).
//
// Many channels at once, in the lanes of vectors; see lanes.h. The result of a channel is bit for bit the
// same in whatever company and on whatever processor.
#pragma once

#include <array>
#include <span>

#include "cpd/simd/instruction_set.h"
#include "cpd/voice/voice_input.h"

namespace cpd {

inline constexpr int kVoiceNets = 1;
inline constexpr int kVoiceUnits = 96;  // of each network
inline constexpr int kVoiceMemory = kVoiceNets * kVoiceUnits;

// All 0 at answer.
using VoiceMemory = std::array<float, kVoiceMemory>;

class VoiceNet {
 public:
  explicit VoiceNet(InstructionSet set);
  VoiceNet();  // the best there is, narrow vectors for few channels

  static constexpr int kMostChannels = 128;  // by one call

  // 40 ms on: `memory[i]` takes in `in[i]`. At most kMostChannels.
  void step(std::span<const VoiceInput* const> in, std::span<VoiceMemory* const> memory) const;

 private:
  const struct VoiceNetKernel* many_;
  const struct VoiceNetKernel* few_;
};

}  // namespace cpd
