// What a trunk is doing: whether its peer answers, and when the next call may start. Pure; times are board time in ms.
#pragma once

#include <algorithm>
#include <cstdint>

namespace board::sip {

// Calls per second without bursts: a provider counts each second of its own.
class CallPace {
 public:
  explicit CallPace(double callsPerSecond) : gapMs_(1'000 / callsPerSecond) {}

  bool allows(double now) const { return now >= nextAt_; }
  void started(double now) { nextAt_ = std::max(now, nextAt_) + gapMs_; }

 private:
  double gapMs_;
  double nextAt_ = 0;
};

// OPTIONS at intervals; a peer that misses two in a row is down until it answers one.
class PeerHealth {
 public:
  explicit PeerHealth(int32_t everyMs) : everyMs_(everyMs), waitMs_(std::min(everyMs, kLongestWaitMs)) {}

  enum class Change : uint8_t { kNone, kDown, kUp };

  // To be called as time passes; `probe` says that an OPTIONS is to be sent now.
  Change tick(double now, bool& probe) {
    Change change = Change::kNone;
    if (asked_ && now - askedAt_ >= waitMs_) {
      asked_ = false;
      nextAt_ = now;  // again at once: a lost packet is no dead peer, and a dead one is to be known
      if (++missed_ == kMissesToDown) {
        down_ = true;
        change = Change::kDown;
      }
    }
    probe = now >= nextAt_;
    if (probe) {
      nextAt_ = now + everyMs_;
      asked_ = true;
      askedAt_ = now;
    }
    return change;
  }

  Change answered() {
    asked_ = false;
    missed_ = 0;
    if (!down_) return Change::kNone;
    down_ = false;
    return Change::kUp;
  }

  bool isDown() const { return down_; }

 private:
  static constexpr int kMissesToDown = 2;
  static constexpr int32_t kLongestWaitMs = 4'000;

  int32_t everyMs_, waitMs_;
  double nextAt_ = 0;
  double askedAt_ = 0;
  bool asked_ = false, down_ = false;
  int missed_ = 0;
};

}  // namespace board::sip
