// One leg at the level of SIP: an INVITE of ours and the dialogs that came of it. On libre's thread alone.
//
// A call that the board has ended lives on until the network knows: a CANCEL waits for a provisional response, an answer
// that crosses it is acknowledged and ended with BYE. Redirections are not followed. A second answer of another far end
// (a fork) is acknowledged and ended at once: somebody pays for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "board/sip/signalling.h"
#include "board/sip/signalling/digest.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/session_description.h"

namespace board::sip {

// What a call needs of the stack that it is in.
struct CallPlace {
  LibreStack* stack = nullptr;
  const Trunk* trunk = nullptr;
  std::string peer;    // "192.0.2.1:5060": where requests go
  std::string domain;  // in URIs
  uint32_t ip = 0;     // ours
  SignallingEvents* events = nullptr;
};

class Call {
 public:
  // `over`: it can be forgotten; called last of all, from within a handler of libre's.
  Call(CallPlace place, LegId leg, const Invite& invite, std::function<void(Call&)> over);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  void invite();
  void end();
  void refer(const std::string& extension, const std::string& domain, const Call* replaces);

  LegId leg() const { return leg_; }
  const std::string& callId() const { return callId_; }
  bool isOf(const sip_msg* request) const;

  // Requests of the far end in a dialog of this call.
  void take(const sip_msg* request);
  // A 2xx that no transaction waits for: a repeated one, or of a fork.
  void takeLateAnswer(const sip_msg* response);

 private:
  enum class State : uint8_t { kCalling, kUp, kEnding, kOver };

  static int addContact(sip_transp transport, const sa* source, const sa* to, mbuf* to_message, void* self);
  static void inviteAnswered(int error, const sip_msg* response, void* self);
  static void byeAnswered(int error, const sip_msg* response, void* self);
  static void referAnswered(int error, const sip_msg* response, void* self);
  static void repeatOk(void* self);

  std::string target() const;
  std::string identity() const;
  void provisional(const sip_msg* response);
  void accepted(const sip_msg* response);
  void refused(const sip_msg* response);
  bool authenticates(const sip_msg* response, const char* method, const std::string& uri);
  void acknowledge(sip_dialog* dialog, uint32_t sequence);
  void bye();
  void sendRefer();
  void finish();
  void tellEnded(const Ending& ending);
  void takeBye(const sip_msg* request);
  void takeOffer(const sip_msg* request, bool isInvite);
  void takeAck(const sip_msg* request);
  void takeNotify(const sip_msg* request);
  void answerOffer(const sip_msg* request, bool isInvite, const std::string& sdp);

  CallPlace place_;
  const LegId leg_;
  const Invite invite_;
  std::function<void(Call&)> over_;
  SessionDescription media_;
  State state_ = State::kCalling;
  bool told_ = false;  // the board hears nothing of it any more
  bool alerted_ = false;
  Ref<sip_dialog> base_;  // unconfirmed: dialogs fork from it
  Ref<sip_dialog> dialog_;
  std::string callId_;
  std::string remoteTarget_, remoteTag_, localTag_;
  LibreRequest* inviting_ = nullptr;  // libre clears them
  LibreRequest* ending_ = nullptr;
  LibreRequest* referring_ = nullptr;
  std::string authorization_;  // header line for the next request
  std::string lastNonce_;
  std::string referTo_;
  bool referAuthenticated_ = false, byeAuthenticated_ = false;
  // The 200 to a re-INVITE, repeated until its ACK.
  Ref<mbuf> ok_;
  Ref<sip_msg> okTo_;
  tmr okTimer_{};
  int okRepeats_ = 0;
  bool offeredInOk_ = false;
};

}  // namespace board::sip
