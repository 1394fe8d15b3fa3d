#include "board/sip/signalling/sip_thread.h"

#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "board/sip/signalling/libre.h"

namespace board::sip {
namespace {

// More than the highest number of a descriptor that the process may have.
constexpr int kMostDescriptors = 16 * 1024;

}  // namespace

void SipThread::start(const std::function<void()>& begin) {
  thread_ = std::thread([this, &begin] { run(begin); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return started_; });
  if (!failure_) return;
  lock.unlock();
  thread_.join();
  std::rethrow_exception(failure_);
}

void SipThread::run(const std::function<void()>& begin) {
  bool initialised = false;
  try {
    // What libre keeps is this thread's own. Its table of descriptors first, before it makes a small one itself.
    if (re_thread_init() != 0 || fd_setsize(kMostDescriptors) != 0 || libre_init() != 0)
      throw std::runtime_error("libre does not start");
    initialised = true;
    if (mqueue_alloc(&queue_, wake, this) != 0) throw std::runtime_error("libre has no queue");
    begin();
  } catch (...) {
    failure_ = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    started_ = true;
    stopping_ = stopping_ || failure_ != nullptr;
  }
  changed_.notify_all();
  if (!failure_) re_main(nullptr);
  queue_ = static_cast<mqueue*>(mem_deref(queue_));
  if (initialised) libre_close();
  re_thread_close();
}

void SipThread::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || !started_) return;
  tasks_.push_back(std::move(task));
  if (std::exchange(awake_, true)) return;
  // One wake-up for all that wait: its pipe holds 4,096 and does not block.
  if (mqueue_push(queue_, 0, nullptr) != 0) awake_ = false;
}

void SipThread::wake(int /*id*/, void* /*data*/, void* self) { static_cast<SipThread*>(self)->runTasks(); }

void SipThread::runTasks() {
  std::deque<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    awake_ = false;
    tasks.swap(tasks_);
  }
  for (const std::function<void()>& task : tasks) task();
}

void SipThread::passThrough() {
  // A task runs in the middle of a round over the sockets; one posted after it runs when that round is over.
  for (int round = 0; round < 2; ++round) {
    const auto done = std::make_shared<bool>(false);
    post([this, done] {
      const std::lock_guard lock(mutex_);
      *done = true;
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return *done || stopping_; });
  }
}

void SipThread::stop(const std::function<void()>& end) {
  if (!thread_.joinable()) return;
  post([this, &end] {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    end();
    re_cancel();
  });
  thread_.join();
}

}  // namespace board::sip
