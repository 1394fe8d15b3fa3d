// The one way from a board's threads to JavaScript: a bounded queue, and a wake-up of the JavaScript thread.
//
// post() never blocks and never drops in silence. What is dropped when JavaScript does not keep up follows
// the rule of board/event_policy.h; it is counted and told by one overflow event.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "board/board.h"

namespace addon {

class EventBridge final : public board::EventSink {
 public:
  explicit EventBridge(size_t capacity) : capacity_(capacity) {}

  // The function that is called on the JavaScript thread when there is something to drain. Without it
  // JavaScript drains when it likes (stepped boards).
  void attach(Napi::ThreadSafeFunction wake);

  // Lets the wake-up function go: it is not called after this. Twice is harmless.
  void detach();

  void post(board::Event&& event) override;

  // Takes up to `max` events, oldest first. When the queue runs empty, what was dropped is told last; when it
  // does not, JavaScript is woken again.
  std::vector<board::Event> drain(size_t max);

 private:
  void wakeLocked();

  const size_t capacity_;
  std::mutex mutex_;
  std::deque<board::Event> queue_;
  uint64_t dropped_ = 0;
  double lastDroppedAt_ = 0;
  bool awake_ = false;  // a wake-up is on its way
  std::optional<Napi::ThreadSafeFunction> wake_;
};

}  // namespace addon
