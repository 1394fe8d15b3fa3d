// A transfer without the switch: a second line calls the extension, and both legs are joined on the bus. Both
// lines stay busy as long as the call lasts; the second leg is no channel of the inventory and speaks to its
// owner alone.
#include <utility>

#include "board/dialogic/channel.h"

namespace board::dialogic {
namespace {

constexpr CallRef kSecondLeg = 1;  // a line kept for bridges has no other calls
constexpr int kNormalClearing = 16;

}  // namespace

void Channel::beginBridge() {
  Channel* second = house_.freeBridge();
  if (second == nullptr || second->seize(kSecondLeg) != Status::kOk) {
    return transferFailed(FailureReason::kNotSupported);
  }
  second_ = second;
  second->owner_ = this;
}

void Channel::bridgeTold(const Event& event) {
  if (second_ == nullptr) return;
  switch (event.type) {
    case EventType::kSeized: {
      DialParameters parameters;
      parameters.plan = call_.parameters.plan;
      parameters.callerId = call_.parameters.callerId;
      parameters.noDetection = true;
      parameters.ringTimeoutMs = house_.config.watchdogs.transferMs;
      parameters.cpa = Cpa::kBoard;
      if (!transfer_ || second_->dial(kSecondLeg, transfer_->extension, parameters) != Status::kOk) {
        bridgeFailed(FailureReason::kTransferRefused);
      }
      return;
    }
    case EventType::kAnswered:
      if (!transfer_ || !connectWith(*second_)) return bridgeFailed(FailureReason::kHardware);
      // The two hear each other already; what the switch says only frees the lines.
      if (transfer_->method == TransferMethod::kTwoChannel && askSwitch(second_->networkReference())) return;
      return transferred(false);
    case EventType::kNoAnswer:
      return bridgeFailed(FailureReason::kTransferNoAnswer);
    case EventType::kDisconnected: {
      constexpr int kUserBusy = 17;
      if (switchAsked()) return secondLeft();
      if (transfer_) {
        return bridgeFailed(event.cause == kUserBusy ? FailureReason::kTransferBusy
                                                     : FailureReason::kTransferRefused);
      }
      // The agent hung up: the customer's call ends as if its far end had.
      disconnected(kNormalClearing);
      return hangUp();
    }
    case EventType::kFailed:
    case EventType::kOutOfService:
      if (switchAsked()) return secondLeft();
      if (transfer_) return bridgeFailed(FailureReason::kHardware);
      disconnected(kNormalClearing);
      return hangUp();
    default:
      return;
  }
}

// The second leg is gone while the switch is asked: either it took both calls over, and this one ends too, or
// the agent hung up.
void Channel::secondLeft() { secondGone_ = true; }

void Channel::switchRefused() {
  const bool gone = std::exchange(secondGone_, false);
  transferred(false);
  if (!gone) return;
  disconnected(kNormalClearing);
  hangUp();
}

void Channel::bridgeFailed(FailureReason reason) {
  leaveBridge();
  transferFailed(reason);
}

void Channel::leaveBridge() {
  if (second_ == nullptr) return;
  Channel* second = std::exchange(second_, nullptr);
  second->owner_ = nullptr;
  secondGone_ = false;
  if (std::exchange(routed_, false)) {
    unroute();
    second->unroute();
  }
  second->drop(kSecondLeg);
}

}  // namespace board::dialogic
