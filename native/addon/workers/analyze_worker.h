// Analyses WAV files on a thread of the pool.
#pragma once

#include <napi.h>

namespace addon {

// (path, { plan, from, mode, cpdTimeoutMs, maxHumanLoss, scoreOffset, samples, channel, recordings }): a promise of FileAnalysis
// in src/board/native.ts.
Napi::Value analyzeFile(const Napi::CallbackInfo& info);

// (samples of 8 kHz, FrameKind of each frame or null, options as above): the same of samples.
Napi::Value analyzeSamples(const Napi::CallbackInfo& info);

}  // namespace addon
