// A board behind a translator (NAT): the exchange sees another address and port than the board's own, and hears of those
// that are configured or learnt.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "board/sip/signalling.h"
#include "sipexchange/exchange.h"
#include "sipexchange/message.h"
#include "sipexchange/stream_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;
using sipexchange::Address;
using sipexchange::addressOf;
using sipexchange::UdpPort;

namespace {

constexpr uint16_t kInside = 5090, kOutside = 6060, kExchange = 5080, kBoard = 5060, kRtp = 20'000;

// Takes messages at an address of the exchange's and gives them on from the public one, and the other way round.
class Translator {
 public:
  // True: there was something.
  bool drain() {
    bool some = false;
    Address from;
    while (const auto text = inside_.receive(from)) {
      some = true;
      out.push_back(*text);
      outside_.send(*text, addressOf(loopback(1), kExchange));
    }
    while (const auto text = outside_.receive(from)) {
      some = true;
      in.push_back(*text);
      inside_.send(*text, addressOf(loopback(0), kBoard));
    }
    return some;
  }

  std::vector<std::string> out, in;

 private:
  UdpPort inside_{loopback(1), kInside}, outside_{loopback(2), kOutside};
};

class Told final : public NoEvents {
 public:
  void answered(LegId /*leg*/, const MediaPlan& /*media*/) override { up = true; }
  void ended(LegId /*leg*/, const Ending& ending) override { byBye = ending.by == Ending::By::kBye; }
  void registered(size_t /*trunk*/, int /*expiresS*/) override { ++registrations; }

  std::atomic<bool> up = false, byBye = false;
  std::atomic<int> registrations = 0;
};

struct Site {
  explicit Site(Trunk trunk, const sipexchange::Habits& habits = {}) {
    board::sim::Config world;
    board::sim::Subscriber subscriber;
    subscriber.number = "5550001";
    subscriber.ringMs = 200;
    subscriber.patienceMs = 2'000;
    world.world.subscribers.push_back(std::move(subscriber));
    exchange = std::make_unique<sipexchange::Exchange>(std::move(world), habits, loopback(1), kExchange);
    trunk.name = "peer";
    trunk.addresses = {{loopback(1), kInside}};
    Config config;
    config.bind = loopback(0);
    config.sipPort = kBoard;
    config.trunks.push_back(std::move(trunk));
    signalling->open(config, told);
  }
  ~Site() { signalling->close(); }

  void call() {
    signalling->invite(1, {.trunk = 0, .address = 0, .number = "5550001", .callerId = "", .rtpPort = kRtp});
  }
  template <typename Condition>
  bool until(Condition condition) {
    for (int tick = 0; tick < 1'000; ++tick) {
      if (condition()) return true;
      exchange->step();
      do signalling->settle();
      while (static_cast<int>(translator.drain()) + static_cast<int>(exchange->drain()) > 0);
    }
    return condition();
  }
  // The first message of ours with that method.
  sipexchange::Message sent(const std::string& method) const {
    for (const std::string& text : translator.out)
      if (const auto message = sipexchange::readMessage(text); message && message->method == method)
        return *message;
    return {};
  }

  Told told;
  std::unique_ptr<sipexchange::Exchange> exchange;
  Translator translator;
  std::unique_ptr<Signalling> signalling = makeSignalling();
};

std::string at(const std::string& ip, int port) { return ip + ":" + std::to_string(port); }

// Via, Contact and the description of what was sent.
void checkNames(const sipexchange::Message& message, const std::string& ip, int port) {
  CHECK(message.header("Via").starts_with("SIP/2.0/UDP " + at(ip, port) + ";"));
  CHECK(message.header("Via").find(";rport") != std::string::npos);
  CHECK(message.header("Contact").find("@" + at(ip, port)) != std::string::npos);
}

}  // namespace

TEST_CASE("translator: without externalAddress the peer is told where we are") {
  Site site({});
  site.call();
  REQUIRE(site.until([&] { return site.told.up.load(); }));
  checkNames(site.sent("INVITE"), loopback(0), kBoard);
  CHECK(site.sent("INVITE").body.find("c=IN IP4 " + loopback(0) + "\r\n") != std::string::npos);
}

