#include "addon/driver_tools.h"

#include <optional>
#include <string>
#include <utility>

#include "addon/convert/coded_error.h"
#include "addon/convert/from_js.h"
#include "board/dialogic/diagnostics.h"
#include "board/remote/remote_board.h"

namespace addon {
namespace {

// Libraries are loaded, and a board host may be waited for: away from the JavaScript thread.
class CheckWorker final : public Napi::AsyncWorker {
 public:
  CheckWorker(Napi::Env env, board::DriverConfig config, std::optional<std::string> program)
      : AsyncWorker(env),
        config_(std::move(config)),
        program_(std::move(program)),
        checked_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return checked_.Promise(); }

 private:
  void Execute() override {
    try {
      found_ = program_ ? board::remote::askBoardHost(config_,
                                                      [this] { return board::remote::startChild(*program_); },
                                                      {.build = CPD_VERSION})
                        : board::checkBoardHost(config_);
    } catch (const board::OpenError& error) {
      code_ = error.code();
      SetError(error.what());
    }
  }

  void OnOK() override { checked_.Resolve(Napi::String::New(Env(), found_)); }

  void OnError(const Napi::Error& error) override {
    checked_.Reject(codedError(Env(), code_.c_str(), error.Message()).Value());
  }

  const board::DriverConfig config_;
  const std::optional<std::string> program_;
  Napi::Promise::Deferred checked_;
  std::string found_;
  std::string code_ = "INTERNAL";
};

}  // namespace

Napi::Value checkBoardHost(const Napi::CallbackInfo& info) {
  std::optional<std::string> program;
  if (info[1].IsString()) program = info[1].As<Napi::String>().Utf8Value();
  board::DriverConfig config;
  try {
    config = driverConfigFromJs(info[0]);
  } catch (const board::OpenError& error) {
    throw codedError(info.Env(), error.code().c_str(), error.what());
  }
  auto* worker =
      new CheckWorker(info.Env(), std::move(config), std::move(program));  // deletes itself when done
  const Napi::Promise checked = worker->promise();
  worker->Queue();
  return checked;
}

Napi::Value decodeVendorNumber(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), board::dialogic::decode(info[0].As<Napi::String>().Utf8Value(),
                                                               info[1].As<Napi::String>().Utf8Value()));
}

}  // namespace addon
