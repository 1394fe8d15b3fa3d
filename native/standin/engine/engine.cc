#include "standin/engine/engine.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "cpd/types.h"
#include "standin/engine/event_names.h"
#include "standin/engine/world.h"
#include "standin/global_call/global_call.h"
#include "standin/voice/voice_channel.h"

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
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no program that loads these libraries sets variables
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
    std::fprintf(stderr, "stand-in: the process crashes as requested\n");
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

}  // namespace standin
