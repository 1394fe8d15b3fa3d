// What a configuration of SIP trunks must hold before a board is made of it.
#pragma once

#include "board/sip/config.h"

namespace board::sip {

// Throws std::invalid_argument, whose message names the field.
void checkConfig(const Config& config);

}  // namespace board::sip
