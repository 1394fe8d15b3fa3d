// What the drivers offer beside boards: whether this host can have one, and the vendor's numbers by name.
#pragma once

#include <napi.h>

namespace addon {

// (config, hostProgram | null): a promise of the JSON text of board::checkHost.
Napi::Value checkHost(const Napi::CallbackInfo& info);

// (family, text): the JSON text of board::dialogic::decode.
Napi::Value decodeVendorNumber(const Napi::CallbackInfo& info);

}  // namespace addon
