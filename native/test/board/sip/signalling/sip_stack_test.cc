// Who is heard on the SIP port: a peer of the configuration in dialogs of ours, and nobody else.
#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "board/made_board.h"
#include "board/sip/signalling.h"
#include "sipexchange/message.h"
#include "sipexchange/udp_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;

namespace {

struct Stack {
  explicit Stack(const std::vector<std::string>& alsoFrom = {})
      : peer(loopback(1), 5080), stranger(loopback(2), 5080) {
    config.bind = loopback(0);
    Trunk trunk;
    trunk.name = "peer";
    trunk.addresses = {{loopback(1), 5080}};
    trunk.alsoFrom = alsoFrom;
    config.trunks.push_back(std::move(trunk));
    signalling->open(config, events);
  }

  // The status that a request is answered with; 0: with nothing.
  int ask(const sipexchange::UdpPort& from, const std::string& method, const std::string& toTag = "") {
    const std::string number = std::to_string(++asked);
    send(from, method + " sip:900123456@" + config.bind + " SIP/2.0\r\nVia: SIP/2.0/UDP " + loopback(1) +
                   ":5080;branch=z9hG4bK" + method + number +
                   "\r\nMax-Forwards: 70\r\nFrom: "
                   "<sip:a@b>;tag=1\r\nTo: <sip:900123456@c>" +
                   (toTag.empty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: call" + number + "\r\nCSeq: 1 " +
                   method + "\r\nContact: <sip:a@" + loopback(1) + ":5080>\r\nContent-Length: 0\r\n\r\n");
    sipexchange::Address sender;
    const auto answer = from.receive(sender);
    return answer ? sipexchange::readMessage(*answer).value_or(sipexchange::Message()).status : 0;
  }

  void send(const sipexchange::UdpPort& from, const std::string& text) {
    from.send(text, sipexchange::addressOf(config.bind, 5060));
    signalling->settle();
  }

  sipexchange::UdpPort peer, stranger;
  Config config;
  NoEvents events;
  std::unique_ptr<Signalling> signalling = makeSignalling();
  int asked = 0;
};

}  // namespace

TEST_CASE("sip stack: strangers get no answer to anything, and are counted") {
  Stack stack;
  for (const char* method : {"INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "REFER", "MESSAGE"}) {
    CAPTURE(method);
    CHECK(stack.ask(stack.stranger, method) == 0);
  }
  CHECK(stack.signalling->counts().strangers == 7);
  CHECK(stack.signalling->counts().sent == 0);
}

TEST_CASE("sip stack: a peer is not let in either, but is told so") {
  Stack stack;
  CHECK(stack.ask(stack.peer, "INVITE") == 403);
  CHECK(stack.ask(stack.peer, "REFER") == 403);
  CHECK(stack.ask(stack.peer, "BYE", "nobody") == 481);
  CHECK(stack.ask(stack.peer, "INVITE", "nobody") == 481);
  CHECK(stack.ask(stack.peer, "OPTIONS") == 200);
  CHECK(stack.signalling->counts().refused == 4);
  CHECK(stack.signalling->counts().strangers == 0);
}

TEST_CASE(
    "sip stack: others of a peer's servers are heard where the trunk names them, one by one or by prefix") {
  const std::string net = loopback(2).substr(0, loopback(2).rfind('.'));
  for (const std::string& range : {loopback(2), loopback(2) + "/32", net + ".0/24"}) {
    CAPTURE(range);
    Stack stack({"2001:db8::/32", range});
    CHECK(stack.ask(stack.stranger, "OPTIONS") == 200);
    CHECK(stack.signalling->counts().strangers == 0);
  }
  Stack stack({"192.0.2.0/24", "2001:db8::/32"});
  CHECK(stack.ask(stack.stranger, "OPTIONS") == 0);
  CHECK(stack.signalling->counts().strangers == 1);
}

TEST_CASE("sip stack: nobody's STUN is answered, and it is counted") {
  Stack stack;
  // A Binding request without attributes (RFC 5389, section 6).
  const std::string request("\0\1\0\0\x21\x12\xa4\x42twelve bytes", 20);
  sipexchange::Address sender;
  for (const sipexchange::UdpPort* from : {&stack.stranger, &stack.peer}) {
    stack.send(*from, request);
    CHECK_FALSE(from->receive(sender));
  }
  CHECK(stack.signalling->counts().strangers == 2);
  CHECK(stack.ask(stack.peer, "OPTIONS") == 200);
}

TEST_CASE("sip stack: what is no message is dropped") {
  Stack stack;
  for (const std::string& text :
       {std::string("\r\n\r\n"), std::string("INVITE"), std::string(4'000, 'x'),
        std::string("INVITE sip:a@b SIP/2.0\r\nVia: \r\n\r\n"), std::string("\0\1\2", 3)})
    stack.send(stack.peer, text);
  CHECK(stack.signalling->counts().sent == 0);
  CHECK(stack.ask(stack.peer, "OPTIONS") == 200);
}

TEST_CASE("sip stack: a number is called as it is, and nothing of it gets into another header") {
  Stack stack;
  stack.signalling->invite(
      1, {.trunk = 0, .address = 0, .number = "+4930123456", .callerId = "+12125550199", .rtpPort = 20'000});
  stack.signalling->settle();
  sipexchange::Address from;
  const auto text = stack.peer.receive(from);
  REQUIRE(text.has_value());
  const auto invite = sipexchange::readMessage(*text);
  REQUIRE(invite.has_value());
  CHECK(invite->method == "INVITE");
  CHECK(invite->uri == "sip:+4930123456@" + loopback(1) + ":5080");
  CHECK(sipexchange::uriOf(invite->header("From")) == "sip:+12125550199@" + loopback(1) + ":5080");
  CHECK(invite->body.find("m=audio 20000 RTP/AVP 8 0 101") != std::string::npos);
}

TEST_CASE("sip stack: an answer of a peer to OPTIONS counts, whatever it is") {
  Stack stack;
  stack.signalling->probe(0, 0);
  stack.signalling->settle();
  sipexchange::Address from;
  const auto text = stack.peer.receive(from);
  REQUIRE(text.has_value());
  const auto options = sipexchange::readMessage(*text);
  REQUIRE(options.has_value());
  CHECK(stack.events.optionsAnswered == 0);
  stack.send(stack.peer, sipexchange::responseTo(*options, 405, "Method Not Allowed", "x"));
  CHECK(stack.events.optionsAnswered == 1);
}

TEST_CASE("sip stack: a port that is taken is said by its field") {
  Stack stack;
  NoEvents events;
  const std::unique_ptr<Signalling> second = makeSignalling();
  CHECK_THROWS_WITH_AS(second->open(stack.config, events), doctest::Contains("sipPort"), board::OpenError);
}

TEST_CASE("stand-in exchange: what is no address is not listened at") {
  CHECK_THROWS_WITH(sipexchange::UdpPort("sip.example.net", 5080),
                    "the stand-in exchange: expected an IP address, found sip.example.net");
}
