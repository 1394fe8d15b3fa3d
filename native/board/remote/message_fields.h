// Fields of the messages themselves; see port_fields.h.
#pragma once

#include "board/remote/protocol.h"

namespace board::wire {

FIELDS(remote::ask::Open, config)
FIELDS(remote::ask::Seize, channel, ref)
FIELDS(remote::ask::Dial, channel, ref, number, parameters)
FIELDS(remote::ask::Rearm, channel, ref)
FIELDS(remote::ask::Transfer, channel, ref, extension, style)
FIELDS(remote::ask::Join, channel, ref, other)
FIELDS(remote::ask::Part, channel, ref)
FIELDS(remote::ask::Play, channel, ref, file)
FIELDS(remote::ask::StopPlay, channel, ref)
FIELDS(remote::ask::CollectDigits, channel, ref, limits)
FIELDS(remote::ask::Drop, channel, ref)
FIELDS(remote::ask::Reset, channel)
FIELDS(remote::ask::SetInService, channel, inService)
FIELDS(remote::ask::TellScores, channel, on)
NO_FIELDS(remote::ask::Channels)
FIELDS(remote::ask::Report, topic, channel)
FIELDS(remote::ask::SetTimer, timer, afterMs)
FIELDS(remote::ask::ClearTimer, timer)
FIELDS(remote::ask::CheckBoardHost, config)
NO_FIELDS(remote::ask::Ping)
NO_FIELDS(remote::ask::Close)
FIELDS(remote::ask::Advance, ms)
NO_FIELDS(remote::ask::GroundTruth)
FIELDS(remote::ask::InjectFault, fault)
FIELDS(remote::ask::RaiseAlarm, span, kind)
FIELDS(remote::ask::EndAlarm, span)
FIELDS(remote::ask::SentLevel, channel)

FIELDS(remote::tell::Opened, inventory)
FIELDS(remote::tell::Done, status)
FIELDS(remote::tell::Refused, code, message)
FIELDS(remote::tell::ChannelList, channels)
FIELDS(remote::tell::GroundTruthList, groundTruth)
FIELDS(remote::tell::Level, dbm0)
FIELDS(remote::tell::Text, text)
NO_FIELDS(remote::tell::Clock)

}  // namespace board::wire
