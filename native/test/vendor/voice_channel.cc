#include "voice_channel.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

#include "engine.h"
#include "event_names.h"
#include "voice_numbers.h"
#include "world.h"

namespace standin {
namespace {

constexpr double kHookMs = 60;
constexpr double kStopMs = 20;
constexpr double kDigitMs = 100;
constexpr double kLoopBreakMs = 600;  // the exchange breaks loop current so long
constexpr double kHeldMs = 60'000;    // a person on hold stays so long
constexpr double kCarriedMs = 60'000;
constexpr double kMaxSyncMs = 600'000;

double orDefault(unsigned value, double otherwise) { return (value == 0 ? otherwise : value) * 10.0; }

std::vector<uint8_t> bytesOf(const DxCst& cst) {
  std::vector<uint8_t> bytes(sizeof cst);
  std::memcpy(bytes.data(), &cst, sizeof cst);
  return bytes;
}

}  // namespace

VoiceChannel::VoiceChannel(Engine& engine, std::string channelName, const BoardSettings& ofBoard,
                           NetworkLine* ownLine)
    : name(std::move(channelName)), board(ofBoard), own(ownLine), engine_(engine) {
  if (own == nullptr) return;
  own->user = this;
  source = own;
  own->source = this;
}

VoiceChannel::~VoiceChannel() = default;

int VoiceChannel::fail(Opened& by, int error) {
  by.lastError = error;
  return -1;
}

NetworkLine* VoiceChannel::heardLine() {
  return source != nullptr && source->network() ? static_cast<NetworkLine*>(source) : nullptr;
}

int VoiceChannel::state() const {
  if (stopping_) return CS_STOPD;
  switch (op_) {
    case Op::kNone:
      return CS_IDLE;
    case Op::kHook:
      return CS_HOOK;
    case Op::kDial:
      return CS_DIAL;
    case Op::kCallp:
      return cpa_ ? CS_CALL : CS_DIAL;
    case Op::kPlay:
      return CS_PLAY;
    case Op::kRecord:
      return CS_RECD;
    case Op::kDigits:
      return CS_GTDIG;
    case Op::kTone:
      return CS_TONE;
    case Op::kReset:
      return CS_STOPD;
  }
  return CS_IDLE;
}

bool VoiceChannel::loopCurrent() const {
  return own != nullptr && offHook_ && !loopDropped_ && !own->blocked();
}

// ---- beginning and end of operations

bool VoiceChannel::begin(Opened& by, Op op, int mode, const char* function) {
  if (op_ != Op::kNone) {
    engine_.misuse.count("channel_busy", std::string(function) + " on " + name + " while it is busy");
    by.lastError = EDX_BUSY;
    return false;
  }
  for (unsigned type = TDX_PLAY; type <= TDX_PLAYTONE; ++type) {
    Event left;
    if (type == TDX_CST || !engine_.take(by.handle, type, left)) continue;
    engine_.misuse.count("event_left_behind",
                         eventName(type) + " of " + name + " not taken before " + function);
    engine_.push(std::move(left));
  }
  by.lastError = 0;
  if (engine_.faults.fails(function, name)) {
    engine_.misuse.note("fault_task_fail");
    if ((mode & kAsync) == 0) {
      by.lastError = EDX_FWERROR;
      return false;
    }
    op_ = op;
    opHandle_ = by.handle;
    sync_ = false;
    engine_.after(kStopMs, this, [this] {
      if (Opened* device = engine_.find(opHandle_)) device->lastError = EDX_FWERROR;
      complete(TDX_ERROR);
    });
    return false;
  }
  op_ = op;
  opHandle_ = by.handle;
  sync_ = (mode & kAsync) == 0;
  syncDone_ = stopping_ = false;
  opStart_ = engine_.now();
  termMask = 0;
  return true;
}

void VoiceChannel::complete(unsigned event, std::vector<uint8_t> data) {
  if (op_ == Op::kNone) return;
  if (engine_.faults.hangs(name)) return;
  if (capAt_ != nullptr && std::memcmp(capAt_, &cap_, sizeof cap_) != 0) {
    engine_.misuse.count("cap_changed", "the DX_CAP of dx_dial on " + name + " changed before its end");
  }
  capAt_ = nullptr;
  clear();
  if (sync_) {
    syncDone_ = true;
    syncEvent_ = event;
  } else {
    engine_.push({.dev = opHandle_, .type = event, .data = std::move(data)});
  }
}

// Whatever ran is over.
void VoiceChannel::clear() {
  op_ = Op::kNone;
  stopping_ = false;
  cpa_.reset();
  if (player_) player_->close();
  player_.reset();
  if (recorder_) recorder_->close();
  recorder_.reset();
  if (ownFile >= 0) ::close(std::exchange(ownFile, -1));
  engine_.agenda.forget(this);
}

int VoiceChannel::finishSync(Opened& by, std::unique_lock<std::mutex>& lock) {
  if (!sync_) return 0;
  if (!engine_.pass(
          lock, [this] { return syncDone_; }, kMaxSyncMs))
    return fail(by, EDX_TIMEOUT);
  return syncEvent_ == TDX_ERROR ? -1 : 0;
}

int VoiceChannel::stop(Opened& by, int mode, std::unique_lock<std::mutex>& lock) {
  if (op_ == Op::kNone) {
    // Nothing runs: no termination event comes, unless it was asked for.
    if ((mode & kNoStop) != 0 && (mode & kAsync) != 0)
      engine_.after(kStopMs, &by, [this, h = by.handle] { engine_.push({.dev = h, .type = TDX_NOSTOP}); });
    return 0;
  }
  // Dialling without analysis and the hook are not to be stopped.
  if (op_ == Op::kDial || op_ == Op::kHook || op_ == Op::kReset || stopping_) return 0;
  stopping_ = true;
  engine_.agenda.forget(this);
  const auto end = [this] {
    if (op_ == Op::kCallp) {
      result = CpaResult();
      result.result = CR_STOPD;
      complete(TDX_CALLP);
    } else {
      endIo(TM_USRSTOP);
    }
  };
  if (cpa_) cpa_.reset();
  engine_.after(kStopMs, this, end);
  if ((mode & kAsync) == 0)
    engine_.pass(
        lock, [this] { return op_ == Op::kNone; }, kMaxSyncMs);
  return 0;
}

int VoiceChannel::reset(Opened& by, int mode, std::unique_lock<std::mutex>& lock) {
  engine_.faults.reset(name);
  if (engine_.faults.hangs(name)) return 0;
  capAt_ = nullptr;
  sync_ = false;
  clear();
  op_ = Op::kReset;
  opHandle_ = by.handle;
  sync_ = (mode & kAsync) == 0;
  syncDone_ = false;
  engine_.after(200, this, [this] { complete(TDX_RESET); });
  return finishSync(by, lock);
}

void VoiceChannel::released(const Opened& by) {
  if (opHandle_ == by.handle && op_ != Op::kNone) {
    engine_.misuse.count("closed_while_busy", "dx_close of " + name);
    capAt_ = nullptr;
    clear();
  }
  engine_.faults.reset(name);
}

// ---- hook

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

// ---- dialling

CpaSettings VoiceChannel::cpaSettings() const {
  CpaSettings s;
  const int flags = cap_.intflg == 0 ? 1 : cap_.intflg;
  s.sit = flags == 1 || flags == 3 || flags == 5 || flags == 6 || flags == 8;
  s.pvd = s.fax = flags >= 4;
  s.pamd = flags == 7 || flags == 8;
  const bool springware = board.family == Family::kSpringware;
  s.quick = cap_.pamdSpdval == 2;
  s.frequencyIds = !springware;
  s.noSignalMs = orDefault(cap_.cnosig, 4000);
  s.noAnswerMs = orDefault(cap_.noanswer, 3000);
  s.failMs = orDefault(cap_.pamdFailtime, 400);
  if (springware) {
    if (!perfectCall) s.noAnswerMs = (cap_.nbrdna == 0 ? 4 : cap_.nbrdna) * 6'000.0;
    s.maxRingGapMs = orDefault(cap_.maxintering, 800);
    s.longSoundMs = orDefault(cap_.cnosil, 650);
    s.maxAnswerMs = orDefault(cap_.maxansr, 1000);
    s.answerEndGapMs = cap_.hedge == 1 || cap_.ansrdgl == 0xFFFF ? 0 : cap_.ansrdgl * 10.0;
    s.windows[0] = {cap_.lowerfrq == 0 ? 900.0 : cap_.lowerfrq, cap_.upperfrq == 0 ? 1000.0 : cap_.upperfrq};
    s.windows[1] = {double(cap_.lower2frq), double(cap_.upper2frq)};
    s.windows[2] = {double(cap_.lower3frq), double(cap_.upper3frq)};
    s.loopCurrent = cap_.lcdly != -1;
    s.loopAnswer = board.loopAnswer && s.loopCurrent;
  }
  return s;
}

int VoiceChannel::dial(Opened& by, const char* digits, const DxCap* cap, int mode,
                       std::unique_lock<std::mutex>& lock) {
  if (digits == nullptr) return fail(by, EDX_BADPARM);
  const bool callp = (mode & kCallp) != 0;
  const bool springware = board.family == Family::kSpringware;
  dialString_ = digits;
  if (!springware && callp && dialString_.find_first_not_of(' ') != std::string::npos) {
    engine_.misuse.count("number_in_dm3_analysis", "dx_dial on " + name + " with digits");
    return fail(by, EDX_BADPARM);
  }
  const auto upper = [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); };
  if (springware && !dialString_.empty() && std::isdigit(static_cast<unsigned char>(dialString_[0])))
    engine_.misuse.count("dial_without_mode", "dx_dial on " + name + " without T, P or M in front");
  if (!begin(by, callp ? Op::kCallp : Op::kDial, mode, "dx_dial"))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  result = CpaResult();
  cpError = 0;
  dtnFail = 0;
  cap_ = DxCap{};
  capAt_ = nullptr;
  if (callp && cap != nullptr) {
    cap_ = *cap;
    if ((mode & kAsync) != 0) capAt_ = cap;
    const bool pamd = cap_.intflg == 7 || cap_.intflg == 8;
    if (springware && pamd && cap_.pamdQtemp != 11 && cap_.pamdQtemp != 12)
      engine_.misuse.count("pamd_template_not_set", "dx_dial on " + name);
  }
  dialCallp_ = callp;
  dialAt_ = 0;
  dialledDigits_.clear();
  for (char& c : dialString_) {
    if (upper(c) == 'T' || upper(c) == 'P' || upper(c) == 'M' || upper(c) == 'L' || upper(c) == 'I' ||
        upper(c) == 'X')
      c = upper(c);
  }
  if (callp && springware && source != own)
    engine_.misuse.count("voice_not_routed_back", "dx_dial on " + name + ", which hears another device");
  if (callp && springware && !offHook_) engine_.misuse.count("dial_on_hook", "dx_dial on " + name);
  if (!springware && callp) {
    NetworkLine* line = heardLine();
    if (line == nullptr) engine_.misuse.count("analysis_of_nothing", name + " listens to no line");
    startCpa();
  } else {
    engine_.after(cpd::kFrameMs, this, [this] { dialNext(); });
  }
  if (!sync_) return 0;
  if (finishSync(by, lock) != 0) return -1;
  return callp ? result.result : 0;
}

