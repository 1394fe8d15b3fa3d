// Line devices: hold and transfer.
#include "standin/engine/world.h"
#include "standin/global_call/global_call.h"
#include "standin/voice/voice_channel.h"

namespace standin {
namespace {

using board::sim::ExtensionBehaviour;

constexpr double kHoldMs = 60;
constexpr double kTransferMs = 150;
constexpr double kFacilityMs = 100;
constexpr double kConsultationMs = 8'000;  // a consultation call must begin within
constexpr int32_t kHeldMs = 60'000;

}  // namespace

int GcLine::hold(GcCall& call, bool on) {
  GlobalCall& gc = *engine.gc;
  const int from = on ? GCST_CONNECTED : GCST_ONHOLD;
  if (call.state != from && !(!on && call.state == GCST_ONHOLDPENDINGTRANSFER))
    return gc.fail(EGC_INVSTATE, "Call is in another state");
  if (taskFails(on ? "gc_HoldCall" : "gc_RetrieveCall", &call)) return 0;
  engine.after(kHoldMs, &call, [this, &call, on] {
    if (call.state == GCST_DISCONNECTED || call.released) return;
    call.state = on ? GCST_ONHOLD : GCST_CONNECTED;
    if (on && call.leg) call.leg->line.hold(kHeldMs);
    if (!on) network->active = call.leg;
    tell(on ? GCEV_HOLDACK : GCEV_RETRIEVEACK, &call);
  });
  return 0;
}

int GcLine::blindTransfer(GcCall& call, const std::string& number) {
  GlobalCall& gc = *engine.gc;
  if (network->kind == board::TrunkKind::kSip) return gc.fail(EGC_UNSUPPORTED, "Not on IP");
  if (call.state != GCST_CONNECTED) return gc.fail(EGC_INVSTATE, "Call is not connected");
  if (taskFails("gc_BlindTransfer", &call)) return 0;
  engine.after(kTransferMs, &call, [this, &call, number] {
    if (call.state != GCST_CONNECTED) return;
    const board::sim::Extension* extension = engine.world->pbx.find(number);
    const bool refused = extension == nullptr || extension->behaviour == ExtensionBehaviour::kRefuse;
    if (refused) return tell(GCEV_TASKFAIL, &call, GCRV_REJECT, 0, "Transfer refused");
    call.transferred = extension->behaviour == ExtensionBehaviour::kAnswer;
    call.state = GCST_DISCONNECTED;
    call.cpa.reset();
    tell(GCEV_BLINDTRANSFER, &call);
  });
  return 0;
}

int GcLine::setupTransfer(GcCall& call, vlong* crn) {
  GlobalCall& gc = *engine.gc;
  if (network->kind == board::TrunkKind::kSip) return gc.fail(EGC_UNSUPPORTED, "Not on IP");
  if (call.state != GCST_CONNECTED) return gc.fail(EGC_INVSTATE, "Call is not connected");
  GcCall& second = gc.newCall(*this);
  second.consultation = true;
  second.other = &call;
  call.other = &second;
  second.state = GCST_DIALTONE;
  *crn = second.crn;
  if (taskFails("gc_SetupTransfer", &call)) return 0;
  engine.after(kTransferMs, &call, [this, &call, &second] {
    if (call.state != GCST_CONNECTED) return;
    call.state = GCST_ONHOLDPENDINGTRANSFER;
    if (call.leg) call.leg->line.hold(kHeldMs);
    tell(GCEV_SETUPTRANSFER, &call);
    engine.after(kConsultationMs, &second, [this, &second] {
      if (second.state == GCST_DIALTONE) disconnected(second, GCRV_TIMEOUT, 0, "No consultation call");
    });
  });
  return 0;
}

int GcLine::completeTransfer(GcCall& held, GcCall& second) {
  GlobalCall& gc = *engine.gc;
  const bool alive = second.state == GCST_CONNECTED || second.state == GCST_ALERTING;
  if (held.state != GCST_ONHOLDPENDINGTRANSFER || held.other != &second || !alive)
    return gc.fail(EGC_INVSTATE, "Calls are not ready for it");
  if (taskFails("gc_CompleteTransfer", &held)) return 0;
  engine.after(kTransferMs, &held, [this, &held, &second] {
    if (held.state == GCST_DISCONNECTED || second.state == GCST_DISCONNECTED)
      return tell(GCEV_TASKFAIL, &held, GCRV_INTERNAL, 0, "A party left");
    held.transferred = second.leg && second.leg->callee.picksUp;
    held.state = second.state = GCST_DISCONNECTED;
    tell(GCEV_COMPLETETRANSFER, &held);
  });
  return 0;
}

// The switch is asked to join the far ends of two calls; `other` is nullptr if it does not know the second.
int GcLine::twoChannelTransfer(GcCall& call, GcCall* other) {
  if (taskFails("gc_SndMsg", &call)) return 0;
  const auto able = [](const GcCall& each) {
    return each.state == GCST_CONNECTED && each.line->network->kind == board::TrunkKind::kIsdn;
  };
  const bool ready = other != nullptr && able(call) && able(*other);
  engine.after(kFacilityMs, &call, [this, &call, ready] {
    tell(ready ? GCEV_FACILITY_ACK : GCEV_FACILITY_REJ, &call, ready ? GCRV_NORMAL : GCRV_REJECT);
  });
  if (!ready) return 0;
  for (GcCall* each : {&call, other}) {
    engine.after(2 * kFacilityMs, each, [each] { each->line->transferredAway(*each); });
  }
  return 0;
}

// The switch joined its far end with another and cleared the channel.
void GcLine::transferredAway(GcCall& call) {
  if (call.state != GCST_CONNECTED) return;
  call.transferred = true;
  disconnected(call, GCRV_NORMAL, 16, "Transferred");
}

int GcLine::swapHold(GcCall& one, GcCall& other) {
  GlobalCall& gc = *engine.gc;
  if (one.other != &other && other.other != &one) return gc.fail(EGC_INVSTATE, "Not a pair of calls");
  if (taskFails("gc_SwapHold", &one)) return 0;
  engine.after(kHoldMs, &one, [this, &one, &other] {
    std::swap(one.state, other.state);
    network->active = one.state == GCST_CONNECTED ? one.leg : other.leg;
    tell(GCEV_SWAPHOLD, &one);
  });
  return 0;
}

int GcLine::invokeTransfer(GcCall& call, GcCall* second, const std::string& target) {
  GlobalCall& gc = *engine.gc;
  if (network->kind != board::TrunkKind::kSip) return gc.fail(EGC_UNSUPPORTED, "Only on IP");
  if (!gc.transferEnabled()) return gc.fail(EGC_UNSUPPORTED, "Supplementary services are not on");
  if (call.state != GCST_CONNECTED && call.state != GCST_ONHOLD)
    return gc.fail(EGC_INVSTATE, "Call is not connected");
  if (taskFails("gc_InvokeXfer", &call)) return 0;
  std::string number = target.starts_with("sip:") ? target.substr(4) : target;
  number = number.substr(0, number.find('@'));
  if (second != nullptr && number.empty() && second->leg) number = second->leg->number;
  const board::sim::Extension* extension = engine.world->pbx.find(number);
  const auto behaviour = extension != nullptr ? extension->behaviour : ExtensionBehaviour::kRefuse;
  const auto ended = [&call] {
    return call.state == GCST_DISCONNECTED || call.state == GCST_IDLE || call.dropping;
  };
  if (behaviour == ExtensionBehaviour::kRefuse) {
    engine.after(kTransferMs, &call, [this, &call, ended] {
      if (!ended()) tell(GCEV_INVOKE_XFER_REJ, &call, GCRV_REJECT, 603, "REFER was refused");
    });
    return 0;
  }
  engine.after(kTransferMs, &call, [this, &call, ended] {
    if (!ended() && (mask & GCMSK_INVOKEXFER_ACCEPTED)) tell(GCEV_INVOKE_XFER_ACCEPTED, &call);
  });
  if (behaviour == ExtensionBehaviour::kBusy) {
    engine.after(3 * kTransferMs, &call, [this, &call, ended] {
      if (!ended()) tell(GCEV_INVOKE_XFER_FAIL, &call, GCRV_BUSY, 486, "The target is busy");
    });
    return 0;
  }
  // The subscription ends with the 180 already. The far end goes on without us once we have dropped the call.
  engine.after(3 * kTransferMs, &call, [this, &call, ended, behaviour] {
    if (ended()) return;
    call.transferred = behaviour == ExtensionBehaviour::kAnswer;
    tell(GCEV_INVOKE_XFER, &call);
  });
  return 0;
}

}  // namespace standin
