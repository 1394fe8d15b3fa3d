// The heart of the stand-in: its clock, its events, its handles. One a process; it lives in libsrl.so and the
// other three libraries call into it. Everything here is under `mutex` unless it says otherwise.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "board/sim/random.h"
#include "board/sim/runner.h"
#include "standin/engine/abi.h"
#include "standin/engine/agenda.h"
#include "standin/engine/faults.h"
#include "standin/engine/misuse.h"
#include "standin/engine/settings.h"

namespace standin {

class World;
class VoiceChannel;
class NetworkLine;
class GcLine;
class GlobalCall;
class Tones;

// What Global Call says of an event, beside what the SRL says.
struct GcPart {
  vlong linedev = 0, crn = 0;
  void* usrattr = nullptr;
  int cclib = 0;
  int gcValue = 0x500;  // GCRV_NORMAL
  int ccValue = 0;
  std::string message = "Normal completion";
  std::vector<uint8_t> ext;
};

struct Event {
  int dev = 0;
  unsigned type = 0;
  std::vector<uint8_t> data{};
  long error = 0;
  bool gc = false;
  GcPart part{};
};

enum class What { kVoiceBoard, kVoice, kSpan, kSlot, kPhysical, kMedia, kIp, kGcLine };

// An open handle. Closed ones are kept, so that their use is known for what it is.
struct Opened {
  int handle = 0;
  std::string name;
  What what = What::kVoice;
  VoiceChannel* voice = nullptr;
  NetworkLine* line = nullptr;
  GcLine* gc = nullptr;
  int subdevices = 0;
  std::thread::id owner;
  bool closed = false;
  int lastError = 0;
  void* context = nullptr;
  unsigned errorMask = 0;  // of a span: dt_setevtmsk
  char waitedWith = 0;     // 'a': sr_waitevt, 'x': sr_waitevtEx
};

// What belongs to one of the application's threads.
struct ThreadState {
  unsigned epoch = 0;
  bool haveEvent = false;
  Event event;
  std::vector<uint8_t> stale;  // data of the event before, made unusable
  unsigned long callsSinceWait = 0;
  bool inHandler = false;
  int gcError = 0;
  const char* gcMessage = "No error";
};

class STANDIN_SHARED Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // False: the configuration is bad; `problem` says why.
  bool ready();
  bool configure(const std::string& json);

  ThreadState& thread();

  // ---- events
  void push(Event&& event);
  // The application's own event: no fault loses it.
  void put(Event&& event);
  // Takes the next event into the thread's state, runs handlers. `handles` null: of any device. Returns its
  // length or -1 at the timeout (ms of the world; negative: none).
  long wait(std::unique_lock<std::mutex>& lock, const std::vector<int>* handles, double timeoutMs, char how);
  bool queued(int handle) const;
  // Takes the first event of that device and type out of the queue. False: none.
  bool take(int handle, unsigned type, Event& event);
  void dropEvents(int handle);
  struct Handler {
    vlong dev;
    vulong event;
    EventHandler act;
  };
  std::vector<Handler> handlers;

  // ---- handles
  Opened& open(std::string name, What what);
  // Nullptr if it was never open. Closed ones are found.
  Opened* find(vlong handle);
  std::deque<Opened>& handles() { return handles_; }
  void close(Opened& device);

  // ---- time
  double now() const { return now_.load(std::memory_order_relaxed); }
  // By a frame. Not under the mutex.
  void tick();
  // A thread's own turn: until `done`, at most `ms` of the world. False: it did not come.
  bool pass(std::unique_lock<std::mutex>& lock, const std::function<bool()>& done, double ms);
  // The thread ends.
  void leave();
  // Ends the clock and all waiting; the engine is about to be replaced.
  void shut();
  // Waits in wall time until each waiting thread has taken its events and waits again.
  void settle();
  Agenda agenda;
  void after(double ms, const void* owner, std::function<void()> act) {
    agenda.at(now() + ms, owner, std::move(act));
  }
  // Done without the mutex when the tick is over, in order: calls into the application.
  void outside(std::function<void()> act) { outside_.push_back(std::move(act)); }

  std::string report() const;
  void writeReport() const;

  std::mutex mutex;
  std::string problem;
  Settings settings;
  Misuse misuse;
  Faults faults;
  std::unique_ptr<World> world;
  std::unique_ptr<GlobalCall> gc;
  board::sim::Random random{1};  // of latencies
  bool started = false;          // configured, time runs
  bool shutting = false;
  bool pollMode = false;
  unsigned epoch;
  pid_t process = 0;  // that it began in

 private:
  struct Waiter {
    bool blocked = false, away = false;
    double deadline = 0;
    const std::vector<int>* handles = nullptr;
  };

  bool begin(const std::string& json);
  bool takeNext(const std::vector<int>* handles, ThreadState& state, char how);
  bool consumed(std::unique_lock<std::mutex>& lock, ThreadState& state);
  bool settled(std::thread::id me) const;
  bool pending(const Waiter& waiter) const;

  std::deque<Event> queue_;
  size_t longestQueue_ = 0;
  std::deque<Opened> handles_;
  std::condition_variable changed_, idle_;
  std::map<std::thread::id, Waiter> waiters_;
  std::vector<std::function<void()>> outside_;
  std::atomic<double> now_{0};
  std::mutex ticking_;
  board::sim::Runner runner_;
};

STANDIN_SHARED Engine& engine();
// The same, held so that it outlives a reset while a call is under way.
STANDIN_SHARED std::shared_ptr<Engine> heldEngine();
// As in a new process.
STANDIN_SHARED void renewEngine();

// Entry to a vendor function: takes the mutex, counts what is wrong with the call.
class STANDIN_SHARED Entry {
 public:
  explicit Entry(const char* function);

  bool ready() const { return ready_; }
  // The open device behind a handle. Nullptr: there is none, which is counted.
  Opened* device(vlong handle);
  // The same, and of that kind.
  Opened* device(vlong handle, What what);
  const char* function() const { return function_; }
  // A synchronous call: not from a handler.
  void synchronous();

  const std::shared_ptr<Engine> held;
  std::unique_lock<std::mutex> lock;

 private:
  const char* function_;
  bool ready_;
};

}  // namespace standin
