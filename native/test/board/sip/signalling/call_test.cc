// One call against a trunk that does as the test says: what goes over the wire, and what is told of it.
#include <doctest/doctest.h>
#include <poll.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "board/sip/signalling.h"
#include "sipexchange/message.h"
#include "sipexchange/stream_port.h"
#include "sipexchange/udp_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;
using sipexchange::Message;

namespace {

constexpr int kPort = 5080;
constexpr const char* kSdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
constexpr const char* kType = "Content-Type: application/sdp";
constexpr const char* kByName = "Contact: <sip:there@pbx.example.invalid:5090;line=7>";
constexpr const char* kChallenge =
    R"(Proxy-Authenticate: Digest realm="r", nonce="n1", algorithm=MD5, qop="auth")";

class Told final : public NoEvents {
 public:
  void answered(LegId /*leg*/, const MediaPlan& /*media*/) override { ++answers; }
  void mediaChanged(LegId /*leg*/, const MediaPlan& /*media*/) override { ++changes; }
  void asked(LegId /*leg*/, bool lives) override {
    const std::lock_guard lock(mutex);
    said_.push_back(lives);
  }
  void ended(LegId /*leg*/, const Ending& ending) override {
    const std::lock_guard lock(mutex);
    endings.push_back(ending);
  }

  // For what comes without a message of the test: before a settle nothing else says that it is written.
  bool hasEnded() {
    const std::lock_guard lock(mutex);
    return !endings.empty();
  }

  // Of asking.
  std::vector<bool> said() {
    const std::lock_guard lock(mutex);
    return said_;
  }

  int answers = 0, changes = 0;
  std::vector<Ending> endings;
  std::mutex mutex;

