// What an engineer sees of the board: trunks, calls with their quality, messages. JSON documents.
#pragma once

#include <deque>
#include <string>

#include "board/sip/line/channel.h"
#include "board/sip/line/line_host.h"

namespace board::sip {

std::string trunkReport(const LineHost& host, double now);
// `channel` 0: all.
std::string callReport(const std::deque<Channel>& channels, ChannelId channel);
std::string messageReport(const Signalling& signalling, ChannelId channel);

}  // namespace board::sip
