#include "addon/native_board.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "addon/convert/coded_error.h"
#include "addon/convert/from_js.h"
#include "addon/convert/names.h"
#include "addon/convert/to_js.h"
#include "board/remote/remote_board.h"

namespace addon {
namespace {

using Info = Napi::CallbackInfo;

// What a board host may take to answer where time is moved by a test: it may not have got the processor.
constexpr int kSteppedMs = 60'000;

board::ChannelId channelArgument(const Info& info, size_t index = 0) {
  return info[index].As<Napi::Number>().Uint32Value();
}

board::CallRef refArgument(const Info& info) {
  return static_cast<board::CallRef>(info[1].As<Napi::Number>().Int64Value());
}

std::string textArgument(const Info& info, size_t index) {
  return info[index].As<Napi::String>().Utf8Value();
}

// The board as the options want it: here, or in a board host.
std::shared_ptr<BoardOwner> makeOwner(Napi::Env env, const Napi::Value& config, const Napi::Object& options) {
  const size_t capacity = options.Get("eventCapacity").As<Napi::Number>().Uint32Value();
  const Napi::Value program = options.Get("boardHostProgram");
  try {
    if (!program.IsString()) {
      return std::make_shared<BoardOwner>(board::makeBoard(driverConfigFromJs(config)), nullptr, capacity);
    }
    board::DriverConfig driver = driverConfigFromJs(config);
    const bool steppedThere = options.Get("stepped").ToBoolean();
    const bool simulated = steppedThere || board::isSimulated(driver);
    board::remote::BoardHostOptions host{.build = CPD_VERSION};
    // Under a stepped clock every answer is waited for: the same story on every run, however slow the
    // machine.
    if (steppedThere || board::clockOf(driver).stepped) host.commandMs = host.answerMs = kSteppedMs;
    auto remote = board::remote::makeRemoteBoard(
        std::move(driver),
        [path = program.As<Napi::String>().Utf8Value()] { return board::remote::startChild(path); },
        std::move(host));
    board::remote::RemoteBoard* const there = remote.get();
    return std::make_shared<BoardOwner>(
        board::MadeBoard{std::move(remote), simulated ? there : nullptr, there},
        [there] { there->abandon(); }, capacity);
  } catch (const board::OpenError& error) {
    throw codedError(env, error.code().c_str(), error.what());
  }
}

// Opens the board away from the JavaScript thread, then resolves.
class OpenWorker final : public Napi::AsyncWorker {
 public:
  OpenWorker(Napi::Env env, std::shared_ptr<BoardOwner> owner)
      : AsyncWorker(env), owner_(std::move(owner)), opened_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return opened_.Promise(); }

 private:
  void Execute() override {
    try {
      owner_->open();
    } catch (const board::OpenError& error) {
      code_ = error.code();
      SetError(error.what());
    }
  }

  void OnOK() override { opened_.Resolve(Env().Undefined()); }

  void OnError(const Napi::Error& error) override {
    // Nothing will come from it: the process need not stay for its events.
    owner_->close();
    owner_->bridge().detach();
    opened_.Reject(codedError(Env(), code_.c_str(), error.Message()).Value());
  }

  std::shared_ptr<BoardOwner> owner_;
  Napi::Promise::Deferred opened_;
  std::string code_ = "INTERNAL";
};

// Asks the board what it says of itself away from the JavaScript thread: its host may be slow.
class ReportWorker final : public Napi::AsyncWorker {
 public:
  ReportWorker(Napi::Env env, std::shared_ptr<BoardOwner> owner, board::Topic topic, board::ChannelId channel)
      : AsyncWorker(env),
        owner_(std::move(owner)),
        topic_(topic),
        channel_(channel),
        told_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return told_.Promise(); }

 private:
  void Execute() override {
    board::Diagnostics* const diagnostics = owner_->diagnostics();
    if (diagnostics != nullptr && owner_->isOpen()) text_ = diagnostics->report(topic_, channel_);
  }

  void OnOK() override { told_.Resolve(Napi::String::New(Env(), text_)); }
  void OnError(const Napi::Error& error) override {
    told_.Reject(codedError(Env(), "BOARD_ERROR", error.Message()).Value());
  }

  std::shared_ptr<BoardOwner> owner_;
  const board::Topic topic_;
  const board::ChannelId channel_;
  Napi::Promise::Deferred told_;
  std::string text_ = "null";
};

