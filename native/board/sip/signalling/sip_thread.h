// The one thread of libre: nothing of libre is touched by any other. Tasks for it come through a queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

struct mqueue;

namespace board::sip {

class SipThread {
 public:
  ~SipThread() { stop(); }

  // Runs `begin` on the new thread and returns when it has; what it throws is thrown here and the thread is over.
  void start(const std::function<void()>& begin);
  // From any thread. What comes after stop() is not run.
  void post(std::function<void()> task);
  // Returns when the tasks posted before are done and libre has looked at each of its sockets once since.
  void passThrough();
  // Runs what waits, then `end`, and joins. Twice is harmless.
  void stop(const std::function<void()>& end = [] {});

 private:
  static void wake(int id, void* data, void* self);
  void run(const std::function<void()>& begin);
  void runTasks();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool awake_ = false;  // a wake-up is under way
  bool started_ = false, stopping_ = false;
  std::exception_ptr failure_;
  mqueue* queue_ = nullptr;
  std::thread thread_;
};

}  // namespace board::sip
