#include "board/sip/signalling/registrar.h"

#include <algorithm>
#include <utility>

#include "board/sip/signalling/message.h"
#include "board/sip/signalling/transport/libre_address.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr int kIntervalTooBrief = 423;
constexpr uint32_t kLongestS = 1'000'000;

}  // namespace

Registrar::Registrar(Peer& peer, size_t trunk, SignallingEvents& events)
    : peer_(peer),
      trunk_(trunk),
      events_(events),
      authenticator_(*peer.trunk),
      askedS_(peer.trunk->registerEveryS) {}

Registrar::~Registrar() { mem_deref(std::exchange(request_, nullptr)); }

void Registrar::send(size_t address) {
  mem_deref(std::exchange(request_, nullptr));
  if (!dialog_ || address != address_) {
    address_ = address;
    bound_ = {};
    const std::string who = "sip:" + escapedUser(peer_.trunk->username) + "@" + peer_.domain;
    const std::string route = peer_.route(address);
    const char* routes[] = {route.c_str()};
    sip_dialog* made = nullptr;
    if (sip_dialog_alloc(&made, ("sip:" + peer_.domain).c_str(), who.c_str(), nullptr, who.c_str(), routes,
                         route.empty() ? 0 : 1) != 0)
      return failed(0, -1);
    dialog_.reset(made);
  }
  learnt_ = false;
  authenticator_.startRequest();
  request();
}

void Registrar::leave(std::shared_ptr<void> over) {
  if (!granted_) return;
  leaving_ = std::move(over);
  askedS_ = 0;
  send(address_);
}

void Registrar::request() {
  const int error = sip_drequestf(
      &request_, peer_.speaking(address_), true, "REGISTER", dialog_.get(), 0, nullptr, addContact, answered,
      this, "%sExpires: %d\r\nContent-Length: 0\r\n\r\n", authenticator_.header().c_str(), askedS_);
  if (error != 0) failed(0, -1);
}

void Registrar::failed(int status, int retryAfterS) {
  if (leaving_) return leaving_.reset();
  events_.registrationFailed(trunk_, status, retryAfterS);
}

int Registrar::addContact(sip_transp transport, const sa* source, const sa* /*to*/, mbuf* message,
                          void* self) {
  Registrar& registrar = *static_cast<Registrar*>(self);
  registrar.told_ = {ipOf(*source), sa_port(source)};
  sip_contact contact;
  sip_contact_set(&contact, kContactUser, source, transport);
  const int error = mbuf_printf(message, "%H", sip_contact_print, &contact);
  if (error != 0 || !registrar.bound_.ip.isSet() || registrar.bound_ == registrar.told_) return error;
  // Where we are not any more is taken back.
  const sa before = libreAddress(registrar.bound_.ip, registrar.bound_.port);
  return mbuf_printf(message, "Contact: <sip:%s@%J%s>;expires=0\r\n", kContactUser, &before,
                     sip_transp_param(transport));
}

void Registrar::answered(int error, const sip_msg* response, void* self) {
  Registrar& registrar = *static_cast<Registrar*>(self);
  if (error != 0 || response == nullptr) return registrar.failed(0, -1);
  if (response->scode < 200) return;
  if (response->scode < 300) registrar.bound_ = registrar.told_;
  const bool learnt = registrar.peer_.learnFrom(registrar.address_, response);
  if (response->scode < 300) {
    if (!learnt || registrar.leaving_ || std::exchange(registrar.learnt_, true))
      return registrar.granted(response);
    // What was registered is not where we are seen.
    registrar.authenticator_.startRequest();
    return registrar.request();
  }
  const std::string uri = "sip:" + registrar.peer_.domain;
  if (Authenticator::isChallenge(response) && registrar.authenticator_.answers(response, "REGISTER", uri))
    return registrar.request();
  const int least = numberIn(response, SIP_HDR_MIN_EXPIRES);
  if (response->scode == kIntervalTooBrief && !registrar.leaving_ && least > registrar.askedS_) {
    registrar.askedS_ = least;
    return registrar.request();
  }
  registrar.failed(response->scode, numberIn(response, SIP_HDR_RETRY_AFTER));
}

void Registrar::granted(const sip_msg* response) {
  granted_ = !leaving_;
  if (leaving_) return leaving_.reset();
  events_.registered(trunk_, grantedBy(response));
}

MediaAddress Registrar::placeOf(const uri& contact) const {
  const uint16_t usual = peer_.trunk->transport == "tls" ? SIP_PORT_TLS : SIP_PORT;
  return {ipOf(text(contact.host)), contact.port != 0 ? contact.port : usual};
}

// Of our Contact; a peer that keeps others too lists them all. One that has written ours anew means the one that ends first.
int Registrar::grantedBy(const sip_msg* response) const {
  struct Found {
    const Registrar& of;
    int ours = -1, shortest = -1;
  } found{*this};
  (void)sip_msg_hdr_apply(
      response, true, SIP_HDR_CONTACT,
      [](const sip_hdr* header, const sip_msg* /*message*/, void* into) {
        Found& to = *static_cast<Found*>(into);
        sip_addr address;
        pl value;
        if (sip_addr_decode(&address, &header->val) != 0 || text(address.uri.user) != kContactUser ||
            msg_param_decode(&address.params, "expires", &value) != 0)
          return false;
        const int expires = static_cast<int>(std::min(pl_u32(&value), kLongestS));
        if (expires > 0 && (to.shortest < 0 || expires < to.shortest)) to.shortest = expires;
        if (to.of.placeOf(address.uri) != to.of.told_) return false;
        to.ours = expires;
        return true;
      },
      &found);
  if (found.ours > 0) return found.ours;
  if (found.shortest > 0) return found.shortest;
  const int whole = numberIn(response, SIP_HDR_EXPIRES);
  return whole > 0 ? whole : askedS_;
}

}  // namespace board::sip
