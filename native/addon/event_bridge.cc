#include "addon/event_bridge.h"

#include <algorithm>
#include <utility>

#include "board/event_policy.h"

namespace addon {

void EventBridge::attach(Napi::ThreadSafeFunction wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void EventBridge::detach() {
  std::lock_guard lock(mutex_);
  if (!wake_) return;
  wake_->Release();
  wake_.reset();
}

void EventBridge::post(board::Event&& event) {
  std::lock_guard lock(mutex_);
  if (board::admits(event.type, queue_.size(), capacity_)) {
    queue_.push_back(std::move(event));
  } else {
    ++dropped_;
    lastDroppedAt_ = event.at;
  }
  wakeLocked();
}

void EventBridge::wakeLocked() {
  if (!wake_ || awake_) return;
  // Under the lock, so that no thread touches the function after detach() released it.
  awake_ = wake_->NonBlockingCall() == napi_ok;
}

std::vector<board::Event> EventBridge::drain(size_t max) {
  std::vector<board::Event> batch;
  std::lock_guard lock(mutex_);
  awake_ = false;
  batch.reserve(std::min(max, queue_.size()) + 1);
  while (!queue_.empty() && batch.size() < max) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  if (!queue_.empty()) {
    wakeLocked();
  } else if (dropped_ > 0) {
    board::Event overflow{.type = board::EventType::kOverflow};
    overflow.at = lastDroppedAt_;
    overflow.count = dropped_;
    batch.push_back(std::move(overflow));
    dropped_ = 0;
  }
  return batch;
}

}  // namespace addon
