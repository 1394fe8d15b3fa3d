// Runs the recording of a call again on a thread of the pool.
#pragma once

#include <napi.h>

namespace addon {

// (path): a promise of Replay in src/board/native.ts.
Napi::Value replayFile(const Napi::CallbackInfo& info);

}  // namespace addon
