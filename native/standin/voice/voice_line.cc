// A voice channel and its analog line: the hook, the flash, loop current.
#include <cstring>
#include <utility>
#include <vector>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"
#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

constexpr double kHookMs = 60;
constexpr double kLoopBreakMs = 600;  // the exchange breaks loop current so long
constexpr double kHeldMs = 60'000;    // a person on hold stays so long
constexpr double kCarriedMs = 60'000;

std::vector<uint8_t> bytesOf(const DxCst& cst) {
  std::vector<uint8_t> bytes(sizeof cst);
  std::memcpy(bytes.data(), &cst, sizeof cst);
  return bytes;
}

}  // namespace

int VoiceChannel::hook(Opened& by, int wanted, int mode, std::unique_lock<std::mutex>& lock) {
  if (own == nullptr) return fail(by, EDX_BADPROD);
  if (wanted != 0 && wanted != 1) return fail(by, EDX_BADPARM);
  if (!begin(by, Op::kHook, mode, "dx_sethook"))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  engine_.after(kHookMs, this, [this, wanted] {
    if (wanted == 1 && !offHook_) {
      offHook_ = true;
      loopDropped_ = false;
      const bool noLoop = engine_.faults.strikes("no_loop_current", name);
      loopDropped_ = noLoop;
      const bool glare = engine_.faults.strikes("glare", name);
      own->openLeg(!noLoop && !glare && !own->blocked() && !engine_.faults.strikes("no_dial_tone", name));
      if (loopCurrent()) status(DE_LCON, 0);
    } else if (wanted == 0 && offHook_) {
      transferLegs();
      offHook_ = false;
    }
    complete(TDX_SETHOOK, bytesOf({static_cast<uint16_t>(wanted), 0}));
  });
  return finishSync(by, lock);
}

// Going on hook hands a held call to the second leg, if the switch has somebody there; else it ends.
void VoiceChannel::transferLegs() {
  const std::vector<LegPtr> legs = own->legs;
  const LegPtr second = held_ && own->active != held_ ? own->active : nullptr;
  const bool reached = second && second->dialled() && second->extension && second->callee.picksUp;
  for (const LegPtr& leg : legs) {
    if (held_ && leg == held_ && reached && leg->up()) {
      own->handOver(leg, leg->callee.person ? leg->callee.talkMs : kCarriedMs);
    } else {
      own->drop(leg, "drop");
    }
  }
  held_.reset();
  flashed_ = false;
}

void VoiceChannel::flash() {
  if (own == nullptr || !offHook_) return;
  if (!held_) {
    if (!own->active || !own->active->up()) return;
    held_ = own->active;
    held_->line.hold(static_cast<int32_t>(kHeldMs));
    own->openLeg(true);
    flashed_ = true;
    return;
  }
  // Again: the second leg goes, the held one is back.
  if (own->active != held_) own->drop(own->active, "drop");
  own->active = held_;
  held_.reset();
  flashed_ = false;
}

void VoiceChannel::status(int event, int data) {
  if ((eventMask & (1u << (event - 1))) == 0) return;
  for (const Opened& device : engine_.handles()) {
    if (device.closed || device.voice != this || device.what != What::kVoice) continue;
    engine_.push({.dev = device.handle,
                  .type = TDX_CST,
                  .data = bytesOf({static_cast<uint16_t>(event), static_cast<uint16_t>(data)})});
    return;
  }
}

void VoiceChannel::signalled(const LegPtr& leg, const board::sim::LineSignals& signals) {
  if (signals.pickedUp && (board.loopAnswer || leg->extension) && leg == own->active) status(DE_LCREV, 0);
  if (signals.released) {
    if (leg == held_) {
      own->drop(leg, "far_end");
      held_.reset();
      return;
    }
    if (leg == own->active) hungUp();
  }
}

void VoiceChannel::hungUp() {
  const LegPtr leg = own->active;
  if (board.disconnectTone && leg) {
    // The exchange leaves the loop as it is and sends busy instead.
    const cpd::TonePlan& plan = engine_.world->plan();
    board::sim::Callee gone;
    gone.early.repeatFromHere();
    gone.early.clip(engine_.world->sounds.cadence(plan.code + " busy", plan.busy, -24));
    leg->line.dialled(std::move(gone), engine_.world->sounds.noise());
    return;
  }
  loopDropped_ = true;
  status(DE_LCOF, 0);
  engine_.after(kLoopBreakMs, own, [this] {
    if (!offHook_) return;
    loopDropped_ = false;
    status(DE_LCON, 0);
  });
}

void VoiceChannel::blocked(bool on, const std::string& alarm) {
  static_cast<void>(alarm);
  if (on && offHook_) status(DE_LCOF, 0);
  if (!on && offHook_) status(DE_LCON, 0);
}

}  // namespace standin
