// REGISTER (RFC 3261 section 10) for one trunk: sends it when told, answers its challenge, and tells what was granted.
// When it is due is the board's business. On libre's thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "board/sip/signalling.h"
#include "board/sip/signalling/authenticator.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/transport/peer.h"

namespace board::sip {

class Registrar {
 public:
  Registrar(Peer& peer, size_t trunk, SignallingEvents& events);
  ~Registrar();
  Registrar(const Registrar&) = delete;
  Registrar& operator=(const Registrar&) = delete;

  void send(size_t address);
  // Takes back what was granted (Expires: 0). `over` is let go of when that is answered, or when there is nothing to do.
  void leave(std::shared_ptr<void> over);

 private:
  static int addContact(sip_transp transport, const sa* source, const sa* to, mbuf* message, void* self);
  static void answered(int error, const sip_msg* response, void* self);
  void request();
  void granted(const sip_msg* response);
  void failed(int status, int retryAfterS);
  int grantedBy(const sip_msg* response) const;
  MediaAddress placeOf(const uri& contact) const;

  Peer& peer_;
  const size_t trunk_;
  SignallingEvents& events_;
  Authenticator authenticator_;
  Ref<sip_dialog> dialog_;  // one as long as it goes to one address: the same Call-ID, CSeq that grows
  size_t address_ = 0;
  LibreRequest* request_ = nullptr;  // libre clears it
  MediaAddress told_, bound_;        // where we are, in the last request and in the last that was granted
  int askedS_;
  bool granted_ = false;
  bool learnt_ = false;  // this time, where we are
  std::shared_ptr<void> leaving_;
};

}  // namespace board::sip
