// Arguments from JavaScript as values of the boards. src/board checks what users write; here only the types
// are held, so a wrong one is a mistake in our own code and throws a TypeError that names the field.
#pragma once

#include <napi.h>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/drivers.h"
#include "media/channel_mix.h"

namespace addon {

cpd::TonePlan tonePlanFromJs(const Napi::Value& value);
board::DialParameters dialParametersFromJs(const Napi::Value& value);
board::DigitLimits digitLimitsFromJs(const Napi::Value& value);
board::TransferStyle transferStyleFromJs(const Napi::Value& value);
board::Topic topicFromJs(const Napi::Value& value);
media::WavChannel channelFromJs(const Napi::Value& value);
// Throws board::OpenError NOT_SUPPORTED for a driver that is none.
board::DriverConfig driverConfigFromJs(const Napi::Value& value);
// Of each driver in the table of board/drivers.h.
void configFromJs(const Napi::Value& value, board::sim::Config& to);
void configFromJs(const Napi::Value& value, board::dialogic::Config& to);
void configFromJs(const Napi::Value& value, board::sip::Config& to);
board::sim::Fault simFaultFromJs(const Napi::Value& value);

}  // namespace addon
