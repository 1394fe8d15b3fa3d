// The SIP board and the stand-in exchange under one clock: a frame of the exchange, then one of the board, each when all
// that the other sent has arrived and been dealt with. What is heard does not depend on how fast the machine is.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "board/sim/runner.h"
#include "board/sim/simulation.h"
#include "board/sip/sip_board.h"
#include "sipexchange/exchange.h"

namespace sipexchange {

class SteppedExchange final : public board::Simulation {
 public:
  SteppedExchange(board::sip::SipBoard& board, std::unique_ptr<Exchange> exchange)
      : board_(board), exchange_(std::move(exchange)) {}

  Exchange& exchange() { return *exchange_; }

  void advance(double ms) override;
  // On a thread of its own until stop(), `speed` times as fast as in reality.
  void run(double speed) {
    runner_.start(speed, [this] { advance(cpd::kFrameMs); });
  }
  void stop() { runner_.stop(); }
  // Whatever the exchange knows of its calls is its own; the truth of a test's calls is in its numbers.
  std::vector<board::sim::GroundTruth> groundTruth() const override { return {}; }
  // An alarm alone: the exchange falls silent for so long.
  void injectFault(const board::sim::Fault& fault) override;
  void raiseAlarm(uint32_t span, board::AlarmKind kind) override;
  void endAlarm(uint32_t span) override;
  float sentDbm0(board::ChannelId /*channel*/) const override { return -100; }

 private:
  void settle();

  board::sip::SipBoard& board_;
  std::unique_ptr<Exchange> exchange_;
  double owedMs_ = 0;  // less than a frame
  board::sim::Runner runner_;
};

}  // namespace sipexchange
