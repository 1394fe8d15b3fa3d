// A mutex that one thread takes again and again, for each group of channels of a tick: it lets those who wait go first.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

namespace board {

class TurnMutex {
 public:
  // For whoever comes now and then.
  void lock() {
    ++waiting_;
    mutex_.lock();
    --waiting_;
  }
  void unlock() { mutex_.unlock(); }

  // For the thread that takes it again at once.
  [[nodiscard]] std::unique_lock<std::mutex> lockAfterOthers() {
    while (waiting_ > 0) std::this_thread::yield();
    return std::unique_lock(mutex_);
  }

  // For a condition variable, whose thread is not waited for.
  std::mutex& plain() { return mutex_; }

 private:
  std::mutex mutex_;
  std::atomic<int> waiting_{0};
};

}  // namespace board