// Waits for the board's threads away from the JavaScript thread, then resolves.
class CloseWorker final : public Napi::AsyncWorker {
 public:
  CloseWorker(Napi::Env env, std::shared_ptr<BoardOwner> owner)
      : AsyncWorker(env), owner_(std::move(owner)), closed_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return closed_.Promise(); }

 private:
  void Execute() override { owner_->close(); }

  void OnOK() override {
    owner_->bridge().detach();
    closed_.Resolve(Env().Undefined());
  }

  std::shared_ptr<BoardOwner> owner_;
  Napi::Promise::Deferred closed_;
};

}  // namespace

Napi::Function NativeBoard::define(Napi::Env env) {
  return DefineClass(env, "NativeBoard",
                     {
                         InstanceMethod("open", &NativeBoard::open),
                         InstanceMethod("inventory", &NativeBoard::inventory),
                         InstanceMethod("seize", &NativeBoard::seize),
                         InstanceMethod("dial", &NativeBoard::dial),
                         InstanceMethod("rearm", &NativeBoard::rearm),
                         InstanceMethod("transfer", &NativeBoard::transfer),
                         InstanceMethod("join", &NativeBoard::join),
                         InstanceMethod("part", &NativeBoard::part),
                         InstanceMethod("play", &NativeBoard::play),
                         InstanceMethod("stopPlay", &NativeBoard::stopPlay),
                         InstanceMethod("collectDigits", &NativeBoard::collectDigits),
                         InstanceMethod("drop", &NativeBoard::drop),
                         InstanceMethod("reset", &NativeBoard::reset),
                         InstanceMethod("setInService", &NativeBoard::setInService),
                         InstanceMethod("tellScores", &NativeBoard::tellScores),
                         InstanceMethod("channels", &NativeBoard::channels),
                         InstanceMethod("report", &NativeBoard::report),
                         InstanceMethod("now", &NativeBoard::now),
                         InstanceMethod("setTimer", &NativeBoard::setTimer),
                         InstanceMethod("clearTimer", &NativeBoard::clearTimer),
                         InstanceMethod("drain", &NativeBoard::drain),
                         InstanceMethod("close", &NativeBoard::close),
                         InstanceMethod("closeNow", &NativeBoard::closeNow),
                         InstanceMethod("advance", &NativeBoard::advance),
                         InstanceMethod("groundTruth", &NativeBoard::groundTruth),
                         InstanceMethod("injectFault", &NativeBoard::injectFault),
                     });
}

NativeBoard::NativeBoard(const Info& info) : ObjectWrap(info), env_(info.Env()) {
  const Napi::Env env = info.Env();
  owner_ = makeOwner(env, info[0], info[2].As<Napi::Object>());
  if (info[1].IsFunction()) {
    owner_->bridge().attach(
        Napi::ThreadSafeFunction::New(env, info[1].As<Napi::Function>(), "cpd board events", 0, 1));
  }
  napi_add_env_cleanup_hook(env_, environmentEnds, this);
  hooked_ = true;
}

NativeBoard::~NativeBoard() {
  if (owner_) release();
}

void NativeBoard::environmentEnds(void* self) {
  static_cast<NativeBoard*>(self)->hooked_ = false;
  static_cast<NativeBoard*>(self)->release();
}

void NativeBoard::release() {
  if (hooked_) napi_remove_env_cleanup_hook(env_, environmentEnds, this);
  hooked_ = false;
  owner_->close();
  owner_->bridge().detach();
}

template <typename Command>
Napi::Value NativeBoard::command(const Info& info, Command run) {
  const board::Status status = owner_->isOpen() ? run(owner_->board()) : board::Status::kBoardDead;
  return Napi::String::New(info.Env(), kStatusNames.of(status));
}

template <typename Run>
Napi::Value NativeBoard::simulated(const Info& info, Run run) {
  return command(info, [&](board::Board&) {
    board::Simulation* const simulation = owner_->simulation();
    if (simulation == nullptr) return board::Status::kNotSupported;
    try {
      run(*simulation);
    } catch (const board::OpenError& error) {
      throw codedError(info.Env(), error.code().c_str(), error.what());
    } catch (const std::invalid_argument& error) {
      throw codedError(info.Env(), "BAD_ARGUMENT", error.what());
    }
    return board::Status::kOk;
  });
}

Napi::Value NativeBoard::open(const Info& info) {
  auto* worker = new OpenWorker(info.Env(), owner_);  // deletes itself when done
  const Napi::Promise opened = worker->promise();
  worker->Queue();
  return opened;
}

Napi::Value NativeBoard::inventory(const Info& info) { return toJs(info.Env(), owner_->board().inventory()); }

Napi::Value NativeBoard::seize(const Info& info) {
  return command(info, [&](board::Board& to) { return to.seize(channelArgument(info), refArgument(info)); });
}

Napi::Value NativeBoard::dial(const Info& info) {
  const board::DialParameters parameters = dialParametersFromJs(info[3]);
  return command(info, [&](board::Board& to) {
    return to.dial(channelArgument(info), refArgument(info), textArgument(info, 2), parameters);
  });
}