TEST_CASE(
    "translator: with externalAddress the peer is told of it in each request and answer, and sends sound "
    "there") {
  Trunk trunk;
  trunk.externalAddress = {loopback(2), kOutside};
  const UdpPort sound(loopback(2), kRtp);
  sipexchange::Habits habits;
  habits.holdsWhenUp = true;
  // What follows the INVITE goes by way of the translator as well.
  habits.namedContact = true;
  Site site(trunk, habits);
  site.call();
  REQUIRE(site.until([&] { return site.told.byBye.load(); }));
  checkNames(site.sent("INVITE"), loopback(2), kOutside);
  checkNames(site.sent("ACK"), loopback(2), kOutside);
  const std::string body = site.sent("INVITE").body;
  CHECK(body.find("c=IN IP4 " + loopback(2) + "\r\n") != std::string::npos);
  CHECK(body.find("m=audio " + std::to_string(kRtp) + " ") != std::string::npos);
  CHECK(body.find(loopback(0)) == std::string::npos);
  int answers = 0;
  for (const std::string& text : site.translator.out) {
    CHECK(text.find(loopback(0)) == std::string::npos);
    if (!text.starts_with("SIP/2.0 200 ") || text.find(" INVITE\r\n") == std::string::npos) continue;
    ++answers;
    CHECK(text.find("Contact: <sip:cpdd@" + at(loopback(2), kOutside)) != std::string::npos);
  }
  CHECK(answers == 2);
  CHECK(site.translator.in.back().starts_with("BYE sip:cpdd@" + at(loopback(2), kOutside)));
  Address from;
  CHECK(sound.receive(from));
}

TEST_CASE(
    "translator: an address without a port leaves the port that we have, one of the other family changes "
    "nothing") {
  Trunk trunk;
  trunk.externalAddress = {loopback(2), 0};
  {
    Site site(trunk);
    site.call();
    REQUIRE(site.until([&] { return site.told.up.load(); }));
    checkNames(site.sent("INVITE"), loopback(2), kBoard);
  }
  trunk.externalAddress = {"2001:db8::1", kOutside};
  Site site(trunk);
  site.call();
  REQUIRE(site.until([&] { return site.told.up.load(); }));
  checkNames(site.sent("INVITE"), loopback(0), kBoard);
  CHECK(site.sent("INVITE").body.find("c=IN IP4 " + loopback(0) + "\r\n") != std::string::npos);
}

TEST_CASE(
    "translator: where we are seen is learnt from the answers to REGISTER and OPTIONS, if the trunk says "
    "so") {
  for (const bool learns : {true, false}) {
    CAPTURE(learns);
    Trunk trunk;
    trunk.learnsAddress = learns;
    trunk.registers = true;
    trunk.username = trunk.password = "dialler";
    sipexchange::Habits habits;
    habits.registers = true;
    habits.username = habits.password = "dialler";
    Site site(trunk, habits);
    site.signalling->registerAt(0, 0);
    REQUIRE(site.until([&] { return site.told.registrations == 1; }));
    site.call();
    REQUIRE(site.until([&] { return site.told.up.load(); }));
    const std::string seen = learns ? loopback(2) : loopback(0);
    const int port = learns ? kOutside : kBoard;
    checkNames(site.sent("INVITE"), seen, port);
    CHECK(site.sent("INVITE").body.find("c=IN IP4 " + seen + "\r\n") != std::string::npos);
    // The first REGISTER could not know it; the one that was granted did.
    checkNames(site.sent("REGISTER"), loopback(0), kBoard);
    std::vector<sipexchange::Message> registers;
    for (const std::string& text : site.translator.out)
      if (const auto message = sipexchange::readMessage(text); message && message->method == "REGISTER")
        registers.push_back(*message);
    REQUIRE(registers.size() == 2);
    checkNames(registers.back(), seen, port);
  }
  Trunk trunk;
  trunk.learnsAddress = true;
  Site site(trunk);
  site.signalling->probe(0, 0);
  REQUIRE(site.until([&] { return site.told.optionsAnswered == 1; }));
  site.call();
  REQUIRE(site.until([&] { return site.told.up.load(); }));
  checkNames(site.sent("INVITE"), loopback(2), kOutside);
}

namespace {

// A trunk that learns, with peers that say whatever the test has them say.
struct Learner {
  explicit Learner(std::vector<TrunkAddress> addresses, const std::string& transport = "udp") {
    Trunk trunk;
    trunk.name = "peer";
    trunk.learnsAddress = true;
    trunk.transport = transport;
    trunk.addresses = std::move(addresses);
    config.bind = loopback(0);
    if (hasV6()) config.secondBind = "::1";
    config.sipPort = v6Port(0);
    config.trunks.push_back(std::move(trunk));
    signalling->open(config, told);
  }
  ~Learner() { signalling->close(); }