void VoiceChannel::dialNext() {
  if (dialAt_ >= dialString_.size()) return dialled();
  const char c = dialString_[dialAt_++];
  double ms = 0;
  if (c == 'T' || c == 'P' || c == 'M') {
    dialMode_ = c;
  } else if (c == ',') {
    ms = pauseTime * 10;
  } else if (c == flashChar && dialMode_ != 'M') {
    flash();
    ms = flashTime * 10 + 200;
  } else if ((c == 'L' || c == 'I' || c == 'X') && perfectCall && dialCallp_) {
    const bool heard = own->active && own->active->dialTone;
    const double present = orDefault(cap_.dtnPres, 100), absent = orDefault(cap_.dtnNpres, 300);
    if (!heard) {
      engine_.after(absent, this, [this, c] {
        result.result = CR_NODIALTONE;
        dtnFail = c;
        complete(TDX_CALLP);
      });
      return;
    }
    ms = present + 200;
  } else if (std::isdigit(static_cast<unsigned char>(c)) || c == '*' || c == '#' || (c >= 'a' && c <= 'd') ||
             (c >= 'A' && c <= 'D')) {
    dialledDigits_ += c;
    if (own != nullptr && own->active && !own->active->dialled()) own->active->line.dialling();
    ms = dialMode_ == 'P' ? 100.0 * (c == '0' ? 10 : c - '0') + 700 : kDigitMs;
  }
  if (ms == 0) return dialNext();
  engine_.after(ms, this, [this] { dialNext(); });
}

