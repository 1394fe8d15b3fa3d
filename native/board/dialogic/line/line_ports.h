// What families of line do in their own way beside their calls: the bus, and asking the switch. Given to a channel when
// it is made.
#pragma once

#include <cstdint>
#include <functional>

namespace board::dialogic {

enum class Route : uint8_t {
  kRefused,
  kThere,
  kAwaited,  // an event says when it is there, or that it will not be
};

// The bus that the boards hear each other on.
struct BusPort {
  std::function<long()> sendSlot;  // the slot that the line sends on; -1: none
  std::function<Route(long slot)> listenTo;
};

// Joins two calls in the switch instead of here. A line that cannot ask has the defaults.
struct SwitchPort {
  // The network's reference of the line's call; -1: none.
  std::function<int()> reference = [] { return -1; };
  // Asks the switch to join this call with the one of another line, by its reference, and to clear both. False: it
  // cannot be asked. It ends in Channel::switchRefused(), or in the network's release of this call.
  std::function<bool(int reference)> ask = [](int /*reference*/) { return false; };
  std::function<bool()> asked = [] { return false; };
};

}  // namespace board::dialogic
