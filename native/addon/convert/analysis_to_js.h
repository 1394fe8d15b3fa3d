// A whole recording's analysis as JavaScript sees it.
#pragma once

#include <napi.h>

#include <cstdint>
#include <vector>

#include "cpd/analyze.h"

namespace addon {

// FileAnalysis in src/board/native.ts; `wave` is null unless it is wanted.
Napi::Object analysisToJs(Napi::Env env, const cpd::AnalysisResult& result,
                          const std::vector<int16_t>& samples, bool wanted);

Napi::Value samplesToJs(Napi::Env env, const std::vector<int16_t>& samples);

}  // namespace addon
