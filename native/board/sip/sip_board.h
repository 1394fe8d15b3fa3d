// The board whose lines are SIP trunks.
#pragma once

#include <functional>
#include <memory>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/sip/config.h"
#include "board/sip/signalling.h"

namespace board::sip {

class SipBoard : public Board, public Diagnostics {
 public:
  // Stepped boards alone: moves board time on by a frame, on the calling thread. All that has arrived is heard.
  virtual void step() = 0;
  // Stepped boards alone, before they open: whose thread steps it, from when it is open until it closes.
  virtual void steppedBy(std::function<void()> start, std::function<void()> stop) = 0;
  virtual Signalling& signalling() = 0;
};

// Channels are numbered from 1 across the trunks, spans (one a trunk) from 1. Throws std::invalid_argument, whose
// message names the field. `stepped`: the clock stands but for step().
std::unique_ptr<SipBoard> makeSipBoard(Config config, std::unique_ptr<Signalling> signalling, bool stepped);

}  // namespace board::sip
