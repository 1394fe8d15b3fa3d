#include "board/sim/runner.h"

#include <utility>

#include "cpd/types.h"

namespace board::sim {
namespace {

using Clock = std::chrono::steady_clock;

// A lag of more than this is dropped instead of caught up: media time stays behind the wall clock.
constexpr auto kMaxLag = std::chrono::milliseconds(50);

}  // namespace

void Runner::start(double speed, std::function<void()> tick) {
  tick_ = std::move(tick);
  const auto period = std::chrono::nanoseconds(static_cast<int64_t>(cpd::kFrameMs * 1e6 / speed));
  thread_ = std::thread([this, period] { run(period); });
}

void Runner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Runner::run(std::chrono::nanoseconds period) {
  auto next = Clock::now() + period;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (wake_.wait_until(lock, next, [this] { return stopping_; })) return;
    lock.unlock();
    tick_();
    lock.lock();
    next += period;
    const auto now = Clock::now();
    if (now - next > kMaxLag) next = now;
  }
}

}  // namespace board::sim