  static std::string seenBy(const std::string& text, const std::string& seen) {
    sipexchange::Message request = sipexchange::readMessage(text).value();
    for (auto& [name, value] : request.headers)
      if (name == "Via") value.replace(value.find(";rport"), 6, seen);
    return sipexchange::responseTo(request, 200, "OK", "x");
  }
  // OPTIONS to an address; `from` answers it.
  void learn(size_t address, const UdpPort& at, const UdpPort& from, const std::string& seen) {
    signalling->probe(0, address);
    signalling->settle();
    Address sender;
    const auto text = at.receive(sender);
    REQUIRE(text.has_value());
    from.send(seenBy(*text, seen), sender);
    signalling->settle();
  }
  void invite(size_t address) {
    signalling->invite(
        ++leg, {.trunk = 0, .address = address, .number = "5550001", .callerId = "", .rtpPort = kRtp});
    signalling->settle();
  }
  sipexchange::Message invited(size_t address, const UdpPort& at) {
    invite(address);
    Address sender;
    const auto text = at.receive(sender);
    return text ? sipexchange::readMessage(*text).value() : sipexchange::Message();
  }

  Config config;
  NoEvents told;
  std::unique_ptr<Signalling> signalling = makeSignalling();
  LegId leg = 0;
};

}  // namespace

TEST_CASE("translator: each address of a trunk is told where it sees us itself, of either family") {
  const UdpPort first(loopback(1), kExchange), second(loopback(2), kExchange);
  std::vector<TrunkAddress> addresses = {{loopback(1), kExchange}, {loopback(2), kExchange}};
  std::optional<UdpPort> third;
  if (hasV6()) {
    third.emplace("::1", static_cast<uint16_t>(v6Port(1)));
    addresses.push_back({"::1", v6Port(1)});
  }
  Learner board(addresses);
  board.learn(0, first, first, ";rport=7001;received=203.0.113.5");
  board.learn(1, second, second, ";rport=7002;received=203.0.113.6");
  if (third) board.learn(2, *third, *third, ";rport=7003;received=2001:db8::5");
  const sipexchange::Message one = board.invited(0, first), two = board.invited(1, second);
  checkNames(one, "203.0.113.5", 7001);
  CHECK(one.body.find("c=IN IP4 203.0.113.5\r\n") != std::string::npos);
  checkNames(two, "203.0.113.6", 7002);
  CHECK(two.body.find("c=IN IP4 203.0.113.6\r\n") != std::string::npos);
  if (third) {
    const sipexchange::Message three = board.invited(2, *third);
    checkNames(three, "[2001:db8::5]", 7003);
    CHECK(three.body.find("c=IN IP6 2001:db8::5\r\n") != std::string::npos);
  }
}

TEST_CASE("translator: nothing is learnt of who is no peer") {
  const UdpPort peer(loopback(1), kExchange), stranger(loopback(2), kExchange);
  Learner board({{loopback(1), kExchange}});
  board.learn(0, peer, stranger, ";rport=7001;received=203.0.113.5");
  checkNames(board.invited(0, peer), loopback(0), board.config.sipPort);
  board.learn(0, peer, peer, ";rport=7001;received=203.0.113.5");
  checkNames(board.invited(0, peer), "203.0.113.5", 7001);
}

TEST_CASE("translator: by TCP the address is learnt, but not the port of a connection") {
  sipexchange::StreamPort peer(loopback(1), kExchange, "");
  Learner board({{loopback(1), kExchange}}, "tcp");
  const auto next = [&] {
    std::vector<sipexchange::StreamPort::Arrived> arrived;
    while (arrived.empty()) {
      (void)peer.drain(arrived);
      board.signalling->settle();
    }
    return arrived.front();
  };
  board.signalling->probe(0, 0);
  const auto options = next();
  REQUIRE(options.message.starts_with("OPTIONS "));
  peer.send(options.connection, Learner::seenBy(options.message, ";rport=7001;received=203.0.113.5"));
  while (board.told.optionsAnswered == 0) board.signalling->settle();
  board.invite(0);
  const auto invite = sipexchange::readMessage(next().message).value();
  CHECK(invite.header("Contact").find("@" + at("203.0.113.5", board.config.sipPort)) != std::string::npos);
}
