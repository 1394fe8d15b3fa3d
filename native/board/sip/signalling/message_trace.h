// The last messages that went over the wire, for diagnostics. Safe from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "board/sip/signalling.h"

namespace board::sip {

class MessageTrace {
 public:
  void add(TracedMessage message) {
    const std::lock_guard lock(mutex_);
    if (messages_.size() == kMost) messages_.pop_front();
    messages_.push_back(std::move(message));
  }
  std::vector<TracedMessage> messages() const {
    const std::lock_guard lock(mutex_);
    return {messages_.begin(), messages_.end()};
  }

 private:
  static constexpr size_t kMost = 2'000;

  mutable std::mutex mutex_;
  std::deque<TracedMessage> messages_;
};

}  // namespace board::sip
