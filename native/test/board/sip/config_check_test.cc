// With the stand-in exchange no trunk may have an address that is somebody's.
#include "board/sip/config_check.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace board::sip;

namespace {

Config standIn(const std::string& host, int32_t port) {
  Config config;
  config.standIn = "exchange.json";
  Trunk exchange;
  exchange.name = "exchange";
  exchange.addresses = {{"127.0.0.2", 5080}};
  Trunk office = exchange;
  office.name = config.agentTrunk = "office";
  office.addresses.push_back({host, port});
  config.trunks = {exchange, office};
  return config;
}

std::string fault(const Config& config) {
  try {
    checkConfig(config);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("sip config: with a stand-in every address of every trunk is of loopback, with a port") {
  CHECK(fault(standIn("127.3.4.5", 5060)).empty());
  CHECK(fault(standIn("::1", 5060)).empty());
  for (const char* host : {"sip.example.net", "192.0.2.1", "0.0.0.0", "128.0.0.1", "126.255.255.255",
                           "localhost", "127.1", "::2", "2001:db8::1"}) {
    CAPTURE(host);
    CHECK(fault(standIn(host, 5060)).starts_with("trunks.1.address: "));
    CHECK(fault(standIn(host, 5060)).ends_with(std::string("found ") + host + ":5060"));
  }
  CHECK(fault(standIn("127.0.0.1", 0)).starts_with("trunks.1.address: "));
  Config real = standIn("sip.example.net", 0);
  real.standIn.clear();
  CHECK(fault(real).empty());
}

TEST_CASE("sip config: binds to an address, or to one of each family; peers' other servers are addresses") {
  const auto bound = [](const char* bind, const char* second, const char* from = "192.0.2.1") {
    Config config = standIn("127.0.0.2", 5080);
    config.bind = bind;
    config.secondBind = second;
    config.trunks.front().alsoFrom = {from};
    return fault(config);
  };
  CHECK(bound("::1", "").empty());
  CHECK(bound("::1", "192.0.2.1").empty());
  CHECK(bound("192.0.2.1", "2001:db8::1", "2001:db8::/32").empty());
  CHECK(bound("eth0", "").starts_with("bind: "));
  CHECK(bound("192.0.2.1", "192.0.2.2").starts_with("secondBind: "));
  CHECK(bound("::1", "here").starts_with("secondBind: "));
  CHECK(bound("::1", "", "sip.example.net").starts_with("trunks.0.alsoFrom: "));
}

TEST_CASE("sip config: externalAddress is of a family that bind has") {
  const auto seenAt = [](const char* external, const char* bind, const char* second = "") {
    Config config = standIn("127.0.0.2", 5080);
    config.bind = bind;
    config.secondBind = second;
    config.trunks.back().externalAddress = {external, 0};
    return fault(config);
  };
  CHECK(seenAt("203.0.113.5", "192.0.2.1").empty());
  CHECK(seenAt("2001:db8::5", "::1").empty());
  CHECK(seenAt("203.0.113.5", "::1", "192.0.2.1").empty());
  CHECK(seenAt("2001:db8::5", "::1", "192.0.2.1").empty());
  CHECK(seenAt("203.0.113.5", "::1").starts_with("trunks.1.externalAddress: "));
  CHECK(seenAt("203.0.113.5", "::1").ends_with("found 203.0.113.5"));
  CHECK(seenAt("2001:db8::5", "192.0.2.1").starts_with("trunks.1.externalAddress: "));
}
