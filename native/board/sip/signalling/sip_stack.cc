// Signalling on libre: one stack, its calls, and who may speak to it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "board/made_board.h"
#include "board/sip/media/ip_address.h"
#include "board/sip/signalling.h"
#include "board/sip/signalling/call.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/message.h"
#include "board/sip/signalling/message_trace.h"
#include "board/sip/signalling/registrar.h"
#include "board/sip/signalling/sip_thread.h"
#include "board/sip/signalling/transport/connection_guard.h"
#include "board/sip/signalling/transport/libre_address.h"
#include "board/sip/signalling/transport/peer.h"
#include "board/sip/signalling/transport/stun_silence.h"
#include "board/sip/signalling/transport/tls_context.h"
#include "board/sip/words/message_summary.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr std::chrono::milliseconds kGoodbye{2'000};  // how long registrars are waited for
constexpr uint32_t kTableSize = 1024;                 // of libre's hash tables, a power of two

class SipStack final : public Signalling {
 public:
  ~SipStack() override { close(); }

  void open(const Config& config, SignallingEvents& events) override {
    config_ = config;
    events_ = &events;
    own_ = ownAddresses(config_);
    for (const Trunk& trunk : config_.trunks) peers_.push_back(findPeer(trunk, own_));
    thread_.start([this] {
      try {
        begin();
      } catch (...) {
        endAll();
        throw;
      }
    });
  }

  void invite(LegId leg, const Invite& invite) override {
    thread_.post([this, leg, invite] {
      auto call = std::make_unique<Call>(CallPlace{.peer = &peers_[invite.trunk],
                                                   .ip = toldAddress(invite.trunk, invite.address),
                                                   .events = events_},
                                         leg, invite, [this](Call& over) { forget(over); });
      Call& made = *call;
      byId_[made.callId()] = &made;
      calls_[leg] = std::move(call);
      made.invite();
    });
  }

  void end(LegId leg) override {
    withCall(leg, [](Call& call) { call.end(); });
  }

  void giveUp(LegId leg) override {
    withCall(leg, [](Call& call) { call.giveUp(); });
  }

  void refresh(LegId leg) override {
    withCall(leg, [](Call& call) { call.refresh(); });
  }

  void ask(LegId leg) override {
    withCall(leg, [](Call& call) { call.ask(); });
  }

  void refer(LegId leg, size_t trunk, const std::string& extension, LegId replaces) override {
    withCall(leg, [this, trunk, extension, replaces](Call& call) {
      const auto other = calls_.find(replaces);
      call.refer(extension, peers_[trunk], other == calls_.end() ? nullptr : other->second.get());
    });
  }

  size_t addresses(size_t trunk) const override { return peers_[trunk].addresses.size(); }
  bool isV6(size_t trunk, size_t address) const override {
    return peers_[trunk].addresses[address].ip.isV6();
  }

  void probe(size_t trunk, size_t address) override {
    thread_.post([this, trunk, address] { sendOptions(trunk, address); });
  }

  void registerAt(size_t trunk, size_t address) override {
    thread_.post([this, trunk, address] { registrars_[trunk]->send(address); });
  }

  void settle() override {
    for (uint64_t before = ~uint64_t{0}; before != activity_.load();) {
      before = activity_.load();
      thread_.passThrough();
    }
  }

  SignallingCounts counts() const override {
    return {.strangers = strangers_,
            .refused = refused_,
            .refusedConnections = guard_.refused(),
            .received = received_,
            .sent = sent_};
  }

  std::string addressText(size_t trunk, size_t address) const override {
    const PeerAddress& at = peers_[trunk].addresses[address];
    return hostPort(at.ip.text(), at.port);
  }

  std::string transportFault(size_t trunk) const override {
    const auto found = secure_.find(trunk);
    return found == secure_.end() ? std::string() : found->second->lastFault();
  }

  std::vector<TracedMessage> messages() const override { return trace_.messages(); }

  void close() override {
    if (!registrars_.empty()) unregister();
    thread_.stop([this] { endAll(); });
  }

 private:
  // A stack of libre's with its listeners: one for the trunks by UDP and TCP, one for each by TLS, since the name that a
  // certificate must have belongs to the stack.
  struct Port {
    SipStack* owner = nullptr;
    const TlsContext* tls = nullptr;
    Ref<LibreStack> stack;
    sip_lsnr* requests = nullptr;  // libre writes here when they go
    sip_lsnr* responses = nullptr;
  };

