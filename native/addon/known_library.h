// Known recordings for JavaScript: prints of files, the file of a site, and what prints are those of.
#pragma once

#include <napi.h>

namespace addon {

// (path, channel): a promise of { prints, usable, durationMs, channels, channelsAre }: FileFingerprint in
// src/board/native-addon.ts.
Napi::Value fingerprintFile(const Napi::CallbackInfo& info);

// (bytes of a file): StoredRecording[]. Throws BAD_RECORDINGS.
Napi::Value readRecordings(const Napi::CallbackInfo& info);

// (StoredRecording[]): the bytes of a file. Throws BAD_RECORDINGS.
Napi::Value writeRecordings(const Napi::CallbackInfo& info);

// A library of prints: new KnownLibrary(Uint32Array[]), match(Uint32Array).
Napi::Function knownLibrary(Napi::Env env);

}  // namespace addon
