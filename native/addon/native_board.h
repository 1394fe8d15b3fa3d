// One board as a JavaScript object: class NativeBoard of src/board/native.ts, same names, same order. The
// board is in this process or in a board host of its own; here that makes no difference.
//
// Who closes it: close() from JavaScript; or the end of the environment (process or worker), by a hook that
// is registered after the wake-up function, so that it runs before Node takes that function away; or the
// garbage collector. The wake-up function keeps the process alive while the board is open.
#pragma once

#include <napi.h>

#include <memory>

#include "addon/board_owner.h"

namespace addon {

class NativeBoard : public Napi::ObjectWrap<NativeBoard> {
 public:
  static Napi::Function define(Napi::Env env);

  // (config, onWake | null, { eventCapacity, boardHostProgram | null, stepped }): makes the board; open()
  // opens it. onWake() is called when there is something to drain; null for a board whose events are drained
  // by hand.
  explicit NativeBoard(const Napi::CallbackInfo& info);
  ~NativeBoard() override;

 private:
  Napi::Value open(const Napi::CallbackInfo& info);
  Napi::Value inventory(const Napi::CallbackInfo& info);
  Napi::Value seize(const Napi::CallbackInfo& info);
  Napi::Value dial(const Napi::CallbackInfo& info);
  Napi::Value rearm(const Napi::CallbackInfo& info);
  Napi::Value transfer(const Napi::CallbackInfo& info);
  Napi::Value join(const Napi::CallbackInfo& info);
  Napi::Value part(const Napi::CallbackInfo& info);
  Napi::Value play(const Napi::CallbackInfo& info);
  Napi::Value stopPlay(const Napi::CallbackInfo& info);
  Napi::Value collectDigits(const Napi::CallbackInfo& info);
  Napi::Value drop(const Napi::CallbackInfo& info);
  Napi::Value reset(const Napi::CallbackInfo& info);
  Napi::Value setInService(const Napi::CallbackInfo& info);
  Napi::Value tellScores(const Napi::CallbackInfo& info);
  Napi::Value channels(const Napi::CallbackInfo& info);
  Napi::Value report(const Napi::CallbackInfo& info);
  Napi::Value now(const Napi::CallbackInfo& info);
  Napi::Value setTimer(const Napi::CallbackInfo& info);
  Napi::Value clearTimer(const Napi::CallbackInfo& info);
  Napi::Value drain(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  Napi::Value closeNow(const Napi::CallbackInfo& info);
  Napi::Value advance(const Napi::CallbackInfo& info);
  Napi::Value groundTruth(const Napi::CallbackInfo& info);
  Napi::Value injectFault(const Napi::CallbackInfo& info);

  // Runs a command on the open board and returns the name of its status.
  template <typename Command>
  Napi::Value command(const Napi::CallbackInfo& info, Command run);
  // The same for what only simulated boards offer.
  template <typename Run>
  Napi::Value simulated(const Napi::CallbackInfo& info, Run run);
  void release();
  static void environmentEnds(void* self);

  std::shared_ptr<BoardOwner> owner_;
  napi_env env_;
  bool hooked_ = false;
};

}  // namespace addon
