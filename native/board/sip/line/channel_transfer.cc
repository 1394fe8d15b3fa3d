// Handing a call over. Blind: the far end is asked to call the extension itself (REFER). Consult: the extension is
// called first, then the far end is asked to take our place there (REFER with Replaces). Bridge: the two legs are joined
// here. What the exchange refuses to do itself becomes a bridge, so that nobody is lost to its refusal.
#include <utility>

#include "board/sip/line/channel.h"

namespace board::sip {
namespace {

constexpr int kCauseNormal = 16;  // Q.850: normal clearing

FailureReason reasonOf(int status) {
  switch (status) {
    case 486:
    case 600:
      return FailureReason::kTransferBusy;
    case 408:
    case 480:
    case 487:
      return FailureReason::kTransferNoAnswer;
    default:
      return FailureReason::kTransferRefused;
  }
}

FailureReason reasonOf(const Ending& ending) {
  if (ending.by == Ending::By::kResponse) return reasonOf(ending.status);
  const bool unheard = ending.by == Ending::By::kSilence || ending.by == Ending::By::kUnreachable;
  return unheard ? FailureReason::kTransferRefused : FailureReason::kTransferNoAnswer;
}

}  // namespace

Status Channel::transfer(CallRef ref, const std::string& extension, TransferStyle style) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (transfer_ || peer_ != nullptr || bridged_) return Status::kIllegalState;
  transfer_ = Transfer{style, extension, host_.now + host_.config.transferMs};
  if (style == TransferStyle::kBlind) {
    host_.signalling.refer(main_.id, host_.agentTrunk(trunk_), extension, 0);
  } else {
    callAgent();
  }
  return Status::kOk;
}

void Channel::callAgent() {
  transfer_->endsAt = host_.now + host_.config.transferMs;
  // No port: tickTransfer() finds no leg.
  (void)call(agent_, host_.agentTrunk(trunk_), transfer_->extension);
}

void Channel::agentAnswered() {
  if (!transfer_) return;
  if (transfer_->style != TransferStyle::kConsult) return bridge();
  transfer_->endsAt = host_.now + host_.config.transferMs;
  host_.signalling.refer(main_.id, host_.agentTrunk(trunk_), transfer_->extension, agent_.id);
}

void Channel::agentEnded(const Ending& ending) {
  const bool wasUp = agent_.up;
  if (transfer_ && !wasUp && callElsewhere(agent_, transfer_->extension, ending)) return;
  agent_.id = 0;
  hangUp(agent_);
  if (bridged_) return disconnected(kCauseNormal);  // the conversation is over: the customer's leg goes too
  if (!transfer_) return;
  // While the far end takes our place there the exchange ends our leg: what it says of the REFER decides.
  if (wasUp && transfer_->taken) return;
  transferFailed(reasonOf(ending));
}

void Channel::referRefused(LegId leg) {
  if (leg != main_.id || !transfer_) return;
  if (agent_.up) return bridge();
  transfer_->style = TransferStyle::kBridge;
  callAgent();
}

void Channel::referTold(LegId leg, int status) {
  if (leg != main_.id || !transfer_) return;
  transfer_->taken = true;
  if (status < 200) return;
  if (status < 300) return handOver();
  // The far end could not take our place: the agent is still with us.
  if (agent_.up) return bridge();
  transferFailed(reasonOf(status));
}

// The exchange has the call; the channel is free.
void Channel::handOver() {
  transfer_.reset();
  endOperations();
  hangUp(main_);
  post(EventType::kTransferred);
  post(EventType::kReleased);
  clearCall();
}

void Channel::bridge() {
  transfer_.reset();
  bridged_ = true;
  bridgedAt_ = host_.now;
  listening_ = false;
  post(EventType::kTransferred);
}

void Channel::transferFailed(FailureReason reason) {
  transfer_.reset();
  hangUp(agent_);
  fail("transfer", reason);
}

void Channel::tickTransfer() {
  const bool calling = transfer_->style != TransferStyle::kBlind;
  if (calling && agent_.id == 0 && !transfer_->taken) return transferFailed(FailureReason::kHardware);
  if (calling && !agent_.up && agent_.id != 0) tickFirstResponse(agent_);
  if (host_.now < transfer_->endsAt) return;
  // Nothing more was said of it. With the agent on the line both are kept together here.
  if (agent_.up) return bridge();
  transferFailed(FailureReason::kTransferNoAnswer);
}

}  // namespace board::sip
