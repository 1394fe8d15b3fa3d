// Counts what a vendor's library would forgive, or punish at random.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "standin/engine/abi.h"

namespace standin {

class STANDIN_SHARED Misuse {
 public:
  // One more of this kind. `what` says which call on which device.
  void count(const char* name, std::string what);
  // Worth knowing, yet no fault: kept apart and never in the sum.
  void note(const char* name) { ++notes_[name]; }

  long of(const std::string& name) const;
  long all() const;
  // {"misuse": {...}, "notes": {...}, "details": [...]} without the braces.
  std::string json() const;

 private:
  static constexpr size_t kDetails = 100;

  std::map<std::string, long> counts_, notes_;
  std::deque<std::string> details_;  // the first ones
};

}  // namespace standin
