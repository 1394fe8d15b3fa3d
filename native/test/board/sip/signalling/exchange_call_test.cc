// Whole calls with the stand-in exchange, by each transport: INVITE to BYE in one dialog, and what comes of it at both ends.
#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "board/sip/signalling.h"
#include "sipexchange/exchange.h"
#include "sipexchange/stream_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;

namespace {

class Told final : public NoEvents {
 public:
  void progressed(LegId /*leg*/, bool alerting, const std::optional<MediaPlan>& /*media*/) override {
    rang = rang || alerting;
  }
  void answered(LegId /*leg*/, const MediaPlan& media) override {
    peerIsV6 = media.peer.ip.isV6();
    secret = media.cipher != nullptr;
    up = true;
  }
  void mediaChanged(LegId /*leg*/, const MediaPlan& /*media*/) override { ++changes; }
  void ended(LegId /*leg*/, const Ending& ending) override {
    by = ending.by;
    over = true;
  }

  std::atomic<bool> rang = false, up = false, secret = false, peerIsV6 = false, over = false;
  std::atomic<int> changes = 0;
  std::atomic<Ending::By> by{};
};

// Somebody at 5550001 who answers, and hangs up after `talkMs`.
board::sim::Config somebody(int32_t talkMs) {
  board::sim::Config world;
  board::sim::Subscriber subscriber;
  subscriber.number = "5550001";
  subscriber.ringMs = 200;
  subscriber.patienceMs = talkMs;
  world.world.subscribers.push_back(std::move(subscriber));
  return world;
}

// A certificate in a file, as long as this is there.
class AuthorityFile {
 public:
  explicit AuthorityFile(const std::string& certificate) { std::ofstream(name_) << certificate; }
  ~AuthorityFile() { (void)::unlink(name_.c_str()); }
  AuthorityFile(const AuthorityFile&) = delete;
  AuthorityFile& operator=(const AuthorityFile&) = delete;
  const std::string& name() const { return name_; }

 private:
  const std::string name_ = "/tmp/exchange-call-test-" + std::to_string(::getpid()) + ".pem";
};

// Where the exchange and the board are.
struct Places {
  std::string exchange = loopback(1), board = loopback(0);
  int exchangePort = 5080, boardPort = 5060;
};

const Places kV6 = {"::1", "::1", v6Port(0), v6Port(1)};

struct Call {
  Call(const std::string& transport, sipexchange::Habits habits, int32_t talkMs, const Places& at = {})
      : certificate(transport == "tls" ? sipexchange::makeCertificate(at.exchange) : ""), file(certificate) {
    habits.transport = transport;
    habits.certificate = certificate;
    exchange = std::make_unique<sipexchange::Exchange>(somebody(talkMs), habits, at.exchange,
                                                       static_cast<uint16_t>(at.exchangePort));
    Config config;
    config.bind = at.board;
    config.sipPort = at.boardPort;
    Trunk trunk;
    trunk.name = "peer";
    trunk.transport = transport;
    if (transport == "tls") trunk.caFile = file.name();
    trunk.srtp = transport == "tls" ? "required" : "none";
    trunk.addresses = {{at.exchange, at.exchangePort}};
    config.trunks.push_back(std::move(trunk));
    signalling->open(config, told);
    signalling->invite(1, {.trunk = 0, .address = 0, .number = "5550001", .callerId = "", .rtpPort = 20'000});
  }
  ~Call() { signalling->close(); }

  // 20 ms of the exchange's after the other until this is so, or for as long as a minute of its.
  template <typename Condition>
  bool until(Condition condition) {
    for (int tick = 0; tick < 3'000; ++tick) {
      if (condition()) return true;
      exchange->step();
      // What either sent has arrived and been answered before more of its time goes by.
      do signalling->settle();
      while (exchange->drain());
    }
    return condition();
  }

  Told told;
  const std::string certificate;
  const AuthorityFile file;
  std::unique_ptr<sipexchange::Exchange> exchange;
  std::unique_ptr<Signalling> signalling = makeSignalling();
};

}  // namespace

TEST_CASE("sip call at the exchange: rings, is answered, and is ended by us") {
  for (const char* transport : {"udp", "tcp", "tls"}) {
    CAPTURE(transport);
    Call call(transport, {}, 60'000);
    REQUIRE(call.until([&] { return call.told.up.load(); }));
    CHECK(call.told.rang);
    CHECK(call.told.secret == (std::string(transport) == "tls"));
    call.signalling->end(1);
    CHECK(call.until([&] { return call.exchange->calls() == 0; }));
    CHECK_FALSE(call.told.over);
  }
}

TEST_CASE("sip call at the exchange: is held and taken back, and ended by the far end") {
  for (const char* transport : {"udp", "tcp", "tls"}) {
    CAPTURE(transport);
    sipexchange::Habits habits;
    habits.holdsWhenUp = true;
    Call call(transport, habits, 4'000);
    REQUIRE(call.until([&] { return call.told.over.load(); }));
    CHECK(call.told.changes == 2);
    CHECK(call.told.by == Ending::By::kBye);
    CHECK(call.exchange->calls() == 0);
  }
}

TEST_CASE("sip call at the exchange: by IPv6, by each transport, from either end") {
  if (!hasV6()) return;
  for (const char* transport : {"udp", "tcp", "tls"}) {
    CAPTURE(transport);
    {
      Call call(transport, {}, 60'000, kV6);
      REQUIRE(call.until([&] { return call.told.up.load(); }));
      CHECK(call.told.rang);
      CHECK(call.told.peerIsV6);
      CHECK(call.signalling->isV6(0, 0));
      CHECK(call.signalling->addressText(0, 0) == "[::1]:" + std::to_string(kV6.exchangePort));
      call.signalling->end(1);
      CHECK(call.until([&] { return call.exchange->calls() == 0; }));
    }
    sipexchange::Habits habits;
    habits.holdsWhenUp = true;
    Call call(transport, habits, 4'000, kV6);
    REQUIRE(call.until([&] { return call.told.over.load(); }));
    CHECK(call.told.changes == 2);
    CHECK(call.told.by == Ending::By::kBye);
  }
}
