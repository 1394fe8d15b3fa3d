// Names of devices, and what the libraries report of them.
#pragma once

#include <string>
#include <vector>

#include "board/dialogic/config.h"
#include "board/dialogic/line/board_context.h"

namespace board::dialogic {

// The name of the n-th device (from 0) after a first one. Voice channels and media channels are four to a
// virtual board: "dxxxB1C3" and 2 is "dxxxB2C1" (C1's formula, V2); IP media "ipmB1C1" count on within their
// board.
std::string voiceName(const std::string& first, int n);
std::string mediaName(const std::string& first, int n);

// Global Call name of a line: ":N_dtiB1T1:P_ISDN:V_dxxxB1C1"; empty parts are left out.
std::string lineName(const SpanConfig& span, int index);

// Spans as the libraries report them (SRL device counts, then what each device says of itself). Empty: none
// found.
std::vector<SpanConfig> findSpans(BoardContext& context);

// Who can analyse calls on the lines of a span. A voice channel that dials with analysis cannot record at the
// same time, and without dx_setuio no audio comes to us.
std::vector<Cpa> analysesOf(const Api& api, const SpanConfig& span);

// What checkConfig() cannot know: whether audio comes to us where our detector is to hear it. Throws
// std::runtime_error naming the first span where it does not.
void checkAnalyses(const Api& api, const std::vector<SpanConfig>& spans);

// Throws std::invalid_argument naming the field ("spans[0].voice"), what was found and what is expected.
void checkConfig(const Config& config);

}  // namespace board::dialogic
