// Whom a line is connected with, and how far that is. It is one other line at most: the peer of a join, the second
// leg of its bridge, or the line whose second leg it is.
#pragma once

#include <cstdint>
#include <utility>

namespace board::dialogic {

class Channel;

class Connection {
 public:
  Channel* peer() const { return with_ == With::kPeer ? other_ : nullptr; }
  Channel* second() const {
    return with_ == With::kSecondLeg || with_ == With::kSecondLegGone ? other_ : nullptr;
  }
  Channel* owner() const { return with_ == With::kOwner ? other_ : nullptr; }
  Channel* other() const { return other_; }
  // Audio goes between the two.
  bool routed() const { return stage_ != Stage::kApart; }
  bool told() const { return stage_ == Stage::kTold; }

  void join(Channel* peer) { set(With::kPeer, peer); }
  void bridge(Channel* second) { set(With::kSecondLeg, second); }
  void serve(Channel* owner) { set(With::kOwner, owner); }
  // The second leg ended while the switch was asked to take both calls over.
  void secondLegLeft() {
    if (with_ == With::kSecondLeg) with_ = With::kSecondLegGone;
  }
  // Whether it had left; from here on it has not.
  bool takeSecondLegLeft() {
    if (with_ != With::kSecondLegGone) return false;
    with_ = With::kSecondLeg;
    return true;
  }
  // Nobody any more; the route stays until apart().
  void leave() { set(With::kNobody, nullptr); }

  void route() {
    if (stage_ == Stage::kApart) stage_ = Stage::kRouted;
  }
  void tell() { stage_ = Stage::kTold; }
  void apart() { stage_ = Stage::kApart; }

 private:
  enum class With : uint8_t { kNobody, kPeer, kSecondLeg, kSecondLegGone, kOwner };
  enum class Stage : uint8_t {
    kApart,   // hears its own voice device
    kRouted,  // a route to the other is there, or asked for
    kTold,    // and both sides were told that they are joined
  };

  void set(With with, Channel* other) {
    with_ = with;
    other_ = other;
  }

  With with_ = With::kNobody;
  Stage stage_ = Stage::kApart;
  Channel* other_ = nullptr;
};

}  // namespace board::dialogic