  void begin() {
    countStunRequests(strangers_);
    const bool plain =
        std::ranges::any_of(config_.trunks, [](const Trunk& trunk) { return trunk.transport != "tls"; });
    if (plain) {
      Port& port = addPort(nullptr);
      addTransport(port, SIP_TRANSP_UDP);
      const bool tcp =
          std::ranges::any_of(config_.trunks, [](const Trunk& trunk) { return trunk.transport == "tcp"; });
      if (tcp) addTransport(port, SIP_TRANSP_TCP);
    }
    for (size_t i = 0; i < peers_.size(); ++i) {
      Peer& peer = peers_[i];
      if (peer.trunk->transport == "tls") {
        secure_[i] = std::make_unique<TlsContext>(*peer.trunk);
        addTransport(addPort(secure_[i].get()), SIP_TRANSP_TLS);
      }
      peer.stack = (peer.trunk->transport == "tls" ? ports_.back() : ports_.front())->stack.get();
      for (size_t address = 0; address < peer.addresses.size(); ++address)
        probes_[{i, address}] = {this, i, address, nullptr};
      if (peer.trunk->registers) registrars_[i] = std::make_unique<Registrar>(peer, i, *events_);
    }
  }

  Port& addPort(const TlsContext* tls) {
    Port& port = *ports_.emplace_back(std::make_unique<Port>());
    port.owner = this;
    port.tls = tls;
    LibreStack* made = nullptr;
    if (sip_alloc(&made, nullptr, kTableSize, kTableSize, kTableSize, "cpd-dialler " CPD_VERSION, nullptr,
                  this) != 0)
      throw OpenError("BOARD_ERROR", "the SIP stack does not start");
    port.stack.reset(made);
    sip_set_trace_handler(made, traced);
    if (sip_listen(&port.requests, made, true, requested, &port) != 0 ||
        sip_listen(&port.responses, made, false, responded, this) != 0)
      throw OpenError("BOARD_ERROR", "the SIP stack does not listen");
    return port;
  }

  // By TLS any port does: the peer finds it in our Contact, or uses the connection that is there.
  void addTransport(const Port& port, sip_transp transport) {
    const bool tls = transport == SIP_TRANSP_TLS;
    for (const IpAddress& own : {own_.v4, own_.v6}) {
      if (!own.isSet()) continue;
      const sa address = libreAddress(own, tls ? 0 : static_cast<uint16_t>(config_.sipPort));
      const GuardedListening guarded(guard_);
      const int error =
          sip_transp_add(port.stack.get(), transport, &address, tls ? port.tls->get() : nullptr);
      if (error != 0)
        throw OpenError("BOARD_ERROR", "sipPort: " + hostPort(own.text(), config_.sipPort) +
                                           " cannot be bound: " + std::generic_category().message(error));
    }
  }

  // Calls end, and registrars forget us, as far as they answer in time. It is over when nobody holds `left` any more.
  void unregister() {
    auto left = std::make_shared<std::promise<void>>();
    const std::future<void> over = left->get_future();
    thread_.post([this, left = std::move(left)] {
      endCalls();
      for (const auto& [trunk, registrar] : registrars_) registrar->leave(left);
    });
    (void)over.wait_for(kGoodbye);
  }

  template <typename Act>
  void withCall(LegId leg, Act act) {
    thread_.post([this, leg, act] {
      const auto found = calls_.find(leg);
      if (found != calls_.end()) act(*found->second);
    });
  }

  // From within a handler of libre's for this very call: it goes when that is over.
  void forget(Call& call) {
    const auto found = calls_.find(call.leg());
    if (found == calls_.end()) return;
    byId_.erase(call.callId());
    gone_.push_back(std::move(found->second));
    calls_.erase(found);
    ++activity_;
    thread_.post([this] { gone_.clear(); });
  }

  // Where an address of a trunk's is told that we are.
  IpAddress toldAddress(size_t trunk, size_t address) const {
    return peers_[trunk].announcedFor(address, {own_.of(isV6(trunk, address)), 0}).ip;
  }

  void sendOptions(size_t trunk, size_t address) {
    Probe& probe = probes_.at({trunk, address});
    mem_deref(std::exchange(probe.request, nullptr));
    const Peer& peer = peers_[trunk];
    const std::string uri = "sip:" + peer.domain;
    const std::string route = peer.route(address);
    const std::string from = "sip:" + hostPort(toldAddress(trunk, address).text(), 0);
    const char* routes[] = {route.c_str()};
    sip_dialog* dialog = nullptr;
    if (sip_dialog_alloc(&dialog, uri.c_str(), uri.c_str(), nullptr, from.c_str(), routes,
                         route.empty() ? 0 : 1) != 0)
      return;
    const Ref<sip_dialog> held(dialog);
    (void)sip_drequestf(&probe.request, peer.speaking(address), true, "OPTIONS", dialog, 0, nullptr, nullptr,
                        probed, &probe, "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n");
  }

  static void probed(int error, const sip_msg* response, void* probe) {
    const Probe& of = *static_cast<Probe*>(probe);
    if (error == 0 && response != nullptr) (void)of.owner->peers_[of.trunk].learnFrom(of.address, response);
    // Whatever a peer says, it is there.
    if (error == 0 && response != nullptr && response->scode >= 200)
      of.owner->events_->peerAnswered(of.trunk, of.address);
  }