void VoiceChannel::dialled() {
  NetworkLine* line = own;
  if (line != nullptr && offHook_ && line->active && !dialledDigits_.empty() && !line->active->dialled()) {
    std::string number = dialledDigits_;
    if (!board.access.empty() && number.starts_with(board.access) && !flashed_)
      number.erase(0, board.access.size());
    if (!loopDropped_ && !line->blocked()) line->dial(line->active, number);
  }
  if (op_ == Op::kDial || !offHook_) return complete(TDX_DIAL);
  startCpa();
}

void VoiceChannel::startCpa() {
  NetworkLine* line = heardLine();
  CpaSettings settings = cpaSettings();
  if (line == nullptr || (own != nullptr && loopDropped_)) {
    engine_.after(settings.noSignalMs, this, [this] {
      result.result = CR_NORB;
      complete(TDX_CALLP);
    });
    return;
  }
  cpa_ = std::make_unique<Cpa>(engine_, engine_.world->tones, *line, settings,
                               [this](const CpaResult& found) { cpaDone(found); });
  // Nobody dials at all: the silence is heard too.
  if (!line->active || !line->active->dialled()) {
    engine_.after(settings.noSignalMs, this, [this] {
      if (heardLine() != nullptr && heardLine()->active && heardLine()->active->dialled()) return;
      result.result = CR_NORB;
      complete(TDX_CALLP);
    });
  }
}

void VoiceChannel::cpaDone(const CpaResult& found) {
  result = found;
  complete(TDX_CALLP);
}

// ---- the line

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

int VoiceChannel::listen(Opened& by, long to) {
  Port* port = engine_.world->port(to);
  if (port == nullptr) return fail(by, EDX_SH_BADEXTTS);
  if (source != nullptr && source != port) engine_.misuse.note("listen_without_unlisten");
  source = port;
  return 0;
}

}  // namespace standin
