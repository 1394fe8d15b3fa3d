// What this host has and what it lacks, in plain words; and the parts of diagnostics that are about the host.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/dialogic/line/board_context.h"
#include "board/json.h"

namespace board::dialogic {

// All that is missing at once, for the error of open(); empty: nothing.
std::string missingText(const Api& api, const Config& config);

void describeLibraries(const Api& api, Json& json);
void describeSpan(const SpanConfig& span, uint32_t number, Json& json);
void describeCounters(const Counters& counters, Json& json);

// {"ok", "checks": [{"check", "ok", "text"}]} of an open board; `dead` is why it died.
std::string selfCheck(const BoardContext& context, const std::vector<SpanConfig>& spans,
                      const std::string& dead);

}  // namespace board::dialogic
