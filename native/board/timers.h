// Timers on board time.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

namespace board {

class Timers {
 public:
  // A timer of the same name is replaced.
  void set(uint32_t timer, double dueAt) {
    clear(timer);
    const auto entry = due_.emplace(std::pair(dueAt, ++sequence_), timer).first;
    byName_.emplace(timer, entry);
  }

  void clear(uint32_t timer) {
    const auto found = byName_.find(timer);
    if (found == byName_.end()) return;
    due_.erase(found->second);
    byName_.erase(found);
  }

  // When the next one is due; far away: none is set.
  double nextDue() const { return due_.empty() ? 1e300 : due_.begin()->first.first; }

  // Takes those due, in the order of their time, then of being set.
  template <typename Fire>
  void take(double now, Fire&& fire) {
    while (!due_.empty() && due_.begin()->first.first <= now) {
      const uint32_t timer = due_.begin()->second;
      byName_.erase(timer);
      due_.erase(due_.begin());
      fire(timer);
    }
  }

 private:
  using Due = std::map<std::pair<double, uint64_t>, uint32_t>;
  Due due_;
  std::unordered_map<uint32_t, Due::iterator> byName_;
  uint64_t sequence_ = 0;
};

}  // namespace board
