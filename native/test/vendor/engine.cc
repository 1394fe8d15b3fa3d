#include "engine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "cpd/types.h"
#include "event_names.h"
#include "global_call.h"
#include "voice_channel.h"
#include "world.h"

namespace standin {
namespace {

std::atomic<unsigned> epochs{0};
std::mutex engineMutex;

// Never destroyed: at the end of the process other threads may still be within.
std::shared_ptr<Engine>& theEngine() {
  static auto* const holder = new std::shared_ptr<Engine>;
  return *holder;
}

std::string readAll(const std::string& path, bool& found) {
  std::ifstream file(path);
  found = static_cast<bool>(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The report is written when the process ends, however it ends by itself.
void atExit() {
  std::shared_ptr<Engine> last;
  {
    const std::lock_guard guard(engineMutex);
    last = theEngine();
  }
  if (!last) return;
  last->shut();
  last->writeReport();
}

}  // namespace

std::shared_ptr<Engine> heldEngine() {
  const std::lock_guard guard(engineMutex);
  std::shared_ptr<Engine>& held = theEngine();
  if (!held) {
    held = std::make_shared<Engine>();
    static const bool registered = std::atexit(atExit) == 0;
    static_cast<void>(registered);
  }
  return held;
}

Engine& engine() { return *heldEngine(); }

void renewEngine() {
  std::shared_ptr<Engine> old;
  {
    const std::lock_guard guard(engineMutex);
    old.swap(theEngine());
  }
  if (old) old->shut();
}

Engine::Engine() : epoch(++epochs) {}

Engine::~Engine() { runner_.stop(); }

void Engine::shut() {
  runner_.stop();
  {
    const std::lock_guard lock(mutex);
    shutting = true;
  }
  changed_.notify_all();
}

bool Engine::ready() {
  if (started) return true;
  if (!problem.empty()) return false;
  const char* path = std::getenv("STANDIN_CONFIG");
  if (path == nullptr || *path == 0) return begin("{}");
  bool found = false;
  const std::string text = readAll(path, found);
  if (found) return begin(text);
  problem = std::string("STANDIN_CONFIG: found no readable file ") + path + ", expected the configuration";
  std::fprintf(stderr, "stand-in: %s\n", problem.c_str());
  return false;
}

bool Engine::configure(const std::string& json) {
  if (started) {
    problem = "configure: found a running stand-in, expected none; standin_reset ends it";
    return false;
  }
  problem.clear();
  return begin(json);
}

bool Engine::begin(const std::string& json) {
  try {
    settings = readSettings(json);
    world = std::make_unique<World>(*this);
    gc = std::make_unique<GlobalCall>(*this);
  } catch (const std::exception& error) {
    problem = error.what();
    std::fprintf(stderr, "stand-in: %s\n", problem.c_str());
    return false;
  }
  const int run = world->runsBefore();
  world->began();
  faults.begin(settings.faults, settings.random, run);
  random = board::sim::Random(settings.seed ^ 0x5742);
  started = true;
  process = getpid();
  if (settings.clock == ClockKind::kPaced) runner_.start(settings.speed, [this] { tick(); });
  return true;
}

ThreadState& Engine::thread() {
  thread_local ThreadState state;
  if (state.epoch != epoch) {
    state = ThreadState();
    state.epoch = epoch;
  }
  return state;
}

// ---- events

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
    // The memory of the last event's data is the library's again: whoever still reads it reads rubbish.
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
  constexpr auto kPatience = std::chrono::seconds(30);
  if (idle_.wait_for(lock, kPatience, [&] { return settled(me); })) return;
  for (auto& [id, waiter] : waiters_) {
    if (id != me && !waiter.blocked) waiter.away = true;
  }
}

// ---- time

void Engine::tick() {
  const std::lock_guard ticking(ticking_);
  std::vector<std::function<void()>> calls;
  bool crash = false;
  {
    const std::lock_guard lock(mutex);
    now_.store(now() + cpd::kFrameMs, std::memory_order_relaxed);
    agenda.run(now());
    for (const Faults::Change& change : faults.take(now(), world->spans(), crash)) world->alarm(change);
    world->tick();
    calls.swap(outside_);
    if (crash) writeReport();
  }
  if (crash) {
    std::fprintf(stderr, "stand-in: the process crashes to order\n");
    std::abort();
  }
  for (const auto& call : calls) call();
  changed_.notify_all();
}

bool Engine::pass(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done, double ms) {
  const double deadline = now() + ms;
  while (!done()) {
    if (now() >= deadline || shutting) return false;
    if (settings.clock == ClockKind::kPaced) {
      changed_.wait(lock, [&] { return shutting || done() || now() >= deadline; });
    } else {
      lock.unlock();
      tick();
      lock.lock();
    }
  }
  return true;
}

// ---- handles

Opened& Engine::open(std::string name, What what) {
  if (!pollMode) misuse.count("poll_mode_not_set", "opening " + name + " before sr_setparm(SR_MODEID)");
  Opened device;
  device.handle = static_cast<int>(handles_.size()) + 1;
  device.name = std::move(name);
  device.what = what;
  device.owner = std::this_thread::get_id();
  for (const Opened& other : handles_) {
    if (other.closed && other.name == device.name && other.what == what) misuse.note("reopened");
  }
  handles_.push_back(std::move(device));
  return handles_.back();
}

Opened* Engine::find(vlong handle) {
  if (handle < 1 || static_cast<size_t>(handle) > handles_.size()) return nullptr;
  return &handles_[static_cast<size_t>(handle) - 1];
}

void Engine::close(Opened& device) {
  if (queued(device.handle)) {
    for (const Event& e : queue_) {
      if (e.dev == device.handle) {
        misuse.count("event_left_behind", eventName(e.type) + " of " + device.name + " at its close");
      }
    }
    dropEvents(device.handle);
  }
  device.closed = true;
  agenda.forget(&device);
}

// ---- report

std::string Engine::report() const {
  std::string result = "{\"now\": " + std::to_string(static_cast<long long>(now())) + ", " + misuse.json();
  long left = 0;
  for (const Opened& device : handles_) left += device.closed ? 0 : 1;
  result += ", \"open\": " + std::to_string(left) + ", \"queued\": " + std::to_string(queue_.size()) +
            ", \"longest_queue\": " + std::to_string(longestQueue_);
  if (gc) result += ", \"calls_not_released\": " + std::to_string(gc->unreleased());
  if (gc) result += std::string(", \"gc_running\": ") + (gc->running() ? "true" : "false");
  result += ", \"total\": " + std::to_string(misuse.all()) + "}";
  return result;
}

void Engine::writeReport() const {
  if (!started || settings.report.empty()) return;
  std::string path = settings.report;
  const size_t at = path.find("%p");
  if (at != std::string::npos) path.replace(at, 2, std::to_string(getpid()));
  std::ofstream(path) << report() << '\n';
}

// ---- entry

Entry::Entry(const char* function) : held(heldEngine()), lock(held->mutex), function_(function) {
  Engine& e = *held;
  ready_ = e.ready();
  if (ready_ && e.process != getpid()) e.misuse.count("used_after_fork", function);
  ++e.thread().callsSinceWait;
}

Opened* Entry::device(vlong handle) {
  Engine& e = engine();
  Opened* device = e.find(handle);
  if (device == nullptr) {
    e.misuse.count("unknown_handle", std::string(function_) + " with handle " + std::to_string(handle));
    return nullptr;
  }
  if (device->closed) {
    e.misuse.count("closed_handle", std::string(function_) + " on " + device->name);
    return nullptr;
  }
  if (device->owner != std::this_thread::get_id())
    e.misuse.count("wrong_thread", std::string(function_) + " on " + device->name);
  return device;
}

Opened* Entry::device(vlong handle, What what) {
  Opened* found = device(handle);
  if (found == nullptr || found->what == what) return found;
  found->lastError = 7;  // EDX_BADDEV
  engine().misuse.count("wrong_kind_of_handle", std::string(function_) + " on " + found->name);
  return nullptr;
}

void Entry::synchronous() {
  Engine& e = engine();
  if (e.thread().inHandler) e.misuse.count("synchronous_in_handler", function_);
  e.misuse.note("synchronous_calls");
}

}  // namespace standin
