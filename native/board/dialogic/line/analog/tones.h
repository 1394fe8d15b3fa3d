// Tone definitions of Springware from our tone plans, and tones of our own that tell of ringing and of a far
// end that hung up. Order (V1 p.62): change definitions, dx_deltones, own tones, dx_initcallp, then dx_dial.
#pragma once

#include <optional>
#include <vector>

#include "board/dialogic/line/board_context.h"
#include "cpd/tones/plan/tone_plan.h"

namespace board::dialogic {

// Ids of our own tones, outside the vendor's 250 to 267.
inline constexpr int kRingbackTid = 301;
inline constexpr int kDisconnectTid = 302;

// A cadence in the vendor's terms: frequencies in Hz, times in 10 ms; deviations are ours. One sound and one
// silence: of a cadence with more, the first.
struct ToneTemplate {
  int hz1 = 0, hz2 = 0;  // hz2 0: single
  int hzDeviation = 0;
  int on = 0, onDeviation = 0, off = 0, offDeviation = 0;  // on 0: continuous
};
// Nothing: the plan has no such tone, or one that the vendor's templates cannot hold (three frequencies).
std::optional<ToneTemplate> templateOf(const cpd::Cadence& cadence);

// Makes the vendor's PerfectCall definitions those of the plan, for every channel that is initialised after
// it. False: something was refused; the trace says what.
bool defineTones(BoardContext& context, const cpd::TonePlan& plan);

// Readies one channel: own tones by `plan`, then PerfectCall. False: PerfectCall is not to be had.
bool prepareChannel(BoardContext& context, ChannelId channel, int voice, const cpd::TonePlan& plan,
                    bool disconnectTone);

}  // namespace board::dialogic
