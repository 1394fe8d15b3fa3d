// Faults injected on request. The board asks here at the points where one can occur.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "board/sim/sim_config.h"

namespace board::sim {

struct SpanAlarm {
  uint32_t span;
  AlarmKind kind;
  bool on;
};

class Faults {
 public:
  void add(const Fault& fault) { faults_.push_back({fault}); }

  bool noDialTone(ChannelId channel) const;
  // This seize meets an incoming call. Counts.
  bool glare(ChannelId channel);
  // This call hangs the channel. Counts seizes.
  bool hangs(ChannelId channel);
  // This reset brings the hanging channel back. Counts resets.
  bool resetCures(ChannelId channel);
  // A leading + of the number makes no difference.
  bool lost(const std::string& number, EventType event) const;

  // Alarms that come or go now, in the order they were ordered.
  void takeAlarms(double now, const std::function<void(const SpanAlarm&)>& changed);
  // Ends an alarm that is on, or one without an end.
  void endAlarm(uint32_t span);
  bool boardDies(double now) const;

 private:
  struct Entry {
    Fault fault;
    int32_t count = 0;       // seizes, glares
    int32_t resetCount = 0;  // resets while hanging
    double onSince = -1;     // alarm
    bool over = false;
  };

  std::vector<Entry> faults_;
};

}  // namespace board::sim