  static void traced(bool sent, sip_transp /*transport*/, const sa* from, const sa* to, const uint8_t* bytes,
                     size_t length, void* self) {
    auto& stack = *static_cast<SipStack*>(self);
    ++stack.activity_;
    ++(sent ? stack.sent_ : stack.received_);
    const sa* peer = sent ? to : from;
    if (!sent && !stack.isKnown(*peer)) return;
    const std::string_view message(reinterpret_cast<const char*>(bytes), length);
    MessageSummary summary = summaryOf(message);
    const auto call = stack.byId_.find(summary.callId);
    if (sent && call != stack.byId_.end() && message.starts_with("INVITE ")) call->second->sent();
    stack.trace_.add({.unixMs = unixMs(),
                      .sent = sent,
                      .channel = call == stack.byId_.end() ? 0 : call->second->channel(),
                      .peer = hostPort(ipOf(*peer).text(), sa_port(peer)),
                      .line = std::move(summary.line),
                      .callId = std::move(summary.callId)});
  }

  static int64_t unixMs() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

  static bool requested(const sip_msg* request, void* port) {
    const Port& at = *static_cast<Port*>(port);
    at.owner->take(request, at.stack.get());
    return true;  // whatever it was: libre would answer by itself
  }

  static bool responded(const sip_msg* response, void* self) {
    auto& stack = *static_cast<SipStack*>(self);
    const auto found = stack.byId_.find(text(response->callid));
    const bool ofInvite = pl_strcmp(&response->cseq.met, "INVITE") == 0;
    if (stack.isKnown(response->src) && found != stack.byId_.end() && ofInvite)
      found->second->takeLate(response);
    return true;
  }

  bool isKnown(const sa& from) const {
    const IpAddress ip = ipOf(from);
    return std::ranges::any_of(peers_, [&](const Peer& peer) { return peer.isFrom(ip); });
  }

  void take(const sip_msg* request, LibreStack* stack) {
    if (!isKnown(request->src)) {
      ++strangers_;
      return;
    }
    const auto found = byId_.find(text(request->callid));
    if (found != byId_.end() && found->second->isOf(request)) return found->second->take(request);
    if (isMethod(request, "ACK")) return;
    if (isMethod(request, "OPTIONS") && !pl_isset(&request->to.tag)) {
      (void)sip_treply(nullptr, stack, request, 200, "OK");
      return;
    }
    ++refused_;
    // Nothing is ever answered but in dialogs of ours: whoever could make this host call would call at its owner's cost.
    if (pl_isset(&request->to.tag)) {
      (void)sip_treply(nullptr, stack, request, 481, "Call/Transaction Does Not Exist");
    } else {
      (void)sip_treply(nullptr, stack, request, 403, "Forbidden");
    }
  }

  void endCalls() {
    std::vector<LegId> legs;
    for (const auto& [leg, call] : calls_) legs.push_back(leg);
    for (const LegId leg : legs) {
      const auto found = calls_.find(leg);
      if (found != calls_.end()) found->second->end();
    }
  }

  void endAll() {
    for (auto& [place, probe] : probes_) mem_deref(std::exchange(probe.request, nullptr));
    registrars_.clear();
    endCalls();
    byId_.clear();
    gone_.clear();
    calls_.clear();
    for (const std::unique_ptr<Port>& port : ports_) {
      mem_deref(std::exchange(port->requests, nullptr));
      mem_deref(std::exchange(port->responses, nullptr));
      if (port->stack) sip_close(port->stack.get(), true);
      port->stack.reset();
    }
    ports_.clear();
  }

  struct Probe {
    SipStack* owner = nullptr;
    size_t trunk = 0, address = 0;
    LibreRequest* request = nullptr;
  };

  Config config_;
  SignallingEvents* events_ = nullptr;
  std::vector<Peer> peers_;
  OwnAddresses own_;
  std::map<size_t, std::unique_ptr<TlsContext>> secure_;  // by trunk; as long as the board, for its report
  MessageTrace trace_;
  std::atomic<uint64_t> activity_{0}, strangers_{0}, refused_{0}, received_{0}, sent_{0};

  // Of libre's thread.
  ConnectionGuard guard_{[this](const sa& from) { return isKnown(from); }};  // longer than the ports
  std::vector<std::unique_ptr<Port>> ports_;
  std::map<std::pair<size_t, size_t>, Probe> probes_;  // by trunk and address
  std::map<size_t, std::unique_ptr<Registrar>> registrars_;
  std::map<LegId, std::unique_ptr<Call>> calls_;
  std::map<std::string, Call*> byId_;
  std::vector<std::unique_ptr<Call>> gone_;

  SipThread thread_;  // last: it uses the above
};

}  // namespace

bool hasSignalling() { return true; }

std::unique_ptr<Signalling> makeSignalling() { return std::make_unique<SipStack>(); }

}  // namespace board::sip
