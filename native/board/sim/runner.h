// Paces the board: one thread that calls a tick every frame of media time, real or accelerated. Media time
// never skips: when the machine cannot keep up, the board's clock falls behind the wall clock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace board::sim {

class Runner {
 public:
  ~Runner() { stop(); }

  // `tick` is called on the runner's thread, `speed` times as often as in real time.
  void start(double speed, std::function<void()> tick);
  // Joins the thread; no tick runs after it. Twice is harmless.
  void stop();

 private:
  void run(std::chrono::nanoseconds period);

  std::function<void()> tick_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace board::sim
