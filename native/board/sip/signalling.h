// Signalling as the board needs it: legs to a trunk's peer, and whether the peer answers. What is behind it, libre, is
// in boardhost-sip alone. The commands may be given from any thread, under the board's lock; they return at once. Events
// come on the thread of signalling, never from within a command.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "board/sip/config.h"
#include "board/sip/media/audio_stream.h"
#include "board/sip/words/final_response.h"

namespace board::sip {

using LegId = uint64_t;  // never 0, never used again

struct Invite {
  size_t trunk = 0;    // place in the configuration
  size_t address = 0;  // of the trunk's, from 0
  std::string number;  // checked: an optional + and digits
  std::string callerId;
  uint16_t rtpPort = 0;
  uint32_t channel = 0;     // for the trace
  std::string attemptId{};  // of the call whose channel it is
  // Of a call to an agent: the number of the one that is handed over. Empty: it is no call to an agent.
  std::string handsOver{};
};

class SignallingEvents {
 public:
  virtual ~SignallingEvents() = default;
  // A provisional response.
  virtual void progressed(LegId leg, bool alerting, const std::optional<MediaPlan>& media) = 0;
  virtual void answered(LegId leg, const MediaPlan& media) = 0;
  // The far end of an answered leg said by INFO that a key was pressed.
  virtual void keyPressed(LegId leg, char key) = 0;
  // The far end of an answered leg changed its media: another address, hold.
  virtual void mediaChanged(LegId leg, const MediaPlan& media) = 0;
  // An answered leg lives no longer than this unless it is refreshed (RFC 4028), by us with refresh() or by the far end;
  // comes again with each refresh. 0: as long as it likes.
  virtual void sessionLasts(LegId leg, int seconds, bool weRefresh) = 0;
  // Once, and nothing of the leg after it.
  virtual void ended(LegId leg, const Ending& ending) = 0;
  // What became of ask().
  virtual void asked(LegId leg, bool lives) = 0;
  // What became of a REFER: refused itself, or taken and then told by NOTIFY: 100 to 699.
  virtual void referRefused(LegId leg, int status) = 0;
  virtual void referTold(LegId leg, int status) = 0;
  // An answer to probe(), whatever it says.
  virtual void peerAnswered(size_t trunk, size_t address) = 0;
  // What became of registerAt(). `status` 0: nothing was answered; `retryAfterS` -1: not said.
  virtual void registered(size_t trunk, int expiresS) = 0;
  virtual void registrationFailed(size_t trunk, int status, int retryAfterS) = 0;
};

struct SignallingCounts {
  uint64_t strangers = 0;           // requests of nobody we know, and any of STUN, left without an answer
  uint64_t refused = 0;             // requests of peers that are of no dialog of ours
  uint64_t refusedConnections = 0;  // by TCP and TLS: of nobody we know, or too many at once; closed
  uint64_t received = 0, sent = 0;  // messages
};

// A message that went over the wire, for people.
struct TracedMessage {
  int64_t unixMs = 0;
  bool sent = false;
  uint32_t channel = 0;  // of the call, 0: none
  std::string peer, line, callId;
};

class Signalling {
 public:
  virtual ~Signalling() = default;  // closes

  // Throws OpenError: the port is taken, a trunk's name has no address, a file of its cannot be used.
  virtual void open(const Config& config, SignallingEvents& events) = 0;
  // How many addresses a trunk has, once open: at least one.
  virtual size_t addresses(size_t trunk) const = 0;
  // Whether one of them is of IPv6, and with it the media of a call there.
  virtual bool isV6(size_t trunk, size_t address) const = 0;
  virtual void invite(LegId leg, const Invite& invite) = 0;
  // CANCEL or BYE, whatever the leg needs. No event of it comes any more.
  virtual void end(LegId leg) = 0;
  // Of a leg that nothing has answered yet: its INVITE goes out no more, and ended() tells whether it may have arrived.
  // Nothing happens where a response was quicker.
  virtual void giveUp(LegId leg) = 0;
  // Asks the far end of an answered leg to call an extension at the peer of `trunk`; `replaces`: in the place of our
  // answered leg there, 0: none.
  virtual void refer(LegId leg, size_t trunk, const std::string& extension, LegId replaces) = 0;
  virtual void refresh(LegId leg) = 0;
  // Asks the far end of an answered leg whether its call is up there (OPTIONS in the dialog): what saysCallIsOver(), or is not
  // answered at all, is not. An exchange between may answer for it.
  virtual void ask(LegId leg) = 0;
  virtual void probe(size_t trunk, size_t address) = 0;
  // REGISTER. Only of trunks that register.
  virtual void registerAt(size_t trunk, size_t address) = 0;
  // Returns when all that has arrived, and all that was commanded, has been dealt with. Not under the board's lock.
  virtual void settle() = 0;
  virtual SignallingCounts counts() const = 0;
  // For diagnostics, once open: "192.0.2.1:5060"; why a trunk's connection was refused last (empty: it was not); the last
  // messages.
  virtual std::string addressText(size_t trunk, size_t address) const = 0;
  virtual std::string transportFault(size_t trunk) const = 0;
  virtual std::vector<TracedMessage> messages() const = 0;
  // Ends what is up. No event comes after it. Twice is harmless.
  virtual void close() = 0;
};

// Whether this program has a SIP stack.
bool hasSignalling();
// Throws OpenError NOT_SUPPORTED where it has none.
std::unique_ptr<Signalling> makeSignalling();

}  // namespace board::sip