Napi::Value NativeBoard::rearm(const Info& info) {
  return command(info, [&](board::Board& to) { return to.rearm(channelArgument(info), refArgument(info)); });
}

Napi::Value NativeBoard::transfer(const Info& info) {
  const board::TransferStyle style = transferStyleFromJs(info[3]);
  return command(info, [&](board::Board& to) {
    return to.transfer(channelArgument(info), refArgument(info), textArgument(info, 2), style);
  });
}

Napi::Value NativeBoard::join(const Info& info) {
  return command(info, [&](board::Board& to) {
    return to.join(channelArgument(info), refArgument(info), channelArgument(info, 2));
  });
}

Napi::Value NativeBoard::part(const Info& info) {
  return command(info, [&](board::Board& to) { return to.part(channelArgument(info), refArgument(info)); });
}

Napi::Value NativeBoard::play(const Info& info) {
  return command(info, [&](board::Board& to) {
    return to.play(channelArgument(info), refArgument(info), textArgument(info, 2));
  });
}

Napi::Value NativeBoard::stopPlay(const Info& info) {
  return command(info,
                 [&](board::Board& to) { return to.stopPlay(channelArgument(info), refArgument(info)); });
}

Napi::Value NativeBoard::collectDigits(const Info& info) {
  const board::DigitLimits limits = digitLimitsFromJs(info[2]);
  return command(info, [&](board::Board& to) {
    return to.collectDigits(channelArgument(info), refArgument(info), limits);
  });
}

Napi::Value NativeBoard::drop(const Info& info) {
  return command(info, [&](board::Board& to) { return to.drop(channelArgument(info), refArgument(info)); });
}

Napi::Value NativeBoard::reset(const Info& info) {
  return command(info, [&](board::Board& to) { return to.reset(channelArgument(info)); });
}

Napi::Value NativeBoard::setInService(const Info& info) {
  return command(info, [&](board::Board& to) {
    return to.setInService(channelArgument(info), info[1].As<Napi::Boolean>().Value());
  });
}

Napi::Value NativeBoard::tellScores(const Info& info) {
  return command(info, [&](board::Board& to) {
    return to.tellScores(channelArgument(info), info[1].As<Napi::Boolean>().Value());
  });
}

Napi::Value NativeBoard::channels(const Info& info) {
  return listToJs(info.Env(), owner_->board().channels());
}

Napi::Value NativeBoard::report(const Info& info) {
  auto* worker =
      new ReportWorker(info.Env(), owner_, topicFromJs(info[0]), channelArgument(info, 1));  // deletes itself
  const Napi::Promise told = worker->promise();
  worker->Queue();
  return told;
}

Napi::Value NativeBoard::now(const Info& info) {
  return Napi::Number::New(info.Env(), owner_->board().now());
}

Napi::Value NativeBoard::setTimer(const Info& info) {
  if (owner_->isOpen()) {
    owner_->board().setTimer(info[0].As<Napi::Number>().Uint32Value(),
                             info[1].As<Napi::Number>().DoubleValue());
  }
  return info.Env().Undefined();
}

Napi::Value NativeBoard::clearTimer(const Info& info) {
  if (owner_->isOpen()) owner_->board().clearTimer(info[0].As<Napi::Number>().Uint32Value());
  return info.Env().Undefined();
}

Napi::Value NativeBoard::drain(const Info& info) {
  return toJs(info.Env(), owner_->bridge().drain(info[0].As<Napi::Number>().Uint32Value()));
}

Napi::Value NativeBoard::close(const Info& info) {
  owner_->beginClose();
  auto* worker = new CloseWorker(info.Env(), owner_);  // deletes itself when done
  const Napi::Promise closed = worker->promise();
  worker->Queue();
  return closed;
}

Napi::Value NativeBoard::closeNow(const Info& info) {
  release();
  return info.Env().Undefined();
}

Napi::Value NativeBoard::advance(const Info& info) {
  return simulated(info,
                   [&](board::Simulation& on) { on.advance(info[0].As<Napi::Number>().DoubleValue()); });
}

Napi::Value NativeBoard::groundTruth(const Info& info) {
  board::Simulation* const simulation = owner_->simulation();
  return listToJs(info.Env(),
                  simulation == nullptr ? std::vector<board::sim::GroundTruth>{} : simulation->groundTruth());
}

Napi::Value NativeBoard::injectFault(const Info& info) {
  const board::sim::Fault fault = simFaultFromJs(info[0]);
  return simulated(info, [&](board::Simulation& on) { on.injectFault(fault); });
}

}  // namespace addon
