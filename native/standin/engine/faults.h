// Vendor faults, injected on request and at random. The stand-in asks here where one can occur.
#pragma once

#include <string>
#include <vector>

#include "board/sim/random.h"
#include "standin/engine/abi.h"
#include "standin/engine/settings.h"

namespace standin {

class STANDIN_SHARED Faults {
 public:
  // `run`: how many processes began before this one. Each draws other lots, and a requested crash strikes only
  // the first `times` of them.
  void begin(const std::vector<FaultSettings>& ordered, const RandomFaults& random, int run);
  void add(const FaultSettings& fault) { ordered_.push_back({fault}); }

  bool loses(unsigned event, const std::string& device);
  bool fails(const std::string& function, const std::string& device);
  // Takes one of `times`.
  bool strikes(const char* kind, const std::string& device);
  // The device does nothing until it was reset often enough.
  bool hangs(const std::string& device) const;
  void reset(const std::string& device);

  struct Change {
    int span;
    std::string alarm;
    bool on;
    int storm;  // more than 0: on and off so often
  };
  // Alarms that come or go now. `crash`: the process is to die.
  std::vector<Change> take(double now, int spans, bool& crash);
  void endAlarms(int span);

 private:
  struct Entry {
    FaultSettings fault;
    int used = 0;
    int resets = 0;
    double onSince = -1;
    bool over = false;
  };

  // By the whole name, or by the network device within a line device's (":N_dtiB1T1:P_isdn").
  static bool matches(const Entry& entry, const std::string& device) {
    const std::string& wanted = entry.fault.device;
    return wanted.empty() || wanted == device || device.starts_with(":N_" + wanted + ":");
  }

  std::vector<Entry> ordered_;
  RandomFaults chances_;
  board::sim::Random random_{1};
  double nextSecond_ = 1000;
  int run_ = 0;
};

}  // namespace standin
