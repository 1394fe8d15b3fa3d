// The vendor's dial strings: how long a flash and a pause in them are, and how long one takes to be sent.
#pragma once

#include <string>
#include <vector>

#include "board/dialogic/line/board_context.h"

namespace board::dialogic {

// Gives the voice boards of the analog spans the configured flash and pause, before a channel is used. Throws
// std::runtime_error naming the field, the board and what it said: a PBX that takes another flash than ours
// hangs up on the caller.
void setDialTimes(BoardContext& context, const std::vector<SpanConfig>& spans);

// The longest that the string may take, ms.
double longestDialMs(const AnalogSettings& analog, const std::string& digits);

}  // namespace board::dialogic
