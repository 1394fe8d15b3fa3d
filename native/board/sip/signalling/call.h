// One leg at the level of SIP: an INVITE of ours and the dialogs that came of it. On libre's thread alone.
//
// A call that the board has ended lives on until the network knows: a CANCEL waits for a provisional response, an answer
// that crosses it is acknowledged and ended with BYE. Redirections are not followed. A second answer of another far end
// (a fork) is acknowledged and ended at once: somebody pays for it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "board/sip/signalling.h"
#include "board/sip/signalling/authenticator.h"
#include "board/sip/signalling/far_dialog.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/session_description.h"
#include "board/sip/signalling/transport/peer.h"

namespace board::sip {

// What a call needs of the stack that it is in.
struct CallPlace {
  const Peer* peer = nullptr;
  IpAddress ip;  // ours
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
  // Nothing has answered for too long: the INVITE goes out no more.
  void giveUp();
  // A re-INVITE with the same media, so that the far end keeps the call.
  void refresh();
  // OPTIONS in the dialog.
  void ask();
  void refer(const std::string& extension, const Peer& at, const Call* replaces);

  LegId leg() const { return leg_; }
  uint32_t channel() const { return invite_.channel; }
  const std::string& callId() const { return callId_; }
  bool isOf(const sip_msg* request) const { return dialogOf(request) != nullptr; }

  // Requests of the far end in a dialog of this call.
  void take(const sip_msg* request);
  // The INVITE is on its way: from now on the far end may have it.
  void sent() { sent_ = true; }
  // A response to the INVITE that no transaction waits for: a repeated 2xx, one of a fork, or what comes after all to an
  // INVITE that was given up.
  void takeLate(const sip_msg* response);

 private:
  enum class State : uint8_t { kCalling, kUp, kEnding, kOver };

  static int addContact(sip_transp transport, const sa* source, const sa* to, mbuf* to_message, void* self);
  static void inviteAnswered(int error, const sip_msg* response, void* self);
  static void byeAnswered(int error, const sip_msg* response, void* self);
  static void referAnswered(int error, const sip_msg* response, void* self);
  static void repeatOk(void* self);

  // A far end that has not answered yet: its dialog, and what it had us acknowledge (RFC 3262).
  struct Early {
    Early(Call& call, FarDialog far);
    ~Early() { mem_deref(std::exchange(request, nullptr)); }
    Early(const Early&) = delete;
    Early& operator=(const Early&) = delete;

    Call& call;
    FarDialog far;
    uint32_t sequence = 0;  // RSeq of the last response that was acknowledged
    std::string acknowledged;
    Authenticator authenticator;
    LibreRequest* request = nullptr;  // libre clears it
  };

  static void prackAnswered(int error, const sip_msg* response, void* early);
  static void refreshAnswered(int error, const sip_msg* response, void* self);
  static void askAnswered(int error, const sip_msg* response, void* self);
  void sendAsk();
  sip_dialog* dialogOf(const sip_msg* request) const;
  Early* earlyOf(const sip_msg* response);
  void acknowledgeProvisional(const sip_msg* response);
  static void sendPrack(Early& early);
  void tellSession(const sip_msg* message, bool weAsked);

  std::string target() const;
  std::string identity() const;
  void provisional(const sip_msg* response);
  void accepted(const sip_msg* response);
  void refused(const sip_msg* response);
  bool acknowledge(sip_dialog* dialog, uint32_t sequence);
  void takeLateAnswer(const sip_msg* response);
  void sendLate(const char* method, const sip_msg* response);
  void stopInviting();
  LibreStack* speaking() const { return place_.peer->speaking(invite_.address); }
  TrunkWay way() const { return {.peer = place_.peer, .address = invite_.address}; }
  std::string options() const;
  void sendRefresh();
  std::string sessionHeaders() const;
  void bye();
  void sendRefer();
  void finish();
  void tellEnded(const Ending& ending);
  void takeBye(const sip_msg* request);
  void takeOffer(const sip_msg* request, bool isInvite);
  void takeAck(const sip_msg* request);
  void takeNotify(const sip_msg* request);
  void takeInfo(const sip_msg* request);
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
  FarDialog far_;
  std::map<std::string, std::unique_ptr<Early>> early_;  // by tag
  std::string callId_;
  std::string remoteTag_, localTag_;
  bool sent_ = false, responded_ = false;  // of the INVITE that is out
  tmr lateTimer_{};                        // how long what comes late is waited for
  LibreRequest* inviting_ = nullptr;       // libre clears them
  LibreRequest* ending_ = nullptr;
  LibreRequest* referring_ = nullptr;
  LibreRequest* refreshing_ = nullptr;
  LibreRequest* asking_ = nullptr;
  Authenticator authenticator_, askAuthenticator_;
  int sessionS_, leastSessionS_;  // asked for, and what the network wants at least
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
