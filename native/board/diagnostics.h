// What an engineer asks of a board. Each answer is one JSON document (UTF-8, an object), so that it can be
// carried as it is. Safe from any thread; none of it waits for the board. No telephone number leaves here but
// with its last digits masked.
#pragma once

#include <cstdint>
#include <string>

#include "board/board.h"

namespace board {

enum class Topic : uint8_t {
  kInventory,  // libraries with path, ELF class and symbols; boards, spans, channels; family, network,
               // encoding
  kChannels,   // call state, vendor's channel state, hook, line bits, owner, last event, watchdog that runs
  kAlarms,     // live alarms by span, counters since open, blocked lines
  kCpa,     // the vendor's numbers and names of the last calls, our own verdict beside them, agreement table
  kTrace,   // the last vendor events and calls with names
  kRoutes,  // who listens to whom on the bus
  kSelfCheck,  // symbols, layout probe, devices: what works and what is missing, in plain words
};

class Diagnostics {
 public:
  virtual ~Diagnostics() = default;

  // `channel` 0: all of them. Topics that are not by channel ignore it.
  virtual std::string report(Topic topic, ChannelId channel = 0) const = 0;
};

}  // namespace board
