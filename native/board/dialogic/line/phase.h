// Where a line is in the life of a call, and which moves each family of line allows. One door: a move that is
// not in the table is a fault of ours, told by both names.
#pragma once

#include <cstddef>
#include <cstdint>

namespace board::dialogic {

enum class Phase : uint8_t {
  kClosed,   // no device
  kOpening,  // devices are being opened
  kBlocked,  // Global Call: open, the network does not let calls through
  kIdle,
  kSeizing,    // analog: going off hook
  kSeized,     // off hook, or a line of Global Call that is kept for a call
  kDialling,   // digits go out, or the call was made and nothing came back yet
  kProgress,   // the network has the digits
  kUp,         // answered
  kMoving,     // a transfer is under way
  kStopping,   // analog: what runs on the voice channel is being stopped
  kDropping,   // Global Call: gc_DropCall
  kReleasing,  // going on hook, or gc_ReleaseCallEx
  kGuard,      // analog: on hook, not yet to be taken again
  kResetting,
  kFailed,  // out of service, tried again later
};
inline constexpr int kPhases = static_cast<int>(Phase::kFailed) + 1;

enum class Family : uint8_t { kAnalog, kGlobalCall };

bool mayMove(Family family, Phase from, Phase to);
const char* name(Phase phase);
const char* name(Family family);

}  // namespace board::dialogic
