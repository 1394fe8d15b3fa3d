// What waits in a board host to be sent to its daemon, in order. The board's threads post here and never
// wait: when the daemon does not read, events are left out by the rule of event_policy.h, counted, and told
// by one overflow event; and beyond kMostBytes the daemon is given up.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "board/board.h"
#include "board/remote/protocol.h"

namespace board::remote {

class Outbox final : public EventSink {
 public:
  static constexpr size_t kCapacity = 65'536;  // frames, see event_policy.h
  static constexpr size_t kMostBytes = size_t{256} << 20;

  explicit Outbox(size_t capacity = kCapacity, size_t mostBytes = kMostBytes)
      : capacity_(capacity), mostBytes_(mostBytes) {}

  void post(Event&& event) override;
  void answer(Bytes frame);

  // The oldest frame, waiting for it up to `waitMs`.
  std::optional<Bytes> take(int waitMs);

  // Nothing is taken in any more; what waits can still be taken.
  void close();

  bool done() const;        // closed, and all taken
  bool overflowed() const;  // more than kMostBytes came

 private:
  void push(Bytes frame);  // with the mutex

  const size_t capacity_;
  const size_t mostBytes_;
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Bytes> frames_;
  size_t bytes_ = 0;
  uint64_t dropped_ = 0;
  double lastDroppedAt_ = 0;
  bool closed_ = false;
  bool overflowed_ = false;
};

}  // namespace board::remote
