// The boundary to JavaScript: what src/board/native.ts declares, same names, same order. Nothing here keeps
// state outside of the objects it makes, so that it can be loaded in any number of environments.
#include <napi.h>

#include <system_error>

#include "addon/convert/coded_error.h"
#include "addon/convert/to_js.h"
#include "addon/driver_tools.h"
#include "addon/known_library.h"
#include "addon/native_board.h"
#include "addon/sd_notify.h"
#include "addon/workers/analyze_worker.h"
#include "addon/workers/replay_worker.h"
#include "addon/workers/tone_worker.h"
#include "cpd/recording/call_recording.h"
#include "cpd/tones/plan/tone_plan.h"

namespace addon {
namespace {

Napi::Value tonePlans(const Napi::CallbackInfo& info) {
  return listToJs(info.Env(), cpd::builtInTonePlans());
}

// (): the names of the tones in observations, in the order of cpd::ToneId.
Napi::Value heardTones(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  for (int id = 1; id < cpd::kToneIds; ++id) names[names.Length()] = name(static_cast<cpd::ToneId>(id));
  return names;
}

// (notation): the cadence.
Napi::Value parseCadence(const Napi::CallbackInfo& info) {
  const std::string notation = info[0].As<Napi::String>().Utf8Value();
  return toJs(info.Env(), inCode(info.Env(), "BAD_ARGUMENT", [&] { return cpd::parseCadence(notation); }));
}

// (socket, state): nothing.
Napi::Value sdNotify(const Napi::CallbackInfo& info) {
  const std::string socket = info[0].As<Napi::String>().Utf8Value();
  const int failed = sendNotification(socket, info[1].As<Napi::String>().Utf8Value());
  if (failed != 0)
    throw codedError(info.Env(), "BAD_CONFIG", socket + ": " + std::generic_category().message(failed));
  return info.Env().Undefined();
}

Napi::Value version(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), CPD_VERSION); }

Napi::Value detectorVersion(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), cpd::detectorVersion());
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports["NativeBoard"] = NativeBoard::define(env);
  exports["analyzeFile"] = Napi::Function::New(env, analyzeFile, "analyzeFile");
  exports["analyzeSamples"] = Napi::Function::New(env, analyzeSamples, "analyzeSamples");
  exports["steadyTones"] = Napi::Function::New(env, steadyTones, "steadyTones");
  exports["replayFile"] = Napi::Function::New(env, replayFile, "replayFile");
  exports["fingerprintFile"] = Napi::Function::New(env, fingerprintFile, "fingerprintFile");
  exports["readRecordings"] = Napi::Function::New(env, readRecordings, "readRecordings");
  exports["writeRecordings"] = Napi::Function::New(env, writeRecordings, "writeRecordings");
  exports["KnownLibrary"] = knownLibrary(env);
  exports["tonePlans"] = Napi::Function::New(env, tonePlans, "tonePlans");
  exports["heardTones"] = Napi::Function::New(env, heardTones, "heardTones");
  exports["parseCadence"] = Napi::Function::New(env, parseCadence, "parseCadence");
  exports["checkBoardHost"] = Napi::Function::New(env, checkBoardHost, "checkBoardHost");
  exports["decodeVendorNumber"] = Napi::Function::New(env, decodeVendorNumber, "decodeVendorNumber");
  exports["sdNotify"] = Napi::Function::New(env, sdNotify, "sdNotify");
  exports["version"] = Napi::Function::New(env, version, "version");
  exports["detectorVersion"] = Napi::Function::New(env, detectorVersion, "detectorVersion");
  return exports;
}

}  // namespace

NODE_API_MODULE(cpd, init)

}  // namespace addon
