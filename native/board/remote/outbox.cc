#include "board/remote/outbox.h"

#include <chrono>
#include <utility>

#include "board/event_policy.h"

namespace board::remote {

void Outbox::post(Event&& event) {
  const EventType type = event.type;
  const double at = event.at;
  Bytes frame = encode(ReplyFrame{0, at, std::move(event)});
  const std::lock_guard lock(mutex_);
  if (admits(type, frames_.size(), capacity_)) {
    push(std::move(frame));
  } else {
    ++dropped_;
    lastDroppedAt_ = at;
  }
}

void Outbox::answer(Bytes frame) {
  const std::lock_guard lock(mutex_);
  push(std::move(frame));
}

void Outbox::push(Bytes frame) {
  if (closed_) return;
  if (bytes_ + frame.size() > mostBytes_) {
    overflowed_ = true;
    closed_ = true;
  } else {
    bytes_ += frame.size();
    frames_.push_back(std::move(frame));
  }
  more_.notify_one();
}

std::optional<Bytes> Outbox::take(int waitMs) {
  std::unique_lock lock(mutex_);
  more_.wait_for(lock, std::chrono::milliseconds(waitMs), [this] { return closed_ || !frames_.empty(); });
  if (frames_.empty()) {
    if (dropped_ == 0) return std::nullopt;
    Event overflow{.type = EventType::kOverflow};
    overflow.at = lastDroppedAt_;
    overflow.count = std::exchange(dropped_, 0);
    return encode(ReplyFrame{0, overflow.at, std::move(overflow)});
  }
  Bytes frame = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= frame.size();
  return frame;
}

void Outbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  more_.notify_all();
}

bool Outbox::done() const {
  const std::lock_guard lock(mutex_);
  return closed_ && frames_.empty() && dropped_ == 0;
}

bool Outbox::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

}  // namespace board::remote
