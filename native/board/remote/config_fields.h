// The drivers' configurations as they go over the wire; see port_fields.h.
#pragma once

#include "board/drivers.h"
#include "board/remote/port_fields.h"
#include "cpd/tone_plan.h"

namespace board::remote {

ENUM_RANGE(sim::Kind, kUnobtainable)
ENUM_RANGE(sim::Codec, kUlaw)
ENUM_RANGE(sim::FaultKind, kDead)
ENUM_RANGE(sim::ExtensionBehaviour, kRefuse)

FIELDS(cpd::ToneStep, hz1, hz2, hz3, modHz, ms)
FIELDS(cpd::Cadence, steps, once)
FIELDS(cpd::TonePlan, code, name, dial, ringback, busy, congestion, callWaiting, info, numberUnobtainable)

FIELDS(sim::Subscriber, number, kind, ringMs, answerPauseMs, speech, repeatGapMs, levelDbm0, noiseDbm0, codec,
       lossPct, beepHz, beepMs, sit, cause, plan, patienceMs, talkMs, ringbackMusic, falseAnswerMs, dtmf)
FIELDS(sim::Fault, kind, channel, times, event, number, calls, resets, span, alarm, atMs, forMs)
FIELDS(sim::Extension, extension, answerMs, behaviour)
FIELDS(sim::World, subscribers, mixUnlisted, unlisted, mixLive, mixMachine, extensions, faults)
FIELDS(sim::Trunk, kind, channels)
FIELDS(sim::Config, name, trunks, plan, plans, seed, stepped, speed, world)
FIELDS(sim::Truth, channel, ref, number, kind, dialledAt, answeredAt, greetingEndAt, endedAt, endedBy)

ENUM_RANGE(dialogic::CpaMethod, kDial)
ENUM_RANGE(dialogic::TransferMethod, kTwoChannel)

FIELDS(dialogic::Libraries, folder, srl, voice, dti, gc, clock)
FIELDS(dialogic::SpanConfig, kind, network, firstSlot, channels, voice, media, protocol, destinationSuffix,
       cpa, lead, method, blind, consult, bridgeLines)
FIELDS(dialogic::AnalogSettings, waitForDialTone, toneDialling, prefix, loopDropMs, answerByLoopCurrent,
       guardMs, tonePlan, disconnectTone, flashMs, pauseMs)
FIELDS(dialogic::GlobalCallSettings, libraries, sipPort, maxCalls)
FIELDS(dialogic::StreamSettings, expectedDelayMs)
FIELDS(dialogic::Watchdogs, openMs, hookMs, dialMs, stopMs, dropMs, releaseMs, resetMs, transferMs, playMs,
       retryFirstMs, retryLongestMs)

FIELDS(dialogic::Config, name, libraries, spans, cpa, analog, globalCall, stream, watchdogs, cap, plan, plans,
       traceEvents, cpaDumps)

}  // namespace board::remote
