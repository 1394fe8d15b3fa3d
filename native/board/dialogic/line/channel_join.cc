// Two lines of the board that hear each other.
#include "board/dialogic/line/bus_slot.h"
#include "board/dialogic/line/channel.h"

namespace board::dialogic {

Status Channel::join(CallRef ref, Channel& other) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (&other == this) return Status::kBadArgument;
  if (!other.inService() || other.state_ != LineState::kAnswered) return Status::kIllegalState;
  if (connection_.other() != nullptr || other.connection_.other() != nullptr || transfer_ ||
      other.transfer_) {
    return Status::kIllegalState;
  }
  connection_.join(&other);
  other.connection_.join(this);
  later([this, ref, &other, otherRef = other.ref_] { routeJoin(ref, other, otherRef); });
  return Status::kOk;
}

Status Channel::part(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (connection_.peer() == nullptr) return Status::kIllegalState;
  later([this, ref] {
    if (ref_ == ref && connection_.peer() != nullptr) {
      post(EventType::kParted);
      unjoin();
    }
  });
  return Status::kOk;
}

bool Channel::connectWith(Channel& other) {
  const long mine = bus_.sendSlot(), theirs = other.bus_.sendSlot();
  if (mine >= 0 && theirs >= 0 && listenTo(theirs) && other.listenTo(mine)) {
    for (Channel* side : {this, &other}) {
      side->connection_.route();
      side->streamWanted_ = false;
      side->clearTimer(Timer::kDeadline);
      if (side->voice_.io() == VoiceIo::kRecord) side->stopVoice();
    }
    return true;
  }
  unroute();
  other.unroute();
  return false;
}

void Channel::routeJoin(CallRef ref, Channel& other, CallRef otherRef) {
  if (ref_ != ref || other.ref_ != otherRef || connection_.peer() != &other || connection_.routed()) return;
  if (!connectWith(other)) {
    connection_.leave();
    other.connection_.leave();
    return fail("join", FailureReason::kHardware);
  }
  tellJoined();
}

// Both sides must hear each other first.
void Channel::tellJoined() {
  Channel* peer = connection_.peer();
  if (peer == nullptr || connection_.told() || routes_ > 0 || peer->routes_ > 0) return;
  for (Channel* side : {this, peer}) {
    side->connection_.tell();
    side->post({.type = EventType::kJoined, .other = side->connection_.peer()->id()});
  }
}

bool Channel::listenTo(long slot) {
  const Route route = bus_.listenTo(slot);
  if (route == Route::kAwaited) ++routes_;
  return route != Route::kRefused;
}

void Channel::routeCame() {
  if (routes_ > 0) --routes_;
  if (routes_ == 0) tellJoined();
}

bool Channel::routesFailed() {
  if (routes_ == 0) return false;
  routes_ = 0;
  Channel* peer = connection_.peer();
  if (peer == nullptr || connection_.told()) return true;
  connection_.leave();
  peer->connection_.leave();
  unroute();
  peer->unroute();
  fail("join", FailureReason::kHardware);
  return true;
}

bool Channel::listenToVoice() {
  const long slot = slotOf(context_, id(), voice_.handle(), "dx_getxmitslot", context_.api.dx_getxmitslot);
  return slot >= 0 && listenTo(slot);
}

void Channel::unroute() {
  connection_.apart();
  listenToVoice();
}

Channel* Channel::leavePeer() {
  Channel* peer = connection_.peer();
  if (peer == nullptr) return nullptr;
  connection_.leave();
  peer->connection_.leave();
  unroute();
  peer->unroute();
  return peer;
}

void Channel::unjoin() {
  const bool told = connection_.told();
  Channel* peer = leavePeer();
  if (peer != nullptr && told) peer->post(EventType::kParted);
}

}  // namespace board::dialogic
