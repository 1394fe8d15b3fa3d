// The events of the library: their queue, the threads that wait for them, and the handlers that see them first.
#include <algorithm>
#include <chrono>
#include <utility>

#include "standin/engine/engine.h"

namespace standin {

void Engine::push(Event&& event) {
  const Opened* device = find(event.dev);
  if (faults.loses(event.type, device != nullptr ? device->name : "")) {
    misuse.note("fault_lost_event");
    return;
  }
  put(std::move(event));
}

void Engine::put(Event&& event) {
  queue_.push_back(std::move(event));
  longestQueue_ = std::max(longestQueue_, queue_.size());
  changed_.notify_all();
}

bool Engine::queued(int handle) const {
  return std::any_of(queue_.begin(), queue_.end(), [handle](const Event& e) { return e.dev == handle; });
}

bool Engine::take(int handle, unsigned type, Event& event) {
  for (auto at = queue_.begin(); at != queue_.end(); ++at) {
    if (at->dev != handle || at->type != type) continue;
    event = std::move(*at);
    queue_.erase(at);
    return true;
  }
  return false;
}

void Engine::dropEvents(int handle) {
  std::erase_if(queue_, [handle](const Event& e) { return e.dev == handle; });
}

bool Engine::pending(const Waiter& waiter) const {
  if (waiter.handles == nullptr) return !queue_.empty();
  return std::any_of(queue_.begin(), queue_.end(), [&](const Event& e) {
    return std::find(waiter.handles->begin(), waiter.handles->end(), e.dev) != waiter.handles->end();
  });
}

bool Engine::takeNext(const std::vector<int>* only, ThreadState& state, char how) {
  for (auto at = queue_.begin(); at != queue_.end(); ++at) {
    if (only != nullptr && std::find(only->begin(), only->end(), at->dev) == only->end()) continue;
    // The memory of the last event's data is the library's again: what still points there reads undefined bytes.
    state.stale = std::move(state.event.data);
    std::fill(state.stale.begin(), state.stale.end(), uint8_t{0xDB});
    std::fill(state.event.part.ext.begin(), state.event.part.ext.end(), uint8_t{0xDB});
    state.event = std::move(*at);
    queue_.erase(at);
    state.haveEvent = true;
    state.callsSinceWait = 0;
    if (Opened* device = find(state.event.dev)) {
      if (device->owner != std::this_thread::get_id()) {
        misuse.count("wrong_thread",
                     "an event of " + device->name + " taken by a thread that did not open it");
      }
      if (device->waitedWith != 0 && device->waitedWith != how) {
        misuse.count("waits_mixed", device->name + " by sr_waitevt and by sr_waitevtEx");
      }
      device->waitedWith = how;
    }
    return true;
  }
  return false;
}

// Handlers run in the waiting thread, for the narrowest match first in the order of their installation.
bool Engine::consumed(std::unique_lock<std::mutex>& lock, ThreadState& state) {
  bool passedOn = true;
  const std::vector<Handler> installed = handlers;
  for (const Handler& handler : installed) {
    const bool device = handler.dev == -1 || handler.dev == state.event.dev;
    const bool type =
        static_cast<uint32_t>(handler.event) == 0xFFFFFFFFu || handler.event == state.event.type;
    if (!device || !type) continue;
    state.inHandler = true;
    lock.unlock();
    const vlong result = handler.act(state.event.type);
    lock.lock();
    state.inHandler = false;
    if (result == 0) passedOn = false;
  }
  return !passedOn;
}

long Engine::wait(std::unique_lock<std::mutex>& lock, const std::vector<int>* only, double timeoutMs,
                  char how) {
  // A thread that ends is not waited for any more.
  struct Leaving {
    ~Leaving() { heldEngine()->leave(); }
  };
  thread_local Leaving leaving;
  static_cast<void>(leaving);
  ThreadState& state = thread();
  const double deadline = timeoutMs < 0 ? 1e300 : now() + timeoutMs;
  state.haveEvent = false;
  Waiter& waiter = waiters_[std::this_thread::get_id()];
  waiter.away = false;
  waiter.deadline = deadline;
  waiter.handles = only;
  for (;;) {
    if (takeNext(only, state, how)) {
      if (!consumed(lock, state)) break;
      state.haveEvent = false;
      continue;
    }
    if (now() >= deadline || shutting) break;
    if (settings.clock == ClockKind::kFree) {
      lock.unlock();
      tick();
      lock.lock();
      continue;
    }
    waiter.blocked = true;
    idle_.notify_all();
    changed_.wait(lock, [&] { return shutting || pending(waiter) || now() >= deadline; });
    waiter.blocked = false;
  }
  waiter.handles = nullptr;
  if (!state.haveEvent) return -1;
  return static_cast<long>(state.event.data.size());
}

void Engine::leave() {
  const std::lock_guard lock(mutex);
  waiters_.erase(std::this_thread::get_id());
  idle_.notify_all();
}

bool Engine::settled(std::thread::id me) const {
  return std::all_of(waiters_.begin(), waiters_.end(), [&](const auto& entry) {
    const Waiter& waiter = entry.second;
    if (entry.first == me || waiter.away) return true;
    return waiter.blocked && !pending(waiter) && now() < waiter.deadline;
  });
}

void Engine::settle() {
  std::unique_lock lock(mutex);
  const auto me = std::this_thread::get_id();
  // A thread that does not come back in this time has other things to do; it is not waited for any more.
  // Long: on a busy machine one that was not given the processor would be left behind, and see things later
  // than it should.
  constexpr auto kLimit = std::chrono::seconds(30);
  if (idle_.wait_for(lock, kLimit, [&] { return settled(me); })) return;
  for (auto& [id, waiter] : waiters_) {
    if (id != me && !waiter.blocked) waiter.away = true;
  }
}

}  // namespace standin
