// What every function of the vendor's does first.
#include <unistd.h>

#include "standin/engine/engine.h"

namespace standin {

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
