// Measures the steady tones of a WAV file on a thread of the pool.
#pragma once

#include <napi.h>

namespace addon {

// (path): a promise of SteadyTones in src/board/native.ts.
Napi::Value steadyTones(const Napi::CallbackInfo& info);

}  // namespace addon
