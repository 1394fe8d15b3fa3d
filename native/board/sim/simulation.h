// What only a simulated board has: an optional port beside the board's. For tests and the demo.
#pragma once

#include <vector>

#include "board/board.h"
#include "board/sim/sim_config.h"

namespace board {

class Simulation {
 public:
  virtual ~Simulation() = default;

  // Stepped clock only: moves board time on by `ms`, frame by frame, on the calling thread; what is less than
  // a frame is kept for the next time. Events are posted in order before it returns. Commands may be given
  // from within EventSink::post; they take effect with the next frame. Throws std::logic_error on a clock
  // that runs by itself.
  virtual void advance(double ms) = 0;

  // Calls so far, oldest first; the last 100 000 are kept. Agents' legs are not among them.
  virtual std::vector<sim::GroundTruth> groundTruth() const = 0;

  // Adds a fault. Times are board time: one that is past strikes with the next frame. Throws
  // std::invalid_argument if it names a channel, span or event that does not exist, or a dial tone on a trunk
  // that has none.
  virtual void injectFault(const sim::Fault& fault) = 0;

  // An alarm from the next frame on, until endAlarm.
  virtual void raiseAlarm(uint32_t span, AlarmKind kind) = 0;
  virtual void endAlarm(uint32_t span) = 0;

  // Level of what the far end of a channel heard in the last frame: the joined leg or the announcement; -100
  // if nothing.
  virtual float sentDbm0(ChannelId channel) const = 0;
};

}  // namespace board
