#include "sipexchange/stepped_exchange.h"

#include <stdexcept>

namespace sipexchange {

void SteppedExchange::advance(double ms) {
  owedMs_ += ms;
  for (; owedMs_ >= cpd::kFrameMs; owedMs_ -= cpd::kFrameMs) {
    settle();
    exchange_->step();
    settle();
    board_.step();
  }
}

void SteppedExchange::settle() {
  do {
    board_.signalling().settle();
  } while (exchange_->drain());
}

void SteppedExchange::injectFault(const board::sim::Fault& fault) {
  if (fault.kind != board::sim::FaultKind::kAlarm)
    throw std::invalid_argument("faults: the stand-in exchange takes alarms; others are its habits");
  exchange_->fallSilent(fault.atMs, fault.atMs + fault.forMs);
}

void SteppedExchange::raiseAlarm(uint32_t /*span*/, board::AlarmKind /*kind*/) {
  exchange_->fallSilent(exchange_->now(), 1e300);
}

void SteppedExchange::endAlarm(uint32_t /*span*/) { exchange_->fallSilent(0, 0); }

}  // namespace sipexchange
