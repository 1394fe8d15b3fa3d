#include "board/sip/media/ip_address.h"

#include <doctest/doctest.h>

#include <string>

using board::sip::IpAddress;
using board::sip::ipOf;
using board::sip::IpPrefix;
using board::sip::MediaAddress;
using board::sip::SocketAddress;

TEST_CASE("ip address: is read and written, of either family") {
  CHECK(ipOf("192.0.2.1").text() == "192.0.2.1");
  CHECK(ipOf("192.0.2.1") == IpAddress(0xc0000201));
  CHECK(ipOf("192.0.2.1").isV4());
  CHECK(ipOf("2001:DB8:0:0::1").text() == "2001:db8::1");
  CHECK(ipOf("[2001:db8::1]") == ipOf("2001:db8::1"));
  CHECK(ipOf("2001:db8::1").isV6());
  CHECK_FALSE(ipOf("2001:db8::1").isV4());
  // The other writing of an address of IPv4.
  CHECK(ipOf("::ffff:192.0.2.1") == ipOf("192.0.2.1"));
  for (const char* none : {"", "0.0.0.0", "::", "::ffff:0.0.0.0", "sip.example.net", "127.1", "fe80::1%lo",
                           "[::1", "1.2.3.4:5"}) {
    CAPTURE(none);
    CHECK_FALSE(ipOf(none).isSet());
    CHECK_FALSE(ipOf(none).isV6());
    CHECK(ipOf(none).text().empty());
  }
}

TEST_CASE("ip address: loopback is 127.0.0.0/8 and ::1") {
  CHECK(ipOf("127.255.0.1").isLoopback());
  CHECK(ipOf("::1").isLoopback());
  for (const char* other : {"128.0.0.1", "::2", "2001:db8::1", "0.0.0.0", "::"})
    CHECK_FALSE(ipOf(other).isLoopback());
}

TEST_CASE("ip address: sockets get the family that it has, and give it back") {
  for (const char* text : {"192.0.2.1", "2001:db8::1"}) {
    const MediaAddress at{ipOf(text), 5080};
    const SocketAddress socket(at);
    CHECK(socket.get()->sa_family == (at.ip.isV6() ? AF_INET6 : AF_INET));
    CHECK(socket.media() == at);
  }
}

TEST_CASE("ip prefix: holds addresses to the bit, of its own family alone") {
  const auto holds = [](const char* prefix, const char* address) {
    const auto read = IpPrefix::of(prefix);
    REQUIRE(read);
    return read->contains(ipOf(address));
  };
  CHECK(holds("192.0.2.0/24", "192.0.2.255"));
  CHECK_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  CHECK(holds("192.0.2.128/25", "192.0.2.200"));
  CHECK_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  CHECK(holds("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(holds("192.0.2.7", "192.0.2.6"));
  CHECK(holds("2001:db8::/32", "2001:db8:ffff::1"));
  CHECK_FALSE(holds("2001:db8::/32", "2001:db9::1"));
  CHECK(holds("2001:db8:8000::/33", "2001:db8:8000::1"));
  CHECK_FALSE(holds("2001:db8:8000::/33", "2001:db8:7fff::1"));
  // The first bits of all addresses of IPv4 are zeros.
  CHECK(holds("1::/1", "2001:db8::1"));
  CHECK_FALSE(holds("1::/1", "192.0.2.1"));
  CHECK_FALSE(holds("128.0.0.0/1", "8000::1"));
  for (const char* wrong : {"", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/0", "192.0.2.0/-1",
                            "192.0.2.0/24x", "2001:db8::/129", "host/8"}) {
    CAPTURE(wrong);
    CHECK_FALSE(IpPrefix::of(wrong));
  }
}
