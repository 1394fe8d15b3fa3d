// Signalling on libre: one stack, its calls, and who may speak to it.
#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "board/made_board.h"
#include "board/sip/media/rtp_socket.h"
#include "board/sip/signalling.h"
#include "board/sip/signalling/call.h"
#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/message.h"
#include "board/sip/signalling/sip_thread.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr uint32_t kTableSize = 1024;  // of libre's hash tables, a power of two

struct Peer {
  const Trunk* trunk = nullptr;
  std::vector<uint32_t> addresses;
  std::string address;  // "192.0.2.1:5060" of the first
  std::string domain;
};

std::vector<uint32_t> addressesOf(const Trunk& trunk) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(trunk.host.c_str(), nullptr, &wanted, &found) != 0)
    throw OpenError("BOARD_ERROR", "trunks: " + trunk.name + ": " + trunk.host + " has no IPv4 address");
  std::vector<uint32_t> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
    addresses.push_back(ntohl(reinterpret_cast<const sockaddr_in*>(each->ai_addr)->sin_addr.s_addr));
  ::freeaddrinfo(found);
  return addresses;
}

class SipStack final : public Signalling {
 public:
  ~SipStack() override { close(); }

  void open(const Config& config, SignallingEvents& events) override {
    config_ = config;
    events_ = &events;
    for (const Trunk& trunk : config_.trunks) {
      Peer peer{.trunk = &trunk, .addresses = addressesOf(trunk), .address = {}, .domain = {}};
      peer.address = hostPort(ipText(peer.addresses.front()), trunk.port);
      const std::string& host = trunk.domain.empty() ? trunk.host : trunk.domain;
      peer.domain = ipOf(host) != 0 ? hostPort(host, trunk.port) : host;
      known_.insert(peer.addresses.begin(), peer.addresses.end());
      peers_.push_back(std::move(peer));
    }
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
      const Peer& peer = peers_[invite.trunk];
      auto call = std::make_unique<Call>(CallPlace{.stack = stack_.get(),
                                                   .trunk = peer.trunk,
                                                   .peer = peer.address,
                                                   .domain = peer.domain,
                                                   .ip = ipOf(config_.bind),
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

  void refer(LegId leg, size_t trunk, const std::string& extension, LegId replaces) override {
    withCall(leg, [this, trunk, extension, replaces](Call& call) {
      const auto other = calls_.find(replaces);
      call.refer(extension, peers_[trunk].domain, other == calls_.end() ? nullptr : other->second.get());
    });
  }

  void probe(size_t trunk) override {
    thread_.post([this, trunk] { sendOptions(trunk); });
  }

  void settle() override {
    for (uint64_t before = ~uint64_t{0}; before != activity_.load();) {
      before = activity_.load();
      thread_.passThrough();
    }
  }

  SignallingCounts counts() const override {
    return {.strangers = strangers_, .refused = refused_, .received = received_, .sent = sent_};
  }

  void close() override {
    thread_.stop([this] { endAll(); });
  }

 private:
  void begin() {
    LibreStack* made = nullptr;
    if (sip_alloc(&made, nullptr, kTableSize, kTableSize, kTableSize, "cpd-dialler " CPD_VERSION, nullptr,
                  this) != 0)
      throw OpenError("BOARD_ERROR", "the SIP stack does not start");
    stack_.reset(made);
    sip_set_trace_handler(made, traced);
    sa address;
    sa_set_in(&address, ipOf(config_.bind), static_cast<uint16_t>(config_.sipPort));
    const int error = sip_transp_add(made, SIP_TRANSP_UDP, &address);
    if (error != 0)
      throw OpenError("BOARD_ERROR", "sipPort: " + config_.bind + ":" + std::to_string(config_.sipPort) +
                                         " cannot be bound: " + std::generic_category().message(error));
    if (sip_listen(&requests_, made, true, requested, this) != 0 ||
        sip_listen(&responses_, made, false, responded, this) != 0)
      throw OpenError("BOARD_ERROR", "the SIP stack does not listen");
    probes_.resize(peers_.size());
    for (size_t i = 0; i < peers_.size(); ++i) probes_[i] = {this, i, nullptr};
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

  void sendOptions(size_t trunk) {
    Probe& probe = probes_[trunk];
    mem_deref(std::exchange(probe.request, nullptr));
    const Peer& peer = peers_[trunk];
    const std::string uri = "sip:" + peer.domain;
    const std::string route = "sip:" + peer.address;
    const std::string from = "sip:" + ipText(ipOf(config_.bind));
    const char* routes[] = {route.c_str()};
    sip_dialog* dialog = nullptr;
    if (sip_dialog_alloc(&dialog, uri.c_str(), uri.c_str(), nullptr, from.c_str(), routes,
                         peer.domain == peer.address ? 0 : 1) != 0)
      return;
    const Ref<sip_dialog> held(dialog);
    (void)sip_drequestf(&probe.request, stack_.get(), true, "OPTIONS", dialog, 0, nullptr, nullptr, probed,
                        &probe, "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n");
  }

  static void probed(int error, const sip_msg* response, void* probe) {
    const Probe& of = *static_cast<Probe*>(probe);
    // Whatever a peer says, it is there.
    if (error == 0 && response != nullptr && response->scode >= 200)
      of.stack->events_->peerAnswered(of.trunk);
  }

  static void traced(bool sent, sip_transp /*transport*/, const sa* /*from*/, const sa* /*to*/,
                     const uint8_t* /*bytes*/, size_t /*length*/, void* self) {
    auto& stack = *static_cast<SipStack*>(self);
    ++stack.activity_;
    ++(sent ? stack.sent_ : stack.received_);
  }

  static bool requested(const sip_msg* request, void* self) {
    static_cast<SipStack*>(self)->take(request);
    return true;  // whatever it was: libre would answer by itself
  }

  static bool responded(const sip_msg* response, void* self) {
    auto& stack = *static_cast<SipStack*>(self);
    const auto found = stack.byId_.find(text(response->callid));
    const bool answer = response->scode >= 200 && response->scode < 300 && is2xxOfInvite(response);
    if (stack.isKnown(response) && found != stack.byId_.end() && answer)
      found->second->takeLateAnswer(response);
    return true;
  }

  static bool is2xxOfInvite(const sip_msg* response) { return pl_strcmp(&response->cseq.met, "INVITE") == 0; }

  bool isKnown(const sip_msg* message) const {
    return sa_af(&message->src) == AF_INET && known_.contains(sa_in(&message->src));
  }

  void take(const sip_msg* request) {
    if (!isKnown(request)) {
      ++strangers_;
      return;
    }
    const auto found = byId_.find(text(request->callid));
    if (found != byId_.end() && found->second->isOf(request)) return found->second->take(request);
    if (isMethod(request, "ACK")) return;
    if (isMethod(request, "OPTIONS") && !pl_isset(&request->to.tag)) {
      (void)sip_treply(nullptr, stack_.get(), request, 200, "OK");
      return;
    }
    ++refused_;
    // Nothing is ever answered but in dialogs of ours: whoever could make this host call would call at its owner's cost.
    if (pl_isset(&request->to.tag)) {
      (void)sip_treply(nullptr, stack_.get(), request, 481, "Call/Transaction Does Not Exist");
    } else {
      (void)sip_treply(nullptr, stack_.get(), request, 403, "Forbidden");
    }
  }

  void endAll() {
    for (Probe& probe : probes_) mem_deref(std::exchange(probe.request, nullptr));
    std::vector<LegId> legs;
    for (const auto& [leg, call] : calls_) legs.push_back(leg);
    for (const LegId leg : legs) {
      const auto found = calls_.find(leg);
      if (found != calls_.end()) found->second->end();
    }
    byId_.clear();
    gone_.clear();
    calls_.clear();
    mem_deref(std::exchange(requests_, nullptr));
    mem_deref(std::exchange(responses_, nullptr));
    if (stack_) sip_close(stack_.get(), true);
    stack_.reset();
  }

  struct Probe {
    SipStack* stack = nullptr;
    size_t trunk = 0;
    LibreRequest* request = nullptr;
  };

  Config config_;
  SignallingEvents* events_ = nullptr;
  std::vector<Peer> peers_;
  std::set<uint32_t> known_;
  std::atomic<uint64_t> activity_{0}, strangers_{0}, refused_{0}, received_{0}, sent_{0};

  // Of libre's thread.
  Ref<LibreStack> stack_;
  sip_lsnr* requests_ = nullptr;  // libre writes here when they go
  sip_lsnr* responses_ = nullptr;
  std::vector<Probe> probes_;
  std::map<LegId, std::unique_ptr<Call>> calls_;
  std::map<std::string, Call*> byId_;
  std::vector<std::unique_ptr<Call>> gone_;

  SipThread thread_;  // last: it uses the above
};

}  // namespace

bool hasSignalling() { return true; }

std::unique_ptr<Signalling> makeSignalling() { return std::make_unique<SipStack>(); }

}  // namespace board::sip
