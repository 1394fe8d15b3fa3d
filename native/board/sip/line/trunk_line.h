// One trunk with its addresses: where a call goes, whether it may, and what is to be asked of the peer. Pure; times are
// board time in ms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "board/sip/config.h"
#include "board/sip/line/trunk_state.h"
#include "board/sip/words/final_response.h"

namespace board::sip {

class TrunkLine {
 public:
  TrunkLine(const Trunk& trunk, size_t addresses, int32_t healthEveryMs);

  struct Orders {
    std::vector<size_t> probes;          // addresses that get OPTIONS now
    std::optional<size_t> registration;  // the address that gets REGISTER now
  };
  // To be called as time passes.
  Orders tick(double now);

  void probeAnswered(size_t address) { addresses_[address].health.answered(); }
  void registered(double now, int expiresS);
  void registrationFailed(double now, int status, int retryAfterS);

  // Whether a channel may begin with a call, which is then dialled at once; turnTaken() says that one does.
  bool allowsTurn(double now) const { return now >= nextTurnAt_ && pace_.allows(now); }
  void turnTaken(double now) { nextTurnAt_ = now + pace_.gapMs(); }
  bool allowsCall(double now) const { return pace_.allows(now); }
  void callStarted(double now) { pace_.started(now); }

  // The first address that a call can go to, without those that it has been to (a bit each). A call that has been nowhere
  // always gets one.
  std::optional<size_t> choose(double now, uint32_t tried) const;
  // A call there got so far that it was taken.
  void callTaken(size_t address);
  // A call there ended before anything was heard of the far end. True: the fault may be the address's, and the call can
  // try another.
  bool callFailed(double now, size_t address, const Ending& ending);

  // No address answers: no new calls, and those that are not answered yet are lost.
  bool isDown() const;
  // Why it takes no new calls, for a channel's reason; nullptr: it takes them. Calls that are up go on.
  const char* whyNoCalls(double now) const;

  size_t addresses() const { return addresses_.size(); }
  bool isDown(size_t address) const { return addresses_[address].health.isDown(); }
  double offUntil(size_t address) const { return addresses_[address].offUntil; }
  const CallPace& pace() const { return pace_; }
  const std::optional<Registration>& registration() const { return registration_; }

 private:
  struct Address {
    PeerHealth health;
    double offUntil = 0;  // left alone until then
    int silences = 0;     // in a row
  };

  bool canBeUsed(const Address& address, double now) const {
    return !address.health.isDown() && now >= address.offUntil;
  }

  std::vector<Address> addresses_;
  CallPace pace_;
  double nextTurnAt_ = 0;
  std::optional<Registration> registration_;
  size_t registerAt_ = 0;
};

}  // namespace board::sip
