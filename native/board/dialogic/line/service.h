// Whether a line carries calls, and why not. What stands in the way comes and goes independently: a line may be
// blocked by an alarm and be out of service by an engineer's wish at once.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace board::dialogic {

class Service {
 public:
  bool in() const { return obstacles_ == 0; }
  bool blocked() const { return has(kBlocked); }
  bool failed() const { return has(kFailed); }
  bool withdrawn() const { return has(kWithdrawn); }
  // Of what stands in the way; of several, the gravest.
  std::string reason() const {
    if (failed()) return failure_;
    if (blocked() || !withdrawn()) return block_;
    return "administrative";
  }

  // The line was opened once.
  void opened() { clear(kUnopened); }
  // The network or an alarm keeps calls away.
  void block(std::string reason) {
    set(kBlocked);
    block_ = std::move(reason);
  }
  void unblock() { clear(kBlocked); }
  // The device does not do what it should; tried again later.
  void fail(std::string reason) {
    set(kFailed);
    failure_ = std::move(reason);
  }
  void recover() { clear(kFailed); }
  // An engineer takes it out of service, or the board closes.
  void withdraw(bool out) { out ? set(kWithdrawn) : clear(kWithdrawn); }

 private:
  enum Obstacle : uint8_t { kUnopened = 1, kBlocked = 2, kFailed = 4, kWithdrawn = 8 };

  bool has(Obstacle obstacle) const { return (obstacles_ & obstacle) != 0; }
  void set(Obstacle obstacle) { obstacles_ = static_cast<uint8_t>(obstacles_ | obstacle); }
  void clear(Obstacle obstacle) { obstacles_ = static_cast<uint8_t>(obstacles_ & ~obstacle); }

  uint8_t obstacles_ = kUnopened;
  std::string block_ = "opening", failure_;
};

}  // namespace board::dialogic
