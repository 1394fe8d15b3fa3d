// One call at the stand-in exchange: its dialog, its sound, and who answers, which is a line of the simulator's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "board/sim/exchange.h"
#include "board/sim/line.h"
#include "sipexchange/message.h"
#include "sipexchange/srtp.h"
#include "sipexchange/udp_port.h"

namespace sipexchange {

// What goes wrong, or is done in another way, on request.
struct Habits {
  bool refusesRefer = false;      // 501 to every REFER
  bool silentAfterRefer = false;  // takes it, and says nothing more
  bool holdsWhenUp = false;    // a re-INVITE with "sendonly" a second after the answer, and one that ends it
  bool forks = false;          // a second far end answers too
  bool repeatsOk = false;      // its answers come twice
  bool crossesCancel = false;  // an answer crosses the CANCEL
  bool redirects = false;      // 302 to every call
  bool unavailable = false;    // 503 with Retry-After: 20 to the calls of the first 20 s
  bool limits = false;         // 403 to every other call, of a limit
  bool registers = false;      // takes calls of who is registered alone, for 60 s at most
  bool refusesRegister = false;    // 403 to every REGISTER
  bool reliable = false;           // waits for a PRACK before it goes on
  bool sessions = false;           // ends calls that are not refreshed for 8 s, and wants the caller to do it
  bool refreshes = false;          // the same, and does it itself, twice
  bool plainMedia = false;         // answers SRTP with RTP
  bool namedContact = false;       // its Contact is a name that nobody can look up
  bool longSessions = false;       // 422 to sessions of less than an hour
  bool silentAgents = false;       // its extensions send no sound any more, 3 s after they answered
  bool forgetsCalls = false;       // 481 to OPTIONS in a call
  bool lateMedia = false;          // nothing is heard of it before the answer, nor a second after it
  bool noEvents = false;           // keys are in its sound alone
  bool ignoresOptions = false;     // no answer to OPTIONS between 20 s and 40 s; calls go on
  double jitterMs = 0;             // each packet of its sound comes up to so much later, by itself
  double lossPercent = 0;          // of these packets, at random
  std::string username, password;  // asks for digest authentication
  std::string transport = "udp";   // or "tcp", "tls"
  std::string certificate;         // of TLS: PEM with its key
};

// Where an exchange is.
struct Place {
  std::string ip;
  uint16_t port = 0;
  std::string transport = "udp";
  bool named = false;  // its Contact is a name that nobody can look up
  // Of its own requests and answers; by TLS as some have it.
  std::string contact(const std::string& user) const {
    const std::string at =
        user + "@" + (named ? "exchange.example.invalid" : inBrackets(ip) + ":" + std::to_string(port));
    if (transport == "tls") return "Contact: <sips:" + at + ">";
    return "Contact: <sip:" + at + (transport == "tcp" ? ";transport=tcp" : "") + ">";
  }
  std::string via(const std::string& branch) const;
};

class FarEnd {
 public:
  using Send = std::function<void(const std::string& text)>;

  FarEnd(const Message& invite, board::sim::Exchange& world, const Habits& habits, const Place& place,
         Send send);

  const std::string& callId() const { return callId_; }
  const std::string& tag() const { return tag_; }
  bool isOver() const { return over_; }

  // A request in its dialog, or a response of the far end's.
  void take(const Message& message);
  // 20 ms go by.
  void step(double now);
  // REFER with Replaces has put somebody else in the place of its peer.
  void replaced();
  // The dialog that a REFER would replace: its Call-ID, once.
  std::string takeReplaces();

 private:
  void answer(int status, const std::string& reason, bool withSdp);
  // Whether the INVITE says that the caller can do this.
  bool offers(const std::string& option) const;
  void sendOk();
  void sendBye(int cause);
  void sendInDialog(const std::string& method, const std::string& headers, const std::string& body);
  void takeRefer(const Message& refer);
  void takeCancel(const Message& cancel);
  void notify(const std::string& status, bool last);
  void stepRefer(double now);
  void stepHabits(double now);
  void stepSession(double now);
  void progress(int status, const std::string& reason, bool withSdp);
  void hear();
  bool speaks() const;
  void sound(cpd::FrameKind kind, const int16_t* samples);
  void pressed(char key);
  void carry();
  void sendRtp(uint8_t type, const std::string& payload, bool marker);
  std::string sdp(const char* direction = "sendrecv") const;
  void readSdp(const std::string& sdp);

  const Message invite_;
  board::sim::Exchange& world_;
  const Habits& habits_;
  const Place place_;
  const Send send_;
  const std::string callId_, tag_;
  board::sim::Called called_;
  board::sim::Line line_;
  UdpPort rtp_;
  std::optional<Address> media_;
  bool alaw_ = false;
  int eventType_ = -1;
  uint16_t sequence_ = 60'000;
  uint32_t timestamp_ = 4'000'000'000;
  bool early_ = false, answered_ = false, acknowledged_ = false, over_ = false, ended_ = false;
  double answeredAt_ = -1, okAt_ = 0;
  int held_ = 0;
  int unacknowledged_ = 0, reliableSent_ = 0;  // provisional responses
  double refreshedAt_ = -1;
  int refreshes_ = 0;
  std::optional<Srtp> sends_, receives_;
  std::minstd_rand network_;                       // what becomes of packets, the same in each run
  std::multimap<double, std::string> onTheirWay_;  // by when they arrive
  uint32_t ownSequence_ = 1;
  int hearsMs_ = 0, heardMs_ = 0, quietMs_ = 1'000;
  std::string replaces_;
  double referAt_ = -1;  // when what became of a REFER is told
  std::string referSays_;
};

}  // namespace sipexchange
