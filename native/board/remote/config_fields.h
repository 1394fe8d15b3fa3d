// The drivers' configurations as they go over the wire: those of each driver in its own folder, and what they share.
#pragma once

#include "board/dialogic/wire_fields.h"
#include "board/drivers.h"
#include "board/sim/wire_fields.h"
#include "board/sip/wire_fields.h"
#include "board/wire/port_fields.h"
#include "cpd/tones/plan/tone_plan.h"

namespace board::wire {

FIELDS(cpd::ToneStep, hz1, hz2, hz3, modHz, ms)
FIELDS(cpd::Cadence, steps, once)
FIELDS(cpd::TonePlan, code, name, dial, ringback, busy, congestion, callWaiting, info, numberUnobtainable)

}  // namespace board::wire
