#include "standin/voice/voice_channel.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "standin/engine/engine.h"
#include "standin/engine/event_names.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

constexpr double kStopMs = 20;
constexpr double kMaxSyncMs = 600'000;

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

int VoiceChannel::listen(Opened& by, long to) {
  Port* port = engine_.world->port(to);
  if (port == nullptr) return fail(by, EDX_SH_BADEXTTS);
  if (source != nullptr && source != port) engine_.misuse.note("listen_without_unlisten");
  source = port;
  return 0;
}

}  // namespace standin