 private:
  std::vector<bool> said_;
};

struct Bench {
  explicit Bench(const Trunk& given = {}) : peer(loopback(1), kPort) {
    config.bind = loopback(0);
    Trunk trunk = given;
    trunk.name = "peer";
    trunk.addresses = {{loopback(1), kPort}};
    config.trunks.push_back(std::move(trunk));
    signalling->open(config, told);
    signalling->invite(1,
                       {.trunk = 0, .address = 0, .number = "900123456", .callerId = "", .rtpPort = 20'000});
    signalling->settle();
  }

  // The next message that the trunk gets; empty: none is there.
  Message next() {
    const auto text = peer.receive(from);
    return text ? sipexchange::readMessage(*text).value_or(Message()) : Message();
  }

  void answer(const Message& request, int status, std::vector<std::string> headers = {},
              const std::string& body = "") {
    if (!body.empty()) headers.emplace_back(kType);
    peer.send(sipexchange::responseTo(request, status, "As It Is", "far", headers, body),
              sipexchange::addressOf(config.bind, 5060));
    signalling->settle();
  }

  // The INVITE, answered: its ACK is next.
  Message up(const std::vector<std::string>& headers) {
    Message invite = next();
    answer(invite, 200, headers, kSdp);
    return invite;
  }

  void end() {
    signalling->end(1);
    signalling->settle();
  }

  void giveUp() {
    signalling->giveUp(1);
    signalling->settle();
  }

  // Whether the trunk gets anything within this time.
  bool hears(int ms) {
    for (int waited = 0; waited < ms; waited += 20) {
      const auto text = peer.receive(from);
      if (text) return true;
      ::poll(nullptr, 0, 20);
    }
    return false;
  }

  sipexchange::UdpPort peer;
  sipexchange::Address from;
  Config config;
  Told told;
  std::unique_ptr<Signalling> signalling = makeSignalling();
};

Trunk withPassword() {
  Trunk trunk;
  trunk.username = trunk.password = "dialler";
  return trunk;
}

std::string quoted(const std::string& header, const std::string& name) {
  const size_t at = header.find(name + "=\"");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 2;
  return header.substr(begin, header.find('"', begin) - begin);
}

std::string route() { return "<sip:" + loopback(1) + ":5080;lr>"; }

std::vector<std::string> routesOf(const Message& message) {
  std::vector<std::string> routes;
  for (const auto& [name, value] : message.headers)
    if (name == "Route") routes.push_back(value);
  return routes;
}

}  // namespace

TEST_CASE("sip call: an INVITE has the trunk's headers, and says what we can do") {
  Trunk trunk;
  trunk.headers = {"X-Account: 12", "P-Preferred-Identity: <sip:a@b>"};
  Bench bench(trunk);
  const Message invite = bench.next();
  CHECK(invite.header("X-Account") == "12");
  CHECK(invite.header("P-Preferred-Identity") == "<sip:a@b>");
  CHECK(invite.header("Supported") == "100rel, timer");
  CHECK(invite.header("Session-Expires") == "1800");
  CHECK(invite.header("Min-SE") == "90");
}

TEST_CASE("sip call: an agent's telephone is told of the call that is handed over to it, and nobody else") {
  Trunk trunk;
  trunk.agentHeaders = {"X-Line: {channel}"};
  trunk.userToUser = "{number} {attempt}";
  Bench bench(trunk);
  const Message call = bench.next();
  CHECK(call.header("User-to-User").empty());
  CHECK(call.header("X-Line").empty());
  bench.signalling->invite(2, {.trunk = 0,
                               .address = 0,
                               .number = "7001",
                               .callerId = "",
                               .rtpPort = 20'002,
                               .channel = 3,
                               .attemptId = "a7",
                               .handsOver = "12"});
  bench.signalling->settle();
  const Message invite = bench.next();
  CHECK(invite.header("User-to-User") == "3132206137;encoding=hex");
  CHECK(invite.header("X-Line") == "3");
}

TEST_CASE("sip call: without session timers none is offered") {
  Trunk trunk;
  trunk.sessionExpiresS = 0;
  Bench bench(trunk);
  const Message invite = bench.next();
  CHECK(invite.header("Supported") == "100rel");
  CHECK(invite.header("Session-Expires").empty());
}

TEST_CASE("sip call: a session that is too brief is asked for again as it is wanted, and not without end") {
  Bench bench;
  bench.answer(bench.next(), 422, {"Min-SE: 3600"});
  CHECK(bench.next().method == "ACK");
  const Message again = bench.next();
  CHECK(again.header("Session-Expires") == "3600");
  CHECK(again.header("Min-SE") == "3600");
  bench.answer(again, 422, {"Min-SE: 86401"});
  CHECK(bench.next().method == "ACK");
  CHECK(bench.next().method.empty());
  REQUIRE(bench.told.endings.size() == 1);
  CHECK(bench.told.endings[0].status == 422);
}

TEST_CASE("sip call: a far end with a name is reached by the trunk") {
  Bench bench;
  (void)bench.up({kByName});
  const Message ack = bench.next();
  CHECK(ack.method == "ACK");
  CHECK(ack.uri == "sip:there@pbx.example.invalid:5090;line=7");
  CHECK(routesOf(ack) == std::vector{route()});
  CHECK(bench.told.answers == 1);
  bench.end();
  const Message bye = bench.next();
  CHECK(bye.method == "BYE");
  CHECK(bye.uri == ack.uri);
  CHECK(routesOf(bye) == std::vector{route()});
}

TEST_CASE("sip call: a recorded route with a name is reached by the trunk") {
  Bench bench;
  (void)bench.up({"Record-Route: <sip:inner.example.invalid;lr>",
                  "Record-Route: <sip:outer.example.invalid;lr>", "Contact: <sip:there@192.0.2.9>"});
  const Message ack = bench.next();
  CHECK(ack.method == "ACK");
  CHECK(routesOf(ack) == std::vector<std::string>{route(), "<sip:outer.example.invalid;lr>",
                                                  "<sip:inner.example.invalid;lr>"});
  CHECK(bench.told.answers == 1);
}

TEST_CASE("sip call: a far end with an address is reached there") {
  Bench bench;
  const sipexchange::UdpPort far(loopback(2), kPort);
  (void)bench.up({"Contact: <sip:there@" + loopback(2) + ":5080>"});
  sipexchange::Address from;
  const auto ack = far.receive(from);
  REQUIRE(ack.has_value());
  CHECK(ack->starts_with("ACK sip:there@" + loopback(2) + ":5080 "));
  CHECK(ack->find("Route:") == std::string::npos);
  CHECK(bench.next().method.empty());
}

TEST_CASE("sip call: an answer that changes to a name after a PRACK is acknowledged") {
  for (const std::string& before : {std::string(kByName), "Contact: <sip:there@" + loopback(1) + ":5080>"}) {
    CAPTURE(before);
    Bench bench;
    const Message invite = bench.next();
    bench.answer(invite, 183, {before, "Require: 100rel", "RSeq: 1"});
    const Message prack = bench.next();
    REQUIRE(prack.method == "PRACK");
    bench.answer(prack, 200);
    bench.answer(invite, 200, {kByName}, kSdp);
    CHECK(bench.next().method == "ACK");
    CHECK(bench.told.answers == 1);
    bench.end();
    CHECK(bench.next().method == "BYE");
  }
}

TEST_CASE("sip call: an answer that cannot be acknowledged is told as none") {
  Bench bench;
  // An address that is nobody's single one: nothing can be sent there.
  (void)bench.up({"Contact: <sip:there@255.255.255.255:5080>"});
  CHECK(bench.told.answers == 0);
  REQUIRE(bench.told.endings.size() == 1);
  CHECK(bench.told.endings[0].by == Ending::By::kUnusable);
}

TEST_CASE("sip call: each refresh answers its challenge, for the URI that it is addressed to") {
  Bench bench(withPassword());
  const Message invite = bench.next();
  bench.answer(invite, 407, {kChallenge});
  CHECK(bench.next().method == "ACK");
  CHECK(quoted(bench.up({kByName}).header("Proxy-Authorization"), "uri") == invite.uri);
  CHECK(bench.next().method == "ACK");
  for (int i = 1; i <= 2; ++i) {
    CAPTURE(i);
    bench.signalling->refresh(1);
    bench.signalling->settle();
    bench.answer(bench.next(), 407, {kChallenge});
    CHECK(bench.next().method == "ACK");
    const Message again = bench.next();
    REQUIRE(again.method == "INVITE");
    CHECK(quoted(again.header("Proxy-Authorization"), "uri") == again.uri);
    CHECK(again.uri == "sip:there@pbx.example.invalid:5090;line=7");
    bench.answer(again, 200, {kByName}, kSdp);
    CHECK(bench.next().method == "ACK");
    CHECK(bench.told.changes == i);
  }
}

TEST_CASE("sip call: BYE answers its challenge for the URI that it is addressed to") {
  Bench bench(withPassword());
  (void)bench.up({kByName});
  CHECK(bench.next().method == "ACK");
  bench.end();
  bench.answer(bench.next(), 407, {kChallenge});
  const Message bye = bench.next();
  REQUIRE(bye.method == "BYE");
  CHECK(quoted(bye.header("Proxy-Authorization"), "uri") == bye.uri);
}

TEST_CASE("sip call: an INVITE that was given up or ended goes out no more") {
  for (const bool givenUp : {true, false}) {
    CAPTURE(givenUp);
    Bench bench;
    CHECK(bench.next().method == "INVITE");
    if (givenUp)
      bench.giveUp();
    else
      bench.end();
    CHECK(bench.told.endings.size() == (givenUp ? 1 : 0));
    if (givenUp) CHECK(bench.told.endings[0].by == Ending::By::kSilence);
    // It would be repeated half a second after it was sent, and again a second later.
    CHECK_FALSE(bench.hears(1'700));
  }
  Bench bench;
  CHECK(bench.next().method == "INVITE");
  CHECK(bench.hears(5'000));
}

TEST_CASE("sip call: what comes late to an INVITE that was given up is cancelled, and acknowledged") {
  Bench bench;
  const Message invite = bench.next();
  bench.giveUp();
  bench.answer(invite, 180);
  const Message cancel = bench.next();
  CHECK(cancel.method == "CANCEL");
  CHECK(cancel.uri == invite.uri);
  CHECK(cancel.header("CSeq") == std::to_string(std::stoi(invite.header("CSeq"))) + " CANCEL");
  CHECK(cancel.header("To") == invite.header("To"));
  CHECK(cancel.header("From") == invite.header("From"));
  CHECK(cancel.header("Call-ID") == invite.header("Call-ID"));
  const std::string via = "branch=" + sipexchange::parameter(invite.header("Via"), "branch");
  CHECK(cancel.header("Via").find(via) != std::string::npos);
  bench.answer(cancel, 200);
  bench.answer(invite, 487);
  const Message ack = bench.next();
  CHECK(ack.method == "ACK");
  CHECK(ack.header("Via").find(via) != std::string::npos);
  CHECK(sipexchange::parameter(ack.header("To"), "tag") == "far");
  CHECK(bench.next().method.empty());
}

TEST_CASE("sip call: a late answer to an INVITE that was given up is ended") {
  Bench bench;
  const Message invite = bench.next();
  bench.giveUp();
  bench.answer(invite, 200, {kByName}, kSdp);
  CHECK(bench.next().method == "ACK");
  CHECK(bench.next().method == "BYE");
  CHECK(bench.told.answers == 0);
}

TEST_CASE("sip call: a response that was quicker than giving up counts") {
  Bench bench;
  const Message invite = bench.next();
  bench.answer(invite, 100);
  bench.giveUp();
  CHECK(bench.told.endings.empty());
  bench.answer(invite, 200, {kByName}, kSdp);
  CHECK(bench.told.answers == 1);
}

TEST_CASE("sip call: by TCP it may have arrived once there is a connection") {
  Trunk trunk;
  trunk.transport = "tcp";
  {
    Bench refused(trunk);
    while (!refused.told.hasEnded()) refused.signalling->settle();
    CHECK(refused.told.endings[0].by == Ending::By::kUnreachable);
  }
  sipexchange::StreamPort port(loopback(1), kPort, "");
  Bench bench(trunk);
  std::vector<sipexchange::StreamPort::Arrived> arrived;
  while (arrived.empty()) {
    (void)port.drain(arrived);
    bench.signalling->settle();
  }
  CHECK(arrived[0].message.starts_with("INVITE "));
  bench.giveUp();
  REQUIRE(bench.told.endings.size() == 1);
  CHECK(bench.told.endings[0].by == Ending::By::kSilence);
}

TEST_CASE("sip call: a far end that is asked whether the call is up says so, but for what ends its call") {
  for (const auto& [status, lives] :
       {std::pair(200, true), std::pair(501, true), std::pair(403, true), std::pair(481, false),
        std::pair(408, false), std::pair(404, false), std::pair(480, false)}) {
    CAPTURE(status);
    Bench bench;
    bench.up({kByName});
    CHECK(bench.next().method == "ACK");
    bench.signalling->ask(1);
    bench.signalling->settle();
    const Message options = bench.next();
    CHECK(options.method == "OPTIONS");
    CHECK(sipexchange::parameter(options.header("To"), "tag") == "far");
    CHECK(bench.told.said().empty());
    bench.answer(options, 100);
    CHECK(bench.told.said().empty());
    bench.answer(options, status);
    CHECK(bench.told.said() == std::vector<bool>{lives});
    CHECK(bench.told.endings.empty());
  }
}

TEST_CASE("sip call: a far end that wants a password of who asks gets it once") {
  Trunk trunk;
  trunk.username = trunk.password = "dialler";
  Bench bench(trunk);
  bench.up({kByName});
  CHECK(bench.next().method == "ACK");
  bench.signalling->ask(1);
  bench.signalling->settle();
  bench.answer(bench.next(), 407, {kChallenge});
  const Message again = bench.next();
  CHECK(again.method == "OPTIONS");
  CHECK(again.header("Proxy-Authorization").find("username=\"dialler\"") != std::string::npos);
  bench.answer(again, 407, {kChallenge});
  CHECK(bench.next().method.empty());
  // It is there, whatever it thinks of us.
  CHECK(bench.told.said() == std::vector<bool>{true});
}
