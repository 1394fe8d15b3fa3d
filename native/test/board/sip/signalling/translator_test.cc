// A board behind a translator (NAT): the exchange sees another address and port than the board's own, and hears of those
// that are configured or learnt.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "board/sip/signalling.h"
#include "sipexchange/exchange.h"
#include "sipexchange/message.h"
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
