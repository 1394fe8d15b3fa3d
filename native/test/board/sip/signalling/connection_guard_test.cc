// Who may connect by TCP: known peers alone, and none of them without end.
#include "board/sip/signalling/transport/connection_guard.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

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
    const sipexchange::Address own = sipexchange::addressOf(from, 0), peer = sipexchange::addressOf(to, 5060);
    REQUIRE(::bind(fd_, own.get(), own.length) == 0);
    REQUIRE(::connect(fd_, peer.get(), peer.length) == 0);
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

std::string options(const std::string& from, const std::string& to) {
  static int branch = 0;
  return "OPTIONS sip:a@" + to + " SIP/2.0\r\nVia: SIP/2.0/TCP " + from + ":5080;branch=z9hG4bK" +
         std::to_string(++branch) +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@c>\r\n"
         "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

// The board's side of a connection.
struct Accepted {
  sa from;
  int socket;

  Accepted(sa peer, int fd) : from(peer), socket(fd) {}
  ~Accepted() { ::close(socket); }
  Accepted(const Accepted&) = delete;
  Accepted& operator=(const Accepted&) = delete;
};

class Listener {
 public:
  explicit Listener(const std::string& at) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sipexchange::Address own = sipexchange::addressOf(at, 5060);
    const int reuse = 1;
    REQUIRE(::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) == 0);
    REQUIRE(::bind(fd_, own.get(), own.length) == 0);
    REQUIRE(::listen(fd_, 8) == 0);
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  Accepted accept() const {
    sa peer;
    peer.len = sizeof peer.u;
    const int socket = ::accept(fd_, &peer.u.sa, &peer.len);
    REQUIRE(socket >= 0);
    return {peer, socket};
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE(
    "connection guard: strangers never, a known peer while it has few connections open, whatever others "
    "have") {
  const std::string board = loopback(0), busy = loopback(1), other = loopback(2);
  const Listener listener(board);
  const sa from = address(busy.c_str()), known = address(other.c_str());
  ConnectionGuard guard(
      [&](const sa& a) { return sa_cmp(&a, &from, SA_ADDR) || sa_cmp(&a, &known, SA_ADDR); }, 2);
  CHECK_FALSE(guard.admits(address(loopback(3).c_str())));
  // Closed ones do not count.
  for (int i = 0; i < 5; ++i) {
    const Client client(busy, board);
    CHECK(guard.admits(from));
    const Accepted accepted = listener.accept();
    guard.accepted(accepted.from, accepted.socket);
  }
  const Client first(busy, board), second(busy, board);
  const Accepted one = listener.accept();
  guard.accepted(one.from, one.socket);
  {
    const Accepted two = listener.accept();
    CHECK(guard.admits(from));
    guard.accepted(two.from, two.socket);
    CHECK_FALSE(guard.admits(from));
    CHECK(guard.admits(known));
  }
  // The number of that socket is another peer's now.
  const Client elsewhere(other, board);
  const Accepted next = listener.accept();
  CHECK(guard.admits(from));
  CHECK(guard.refused() == 2);
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
  peer.send(options(loopback(1), config.bind));
  CHECK(peer.receive().starts_with("SIP/2.0 200 "));
  // What keeps the way open (RFC 5626, section 4.4.1).
  peer.send("\r\n\r\n");
  CHECK(peer.receive() == "\r\n");
  CHECK(signalling->counts().refusedConnections == 20);
}

TEST_CASE(
    "sip stack: a peer with all its connections open gets no more, and another one does; a closed one is "
    "forgotten") {
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  files.rlim_cur = std::max<rlim_t>(files.rlim_cur, 4'096);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
  Config config;
  config.bind = loopback(0);
  for (const int place : {1, 2}) {
    Trunk trunk;
    trunk.name = "peer" + std::to_string(place);
    trunk.transport = "tcp";
    trunk.addresses = {{loopback(place), 5080}};
    config.trunks.push_back(std::move(trunk));
  }
  NoEvents events;
  const std::unique_ptr<Signalling> signalling = makeSignalling();
  signalling->open(config, events);
  const auto isServed = [&](const std::string& from) {
    const Client client(from, config.bind);
    client.send(options(from, config.bind));
    return client.receive().starts_with("SIP/2.0 200 ");
  };
  // More than may be open at a time, each closed before the next one.
  for (size_t i = 0; i < ConnectionGuard::kMostOfAPeer + 8; ++i) REQUIRE(isServed(loopback(1)));
  std::vector<std::unique_ptr<Client>> open;
  for (size_t i = 0; i < ConnectionGuard::kMostOfAPeer; ++i) {
    open.push_back(std::make_unique<Client>(loopback(1), config.bind));
    open.back()->send(options(loopback(1), config.bind));
    REQUIRE(open.back()->receive().starts_with("SIP/2.0 200 "));
  }
  CHECK(signalling->counts().refusedConnections == 0);
  CHECK(Client(loopback(1), config.bind).receive().empty());
  CHECK(signalling->counts().refusedConnections == 1);
  CHECK(isServed(loopback(2)));
}
