// What the drivers offer beside boards: whether this host can have one, and the vendor's numbers by name.
#pragma once

#include <napi.h>

namespace addon {

// (config, boardHostProgram | null): a promise of the JSON text of board::checkBoardHost.
Napi::Value checkBoardHost(const Napi::CallbackInfo& info);

// (family, text): the JSON text of board::dialogic::decode.
Napi::Value decodeVendorNumber(const Napi::CallbackInfo& info);

}  // namespace addon
