// A registration at the stand-in exchange, until the board leaves.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "board/sip/signalling.h"
#include "sipexchange/exchange.h"
#include "sipexchange/message.h"
#include "sipexchange/udp_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;

namespace {

class Registered final : public NoEvents {
 public:
  void registered(size_t /*trunk*/, int expiresS) override { grantedS = expiresS; }
  void registrationFailed(size_t /*trunk*/, int /*status*/, int /*retryAfterS*/) override { ++failures; }

  std::atomic<int> grantedS = 0, failures = 0;
};

// The exchange hears what comes as long as this is there.
class Hearing {
 public:
  explicit Hearing(sipexchange::Exchange& exchange)
      : thread_([this, &exchange] {
          while (!over_) {
            if (!exchange.drain()) std::this_thread::yield();
          }
        }) {}
  ~Hearing() {
    over_ = true;
    thread_.join();
  }
  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

Config registering() {
  Config config;
  config.bind = loopback(0);
  Trunk trunk;
  trunk.name = "peer";
  trunk.addresses = {{loopback(1), 5080}};
  trunk.registers = true;
  trunk.username = trunk.password = "dialler";
  config.trunks.push_back(std::move(trunk));
  return config;
}

sipexchange::Habits withDigest() {
  sipexchange::Habits habits;
  habits.registers = true;
  habits.username = habits.password = "dialler";
  return habits;
}

}  // namespace

TEST_CASE("registrar: what was granted is taken back as the board closes, its challenge answered") {
  sipexchange::Exchange exchange({}, withDigest(), loopback(1), 5080);
  Registered events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  signalling->open(registering(), events);
  {
    const Hearing hearing(exchange);
    signalling->registerAt(0, 0);
    while (events.grantedS == 0) std::this_thread::yield();
    CHECK(events.grantedS == 60);
    signalling->close();
  }
  CHECK(exchange.registrations() == 2);
  CHECK_FALSE(exchange.isRegistered());
  CHECK(events.failures == 0);
}

TEST_CASE("registrar: a board that is not registered says nothing as it closes") {
  sipexchange::Exchange exchange({}, withDigest(), loopback(1), 5080);
  Registered events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  signalling->open(registering(), events);
  signalling->close();
  CHECK(signalling->counts().sent == 0);
}

TEST_CASE("registrar: a peer that is gone holds up no close for longer than two seconds") {
  Registered events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  {
    sipexchange::Exchange exchange({}, withDigest(), loopback(1), 5080);
    const Hearing hearing(exchange);
    signalling->open(registering(), events);
    signalling->registerAt(0, 0);
    while (events.grantedS == 0) std::this_thread::yield();
  }
  const sipexchange::UdpPort silent(loopback(1), 5080);
  const auto before = std::chrono::steady_clock::now();
  signalling->close();
  const auto took = std::chrono::steady_clock::now() - before;
  CHECK(took >= std::chrono::milliseconds(1'900));
  CHECK(took < std::chrono::seconds(10));
}

TEST_CASE("registrar: what was granted for another address than we are seen at is asked for again, once") {
  Config config = registering();
  config.trunks.front().learnsAddress = true;
  const sipexchange::UdpPort peer(loopback(1), 5080);
  Registered events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  signalling->open(config, events);
  // The next REGISTER's Contact; empty: there is none. It is granted by a peer that sees it come from `seen`.
  std::vector<std::string> contacts;  // of the last REGISTER
  std::vector<std::string> listed = {"Expires: 60"};
  const auto grant = [&](const std::string& seen) {
    sipexchange::Address from;
    const auto text = peer.receive(from);
    auto request = text ? sipexchange::readMessage(*text) : std::nullopt;
    if (!request) return std::string();
    contacts.clear();
    for (auto& [name, value] : request->headers) {
      if (name == "Via") value.replace(value.find(";rport"), 6, seen);
      if (name == "Contact") contacts.push_back(value);
    }
    peer.send(sipexchange::responseTo(*request, 200, "OK", "x", listed),
              sipexchange::addressOf(config.bind, 5060));
    signalling->settle();
    return sipexchange::uriOf(request->header("Contact"));
  };
  const auto ask = [&] {
    events.grantedS = 0;
    signalling->registerAt(0, 0);
    signalling->settle();
  };
  ask();
  CHECK(grant(";rport=7001;received=203.0.113.5") == "sip:cpdd@" + loopback(0) + ":5060");
  CHECK(events.grantedS == 0);
  CHECK(contacts.size() == 1);
  // A translator that gives each message another port would have us ask for ever.
  CHECK(grant(";rport=7002;received=203.0.113.5") == "sip:cpdd@203.0.113.5:7001");
  // What was granted before is taken back, once.
  REQUIRE(contacts.size() == 2);
  CHECK(contacts[1] == "<sip:cpdd@" + loopback(0) + ":5060>;expires=0");
  CHECK(events.grantedS == 60);
  CHECK(grant("").empty());
  // What is no address, or no port, or was known, changes nothing.
  for (const char* seen : {";rport=7002;received=nowhere", ";rport=7002;received=0.0.0.0", ";rport=7002",
                           ";rport=7002;received=203.0.113.5", ";rport=700200;received=203.0.113.5"}) {
    CAPTURE(seen);
    ask();
    CHECK(grant(seen) == "sip:cpdd@203.0.113.5:7002");
    CHECK(events.grantedS == 60);
    CHECK(grant("").empty());
  }
  CHECK(contacts.size() == 1);
  // Each lists what it has bound: ours counts, an old one of ours does not, and of a rewritten one the first that ends.
  const std::string mine = "Contact: <sip:cpdd@203.0.113.5:7002>;expires=40";
  const std::string old = "Contact: <sip:cpdd@203.0.113.5:7001>;expires=20";
  const std::string elsewhere = "Contact: <sip:cpdd@203.0.113.6:7002>;expires=30";
  const std::string others = "Contact: <sip:somebody@203.0.113.5:7002>;expires=10";
  const auto grantedOf = [&](const std::vector<std::string>& contactsListed) {
    listed = contactsListed;
    ask();
    CHECK_FALSE(grant("").empty());
    return events.grantedS.load();
  };
  CHECK(grantedOf({old, elsewhere, others, mine}) == 40);
  CHECK(grantedOf({mine, old}) == 40);
  CHECK(grantedOf({elsewhere, others, old}) == 20);
}
