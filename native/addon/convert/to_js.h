// Values of the boards and the detector as JavaScript objects, in the shapes of src/board/board.ts and
// src/domain/outcome.ts. Absent is null.
#pragma once

#include <napi.h>

#include <vector>

#include "board/board.h"
#include "board/sim/sim_config.h"
#include "cpd/tones/plan/tone_plan.h"

namespace addon {

Napi::Value toJs(Napi::Env env, const board::Inventory& inventory);
Napi::Value toJs(Napi::Env env, const board::ChannelState& state);
Napi::Value toJs(Napi::Env env, const cpd::EvidenceCopy& evidence, int32_t cause);
Napi::Value toJs(Napi::Env env, const cpd::Segment& segment);
Napi::Value toJs(Napi::Env env, const cpd::Observation& seen);
Napi::Value toJs(Napi::Env env, const cpd::TonePlan& plan);
Napi::Value toJs(Napi::Env env, const cpd::Cadence& cadence);
Napi::Value toJs(Napi::Env env, const board::sim::Heard& heard);
Napi::Value toJs(Napi::Env env, const board::sim::GroundTruth& truth);

Napi::Uint32Array printsToJs(Napi::Env env, const std::vector<cpd::known::Print>& prints);

// A name, or null where there is none.
Napi::Value nameOrNull(Napi::Env env, const char* name);

// Milliseconds, or null for cpd::kNever.
Napi::Value msOrNull(Napi::Env env, int32_t ms);

// The events as an array. Observations that have their own event (answer, verdict) are left out.
Napi::Array toJs(Napi::Env env, const std::vector<board::Event>& events);

template <typename T>
Napi::Array listToJs(Napi::Env env, const std::vector<T>& list) {
  Napi::Array array = Napi::Array::New(env, list.size());
  for (size_t i = 0; i < list.size(); ++i) array[static_cast<uint32_t>(i)] = toJs(env, list[i]);
  return array;
}

}  // namespace addon
