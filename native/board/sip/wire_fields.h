// The SIP board's configuration as it goes to a board host; see wire/port_fields.h.
#pragma once

#include "board/sip/config.h"
#include "board/wire/port_fields.h"

namespace board::wire {

FIELDS(sip::TrunkAddress, host, port)
FIELDS(sip::Trunk, name, addresses, alsoFrom, externalAddress, learnsAddress, transport, caFile,
       certificateFile, serverName, registers, registerEveryS, srtp, sessionExpiresS, headers, agentHeaders,
       userToUser, domain, channels, callsPerSecond, callerId, codecs, username, password)
FIELDS(sip::Config, name, bind, secondBind, silentCalls, sipPort, rtpFirstPort, rtpLastPort, trunks,
       agentTrunk, healthEveryMs, firstResponseMs, rtpTimeoutMs, agentRtpTimeoutMs, longestSilenceMs,
       agentLongestSilenceMs, transferMs, standIn, standInSpeed, plan, plans)

}  // namespace board::wire
