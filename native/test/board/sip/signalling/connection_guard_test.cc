// Who may connect by TCP: known peers alone, and not without end.
#include "board/sip/signalling/transport/connection_guard.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "board/sip/signalling.h"
#include "sipexchange/udp_port.h"
#include "test/board/sip/signalling/bench.h"

using namespace board::sip;

namespace {

sa address(const char* text) {
  sa made;
  REQUIRE(sa_set_str(&made, text, 5060) == 0);
  return made;
}

// A connection from an address of loopback to the board's port.
class Client {
 public:
  Client(const std::string& from, const std::string& to) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in own = sipexchange::addressOf(from, 0), peer = sipexchange::addressOf(to, 5060);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const std::string& text) const {
    CHECK(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  // What comes next; empty: the other side closed it.
  std::string receive() const {
    char buffer[2048];
    const ssize_t read = ::recv(fd_, buffer, sizeof buffer, 0);
    return read > 0 ? std::string(buffer, static_cast<size_t>(read)) : "";
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE(
    "connection guard: known peers alone, and of these so many within the time that one may be silent") {
  const sa known = address("192.0.2.1"), other = address("192.0.2.2");
  ConnectionGuard guard([&](const sa& from) { return sa_cmp(&from, &known, SA_ADDR); });
  CHECK_FALSE(guard.admits(other, 0));
  for (size_t i = 0; i < ConnectionGuard::kMostAtOnce; ++i) CHECK(guard.admits(known, i));
  CHECK_FALSE(guard.admits(known, ConnectionGuard::kWithinMs - 1));
  CHECK(guard.admits(known, ConnectionGuard::kWithinMs));
  CHECK_FALSE(guard.admits(known, ConnectionGuard::kWithinMs));
  CHECK(guard.refused() == 3);
}

TEST_CASE("sip stack: whoever is no peer is closed as it connects by TCP, and a peer is heard") {
  Config config;
  config.bind = loopback(0);
  Trunk trunk;
  trunk.name = "peer";
  trunk.transport = "tcp";
  trunk.addresses = {{loopback(1), 5080}};
  config.trunks.push_back(std::move(trunk));
  NoEvents events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  signalling->open(config, events);
  for (int i = 1; i <= 20; ++i) {
    const Client stranger(loopback(2), config.bind);
    CHECK(stranger.receive().empty());
    CHECK(signalling->counts().refusedConnections == static_cast<uint64_t>(i));
  }
  const Client peer(loopback(1), config.bind);
  peer.send("OPTIONS sip:a@" + config.bind + " SIP/2.0\r\nVia: SIP/2.0/TCP " + loopback(1) +
            ":5080;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@c>\r\n"
            "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
  CHECK(peer.receive().starts_with("SIP/2.0 200 "));
  CHECK(signalling->counts().refusedConnections == 20);
}
