// The simulator's configuration and ground truth as they go to a board host; see wire/port_fields.h.
#pragma once

#include "board/sim/sim_config.h"
#include "board/wire/port_fields.h"

namespace board::wire {

ENUM_RANGE(sim::Kind, kUnobtainable)
ENUM_RANGE(sim::Codec, kUlaw)
ENUM_RANGE(sim::FaultKind, kDead)
ENUM_RANGE(sim::ExtensionBehaviour, kRefuse)

FIELDS(sim::Subscriber, number, kind, ringMs, answerPauseMs, speech, repeatGapMs, levelDbm0, noiseDbm0, codec,
       lossPct, beepHz, beepMs, sit, cause, plan, patienceMs, talkMs, ringbackMusic, falseAnswerMs, dtmf)
FIELDS(sim::Fault, kind, channel, times, event, number, calls, resets, span, alarm, atMs, forMs)
FIELDS(sim::Extension, extension, answerMs, behaviour)
FIELDS(sim::World, subscribers, mixUnlisted, unlisted, mixLive, mixMachine, extensions, faults)
FIELDS(sim::Trunk, kind, channels)
FIELDS(sim::Config, name, trunks, plan, plans, seed, stepped, speed, world)
FIELDS(sim::Heard, file, at, fromMs, ms)
FIELDS(sim::GroundTruth, channel, ref, number, kind, dialledAt, answeredAt, greetingEndAt, endedAt, endedBy,
       recordsFrom, heard, recorded)

}  // namespace board::wire
