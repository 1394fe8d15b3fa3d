// A transfer without the switch: a second line calls the extension, and both legs are joined on the bus. Both
// lines stay busy as long as the call lasts; the second leg is no channel of the inventory and speaks to its
// owner alone.
#include "board/dialogic/line/channel.h"

namespace board::dialogic {
namespace {

constexpr CallRef kSecondLeg = 1;  // a line kept for bridges has no other calls
constexpr int kNormalClearing = 16;

}  // namespace

void Channel::beginBridge() {
  Channel* second = context_.freeBridge();
  if (second == nullptr || second->seize(kSecondLeg) != Status::kOk) {
    return transferFailed(FailureReason::kNotSupported);
  }
  connection_.bridge(second);
  second->connection_.serve(this);
}

void Channel::bridgeTold(const Event& event) {
  Channel* const second = connection_.second();
  if (second == nullptr) return;
  switch (event.type) {
    case EventType::kSeized: {
      DialParameters parameters;
      parameters.plan = call_.parameters.plan;
      parameters.callerId = call_.parameters.callerId;
      parameters.noDetection = true;
      parameters.ringTimeoutMs = context_.config.watchdogs.transferMs;
      parameters.cpa = Cpa::kBoard;
      if (!transfer_ || second->dial(kSecondLeg, transfer_->extension, parameters) != Status::kOk) {
        bridgeFailed(FailureReason::kTransferRefused);
      }
      return;
    }
    case EventType::kAnswered:
      if (!transfer_ || !connectWith(*second)) return bridgeFailed(FailureReason::kHardware);
      // The two hear each other already; what the switch says only frees the lines.
      if (transfer_->method == TransferMethod::kTwoChannel && switch_.ask(second->switch_.reference()))
        return;
      return transferred(false);
    case EventType::kNoAnswer:
      return bridgeFailed(FailureReason::kTransferNoAnswer);
    case EventType::kDisconnected: {
      constexpr int kUserBusy = 17;
      if (switch_.asked()) return secondLeft();
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
      if (switch_.asked()) return secondLeft();
      if (transfer_) return bridgeFailed(FailureReason::kHardware);
      disconnected(kNormalClearing);
      return hangUp();
    default:
      return;
  }
}

// The second leg is gone while the switch is asked: either it took both calls over, and this one ends too, or
// the agent hung up.
void Channel::secondLeft() { connection_.secondLegLeft(); }

void Channel::switchRefused() {
  const bool gone = connection_.takeSecondLegLeft();
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
  Channel* const second = connection_.second();
  if (second == nullptr) return;
  connection_.leave();
  second->connection_.leave();
  if (connection_.routed()) {
    unroute();
    second->unroute();
  }
  second->drop(kSecondLeg);
}

}  // namespace board::dialogic
