// Line devices: their calls from gc_MakeCall to gc_ReleaseCallEx.
#include <algorithm>

#include "standin/engine/world.h"
#include "standin/global_call/global_call.h"
#include "standin/voice/voice_channel.h"

namespace standin {
namespace {

constexpr double kOpenMs = 40;
constexpr double kUnblockMs = 120;
constexpr double kDropMs = 80;
constexpr double kReleaseMs = 40;
constexpr double kResetMs = 200;
constexpr double kHoldMs = 60;
constexpr double kCarriedMs = 60'000;

constexpr unsigned kDefaultMask = GCMSK_ALERTING | GCMSK_PROGRESS | GCMSK_BLOCKED | GCMSK_UNBLOCKED |
                                  GCMSK_SETUP_ACK | GCMSK_DIALTONE | GCMSK_FATALERROR | GCMSK_REQMOREINFO;

int alarmResult(const std::string& alarm, bool on) {
  const int number = alarm == "red" ? 0xB : alarm == "blue" ? 0x9 : alarm == "yellow" ? 0x5 : 0x1;
  if (alarm == "layer2") return on ? 0x601 : 0x611;
  return (on ? 0x510 : 0x520) + number;
}

}  // namespace

GcLine::GcLine(Engine& of, Opened& opened, NetworkLine* line, int ofSpan)
    : engine(of), device(opened), network(line), span(ofSpan), mask(kDefaultMask) {
  if (network != nullptr) network->user = this;
}

int GcLine::cclib() const { return network != nullptr && network->kind == board::TrunkKind::kSip ? 7 : 6; }

bool GcLine::live() const { return !current.empty(); }

void GcLine::tell(unsigned event, GcCall* call, int gcValue, int ccValue, const char* message,
                  std::vector<uint8_t> ext) {
  Event e{.dev = device.handle, .type = event};
  e.gc = true;
  e.part.linedev = device.handle;
  e.part.crn = call != nullptr ? call->crn : 0;
  e.part.usrattr = usrattr;
  e.part.cclib = cclib();
  e.part.gcValue = gcValue;
  e.part.ccValue = ccValue;
  if (message != nullptr) e.part.message = message;
  e.part.ext = std::move(ext);
  engine.push(std::move(e));
}

void GcLine::opened() {
  engine.after(kOpenMs, &device, [this] {
    if (engine.faults.hangs(device.name)) return;
    if (engine.faults.fails("gc_OpenEx", device.name) || engine.faults.strikes("open_fail", device.name))
      return tell(GCEV_OPENEX_FAIL, nullptr, EGC_DTOPEN, 0, "Device cannot be opened");
    isOpen = true;
    tell(GCEV_OPENEX, nullptr);
    engine.after(kUnblockMs, &device, [this] {
      const bool down = network != nullptr && network->blocked();
      if (down) return;
      unblockedOnce = true;
      if (mask & GCMSK_UNBLOCKED) tell(GCEV_UNBLOCKED, nullptr);
    });
  });
}

// ---- calls

bool GcLine::taskFails(const char* function, GcCall* call) {
  if (!engine.faults.fails(function, device.name)) return false;
  engine.misuse.note("fault_task_fail");
  const vlong crn = call != nullptr ? call->crn : 0;
  engine.after(kHoldMs, &device, [this, crn] {
    const auto found =
        std::find_if(current.begin(), current.end(), [crn](const GcCall* c) { return c->crn == crn; });
    tell(GCEV_TASKFAIL, found != current.end() ? *found : nullptr, GCRV_INTERNAL, 0, "Task failed");
  });
  return true;
}

int GcLine::makeCall(vlong* crn, std::string number, const CallAnalysis& given, int timeoutS,
                     GcCall* consultation) {
  GlobalCall& gc = *engine.gc;
  if (network == nullptr) return gc.fail(EGC_NDEVICE, "Not a network channel");
  if (!unblockedOnce) {
    engine.misuse.count("call_before_unblocked", "gc_MakeCall on " + device.name);
    return gc.fail(EGC_ILLSTATE, "Line is blocked");
  }
  if (network->blocked()) return gc.fail(EGC_LINERELATED, "Line is blocked");
  if (resetting) {
    engine.misuse.count("call_during_reset", "gc_MakeCall on " + device.name);
    return gc.fail(EGC_ILLSTATE, "Line is being reset");
  }
  int open = 0;
  for (const GcCall* each : current) {
    const GcCall& other = *each;
    if (each == consultation) continue;
    ++open;
    if (consultation != nullptr && other.other == consultation) continue;
    if (network->kind == board::TrunkKind::kSip && other.state == GCST_ONHOLD) continue;
    engine.misuse.count("line_busy", "gc_MakeCall on " + device.name + " with a call that is not released");
    return gc.fail(EGC_INVSTATE, "A call is not released");
  }
  constexpr int kMostCalls = 20;
  if (open >= kMostCalls) return gc.fail(EGC_MAXDEVICES, "Too many calls");
  if (network->kind == board::TrunkKind::kSip) {
    // "sip:5551234@proxy" is a number at a host.
    if (number.starts_with("sip:")) number.erase(0, 4);
    number = number.substr(0, number.find('@'));
  }
  const bool digits =
      !number.empty() && std::all_of(number.begin() + (number[0] == '+' ? 1 : 0), number.end(),
                                     [](char c) { return std::isdigit(c) || c == '*' || c == '#'; });
  if (!digits) return gc.fail(EGC_INVPARM, "Number is not dialable");
  GcCall& call = consultation != nullptr ? *consultation : gc.newCall(*this);
  *crn = call.crn;
  call.state = GCST_DIALING;
  // The call exists even when placing it fails: it wants dropping and releasing.
  if (taskFails("gc_MakeCall", &call)) return 0;
  if (engine.faults.hangs(device.name)) return 0;
  call.leg = network->openLeg(false);
  if (engine.faults.strikes("glare", device.name)) {
    engine.after(kHoldMs, &call, [this, &call] { disconnected(call, GCRV_GLARE, 0, "Glare"); });
    return 0;
  }
  network->dial(call.leg, number);
  if (mask & GCMSK_DIALING) tell(GCEV_DIALING, &call);
  if (timeoutS > 0) engine.misuse.note("make_call_timeout_ignored");
  if (!call.leg->callee.refused && !call.leg->callee.alerts) {
    engine.after(call.leg->callee.routingMs, &call, [this, &call] {
      if (call.state == GCST_DIALING && (mask & GCMSK_PROGRESS)) tell(GCEV_PROGRESSING, &call);
    });
  }
  startAnalysis(call, given);
  return 0;
}

void GcLine::disconnected(GcCall& call, int gcValue, int ccValue, const char* message) {
  if (call.state == GCST_IDLE || call.state == GCST_DISCONNECTED || call.dropping || call.released) return;
  call.state = GCST_DISCONNECTED;
  tell(GCEV_DISCONNECTED, &call, gcValue, ccValue, message);
}

void GcLine::byCause(GcCall& call, int cause) {
  const bool sip = network->kind == board::TrunkKind::kSip;
  disconnected(call, resultOfCause(cause), sip ? sipStatusOfCause(cause) : std::max(0, cause),
               sip ? "SIP response" : "Cause of Q.850");
}

void GcLine::signalled(const LegPtr& leg, const board::sim::LineSignals& signals) {
  if (!signals.proceeding && !signals.alerting && !signals.answered && !signals.released) return;
  const std::vector<GcCall*> now = current;
  for (GcCall* each : now) {
    GcCall& call = *each;
    if (call.leg != leg || call.dropping) continue;
    if (call.state == GCST_DISCONNECTED || call.state == GCST_IDLE) continue;
    if (engine.faults.hangs(device.name)) continue;
    if (signals.proceeding && (mask & GCMSK_PROCEEDING)) {
      call.state = GCST_PROCEEDING;
      tell(GCEV_PROCEEDING, &call);
    }
    if (signals.alerting) {
      call.state = GCST_ALERTING;
      if (mask & GCMSK_ALERTING) tell(GCEV_ALERTING, &call);
    }
    if (signals.answered) {
      call.state = GCST_CONNECTED;
      tell(GCEV_CONNECTED, &call);
      if (call.cpa) call.cpa->connected();
    }
    if (signals.released) byCause(call, signals.cause);
  }
}

void GcLine::blocked(bool on, const std::string& alarm) {
  if (!isOpen || device.closed) return;
  const int result = alarmResult(alarm, on);
  if (alarm == "layer2") tell(GCEV_D_CHAN_STATUS, nullptr, result);
  if (alarmsNotified) tell(GCEV_ALARM, nullptr, result);
  const auto cut = [&] {
    const std::vector<GcCall*> now = current;
    for (GcCall* call : now) disconnected(*call, GCRV_ALARM, 0, "Alarm");
  };
  // Either order is to be borne.
  const bool first = on && engine.random.chance(0.5);
  if (first) cut();
  if (on && (mask & GCMSK_BLOCKED)) tell(GCEV_BLOCKED, nullptr, result, 0, "Line blocked");
  if (!on) {
    unblockedOnce = true;
    if (mask & GCMSK_UNBLOCKED) tell(GCEV_UNBLOCKED, nullptr, result);
  }
  if (on && !first) cut();
}

int GcLine::drop(GcCall& call, int cause) {
  static_cast<void>(cause);
  GlobalCall& gc = *engine.gc;
  if (call.dropping || call.state == GCST_IDLE) {
    engine.misuse.count("drop_twice", "gc_DropCall on " + device.name);
    return gc.fail(EGC_INVSTATE, "Call is dropped already");
  }
  if (taskFails("gc_DropCall", &call)) return 0;
  call.dropping = true;
  call.cpa.reset();
  if (engine.faults.hangs(device.name)) return 0;
  engine.after(kDropMs, &call, [this, &call] {
    if (call.leg) {
      if (call.transferred && call.leg->up()) {
        network->handOver(call.leg, call.leg->callee.person ? call.leg->callee.talkMs : kCarriedMs);
      } else {
        network->drop(call.leg, "drop");
      }
      call.leg.reset();
    }
    // The held call is the one that is heard again.
    if (call.consultation && call.other != nullptr && !call.other->released) {
      GcCall& held = *call.other;
      held.other = nullptr;
      if (held.state == GCST_ONHOLDPENDINGTRANSFER) {
        held.state = GCST_CONNECTED;
        network->active = held.leg;
      }
    }
    call.dropping = false;
    call.state = GCST_IDLE;
    tell(GCEV_DROPCALL, &call);
  });
  return 0;
}

int GcLine::release(GcCall& call) {
  GlobalCall& gc = *engine.gc;
  if (call.state != GCST_IDLE || call.releasing) {
    engine.misuse.count(call.releasing ? "release_twice" : "release_before_drop",
                        "gc_ReleaseCallEx on " + device.name);
    return gc.fail(EGC_INVSTATE, "Call is not idle");
  }
  if (engine.faults.hangs(device.name)) {
    call.releasing = true;
    return 0;
  }
  if (engine.faults.fails("gc_ReleaseCallEx", device.name)) {
    engine.misuse.note("fault_task_fail");
    engine.after(kReleaseMs, &call,
                 [this, &call] { tell(GCEV_RELEASECALL_FAIL, &call, GCRV_INTERNAL, 0, "Release failed"); });
    return 0;
  }
  call.releasing = true;
  engine.after(kReleaseMs, &call, [this, &call] {
    tell(GCEV_RELEASECALL, &call);
    gone(call);
  });
  return 0;
}

// The call is no more, however it came to that.
void GcLine::gone(GcCall& call) {
  engine.agenda.forget(&call);
  call.cpa.reset();
  if (call.leg) network->drop(call.leg, "drop");
  call.leg.reset();
  call.released = true;
  call.state = GCST_NULL;
  if (call.other != nullptr) call.other->other = nullptr;
  call.other = nullptr;
  std::erase(current, &call);
}

int GcLine::reset() {
  engine.faults.reset(device.name);
  if (engine.faults.hangs(device.name)) return 0;
  if (taskFails("gc_ResetLineDev", nullptr)) return 0;
  resetting = true;
  engine.after(kResetMs, &device, [this] {
    const std::vector<GcCall*> now = current;
    for (GcCall* call : now) gone(*call);
    resetting = false;
    tell(GCEV_RESETLINEDEV, nullptr);
  });
  return 0;
}

void GcLine::closed() {
  const std::vector<GcCall*> now = current;
  for (GcCall* call : now) {
    engine.misuse.count("call_not_released", device.name + " closed");
    gone(*call);
  }
  if (network != nullptr) network->user = nullptr;
  isOpen = false;
}

}  // namespace standin
