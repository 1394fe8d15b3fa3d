// What a trunk is doing: whether its peer answers, when the next call may start, whether it is registered. Pure; times
// are board time in ms.
#pragma once

#include <algorithm>
#include <cstdint>

namespace board::sip {

// Calls per second without bursts: a provider counts each second of its own. What it refuses for a limit makes the calls
// fewer, what it takes makes them as many again, bit by bit.
class CallPace {
 public:
  explicit CallPace(double callsPerSecond)
      : gapMs_(1'000 / callsPerSecond), longestMs_(std::max(gapMs_, kLongestSlowMs)) {}

  bool allows(double now) const { return now >= nextAt_; }
  void started(double now) { nextAt_ = std::max(now, nextAt_) + gapMs(); }

  void refused(double now) {
    slow_ = std::min(slow_ * 2, longestMs_ / gapMs_);
    nextAt_ = std::max(nextAt_, now + gapMs());
  }
  void taken() { slow_ = std::max(1.0, slow_ * kRecovery); }

  double gapMs() const { return gapMs_ * slow_; }
  bool isSlow() const { return slow_ > 1; }

 private:
  static constexpr double kLongestSlowMs = 4'000, kRecovery = 0.9;

  double gapMs_, longestMs_;
  double slow_ = 1;  // how many times as long as configured
  double nextAt_ = 0;
};

// OPTIONS at intervals; a peer that misses two in a row is down until it answers one.
class PeerHealth {
 public:
  explicit PeerHealth(int32_t everyMs) : everyMs_(everyMs), waitMs_(std::min(everyMs, kLongestWaitMs)) {}

  // To be called as time passes. True: an OPTIONS is to be sent now.
  bool tick(double now) {
    if (asked_ && now - askedAt_ >= waitMs_) {
      asked_ = false;
      nextAt_ = now;  // again at once: a lost packet is no dead peer, and a dead one is to be known
      down_ = ++missed_ >= kMissesToDown;
    }
    if (now < nextAt_) return false;
    nextAt_ = now + everyMs_;
    asked_ = true;
    askedAt_ = now;
    return true;
  }

  void answered() {
    asked_ = down_ = false;
    missed_ = 0;
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

// REGISTER: again before it runs out, and after a refusal at growing intervals. What was granted counts until it runs
// out, whatever a refresh of it meets on the way; a refusal ends it.
class Registration {
 public:
  // True: a REGISTER is to be sent now.
  bool tick(double now) {
    if (now < nextAt_) return false;
    nextAt_ = now + kAnswerMs;
    return true;
  }

  void granted(double now, int expiresS) {
    failures_ = lastStatus_ = 0;
    untilMs_ = now + expiresS * 1'000.0;
    nextAt_ = now + expiresS * 1'000.0 * kRefreshAt;
  }

  void failed(double now, int status, int retryAfterS) {
    lastStatus_ = status;
    if (status >= 400 && status < 500 && status != 408) untilMs_ = now;
    const double wait = std::min(kFirstRetryMs * (1 << std::min(failures_++, 10)), kLongestRetryMs);
    nextAt_ = now + std::max(wait, std::min(retryAfterS * 1'000.0, kLongestRetryMs));
  }

  bool isRegistered(double now) const { return now < untilMs_; }
  double untilMs() const { return untilMs_; }
  int lastStatus() const { return lastStatus_; }  // of a failure since; 0: none, or nothing was answered
  int failures() const { return failures_; }      // in a row

 private:
  static constexpr double kAnswerMs = 40'000;  // longer than signalling waits
  static constexpr double kRefreshAt = 0.8;
  static constexpr double kFirstRetryMs = 5'000, kLongestRetryMs = 300'000;

  double nextAt_ = 0, untilMs_ = -1;
  int failures_ = 0, lastStatus_ = 0;
};

}  // namespace board::sip
