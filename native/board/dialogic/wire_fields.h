// The Dialogic board's configuration as it goes to a board host; see wire/port_fields.h.
#pragma once

#include "board/dialogic/config.h"
#include "board/wire/port_fields.h"

namespace board::wire {

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

}  // namespace board::wire
