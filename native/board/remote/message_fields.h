// Fields of the messages themselves; see port_fields.h.
#pragma once

#include "board/remote/protocol.h"

namespace board::remote {

FIELDS(ask::Open, config)
FIELDS(ask::Seize, channel, ref)
FIELDS(ask::Dial, channel, ref, number, parameters)
FIELDS(ask::Rearm, channel, ref)
FIELDS(ask::Transfer, channel, ref, extension, style)
FIELDS(ask::Join, channel, ref, other)
FIELDS(ask::Part, channel, ref)
FIELDS(ask::Play, channel, ref, file)
FIELDS(ask::StopPlay, channel, ref)
FIELDS(ask::CollectDigits, channel, ref, limits)
FIELDS(ask::Drop, channel, ref)
FIELDS(ask::Reset, channel)
FIELDS(ask::SetInService, channel, inService)
NO_FIELDS(ask::Channels)
FIELDS(ask::Report, topic, channel)
FIELDS(ask::SetTimer, timer, afterMs)
FIELDS(ask::ClearTimer, timer)
FIELDS(ask::CheckHost, config)
NO_FIELDS(ask::Ping)
NO_FIELDS(ask::Close)
FIELDS(ask::Advance, ms)
NO_FIELDS(ask::Truths)
FIELDS(ask::InjectFault, fault)
FIELDS(ask::RaiseAlarm, span, kind)
FIELDS(ask::EndAlarm, span)
FIELDS(ask::SentLevel, channel)

FIELDS(tell::Opened, inventory)
FIELDS(tell::Done, status)
FIELDS(tell::Refused, code, message)
FIELDS(tell::ChannelList, channels)
FIELDS(tell::TruthList, truths)
FIELDS(tell::Level, dbm0)
FIELDS(tell::Text, text)
NO_FIELDS(tell::Clock)

}  // namespace board::remote
