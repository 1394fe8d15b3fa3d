#include "board/sip/config_check.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "board/number.h"
#include "board/sip/media/ip_address.h"
#include "board/sip/words/sip_text.h"

namespace board::sip {
namespace {

constexpr int kMostPort = 65'535;
constexpr size_t kMostAddresses = 16;

void check(bool good, const std::string& message) {
  if (!good) throw std::invalid_argument(message);
}

void checkTrunk(const Trunk& trunk, const std::string& field) {
  check(isPlainHeaderText(trunk.name), field + ".name: expected a name without blanks and quotes");
  check(!trunk.addresses.empty() && trunk.addresses.size() <= kMostAddresses,
        field + ".addresses: expected 1 to 16");
  for (const TrunkAddress& address : trunk.addresses) {
    check(isHost(address.host), field + ".addresses: expected a host name or an address");
    check(address.port >= 0 && address.port <= kMostPort, field + ".addresses: expected a port up to 65535");
  }
  check(std::ranges::all_of(trunk.alsoFrom,
                            [](const std::string& each) { return IpPrefix::of(each).has_value(); }),
        field + ".alsoFrom: expected addresses and prefixes");
  check(trunk.externalAddress.host.empty() || ipOf(trunk.externalAddress.host).isSet(),
        field + ".externalAddress: expected an IP address");
  check(trunk.externalAddress.port >= 0 && trunk.externalAddress.port <= kMostPort,
        field + ".externalAddress: expected a port up to 65535");
  check(trunk.transport == "udp" || trunk.transport == "tcp" || trunk.transport == "tls",
        field + ".transport: expected udp, tcp or tls");
  check(!trunk.registers || !trunk.username.empty(), field + ".username: needed to register");
  check(trunk.srtp == "none" || trunk.srtp == "required", field + ".srtp: expected none or required");
  check(std::ranges::all_of(trunk.headers, isHeaderLine), field + ".headers: expected \"Name: value\"");
  check(std::ranges::all_of(trunk.agentHeaders, isHeaderLine),
        field + ".agentHeaders: expected \"Name: value\"");
  check(trunk.sessionExpiresS == 0 || trunk.sessionExpiresS >= 90,
        field + ".sessionExpiresS: expected 90 or more, or 0");
  check(trunk.registerEveryS >= 1, field + ".registerEveryS: at least one second");
  check(trunk.domain.empty() || isHost(trunk.domain), field + ".domain: expected a host name or an address");
  check(trunk.channels >= 1, field + ".channels: at least one is needed");
  check(trunk.callsPerSecond > 0, field + ".callsPerSecond: must be more than 0");
  check(trunk.callerId.empty() || isDialable(trunk.callerId),
        field + ".callerId: expected a telephone number");
  check(trunk.username.empty() || isPlainHeaderText(trunk.username),
        field + ".username: expected one without blanks and quotes");
  check(!trunk.codecs.empty(), field + ".codecs: at least one is needed");
  for (const std::string& codec : trunk.codecs)
    check(codec == "pcma" || codec == "pcmu", field + ".codecs: expected pcma or pcmu");
}

void checkExternalFamily(const Config& config, const Trunk& trunk, const std::string& field) {
  const IpAddress external = ipOf(trunk.externalAddress.host);
  const auto isOfFamily = [&](const std::string& own) {
    return ipOf(own).isSet() && ipOf(own).isV6() == external.isV6();
  };
  check(!external.isSet() || isOfFamily(config.bind) || isOfFamily(config.secondBind),
        field + ".externalAddress: expected an address of the family of bind, found " +
            trunk.externalAddress.host);
}

// With the stand-in exchange nobody is called: what is not of this machine alone may be a carrier's.
void checkStandIn(const Trunk& trunk, const std::string& field) {
  for (const TrunkAddress& address : trunk.addresses)
    check(ipOf(address.host).isLoopback() && address.port > 0,
          field +
              ".address: with standIn nobody is called: expected an address of 127.0.0.0/8, or ::1, with a " +
              "port, found " + address.host + ":" + std::to_string(address.port));
}

}  // namespace

void checkConfig(const Config& config) {
  check(!config.trunks.empty(), "trunks: at least one is needed");
  const IpAddress bind = ipOf(config.bind), second = ipOf(config.secondBind);
  check(bind.isSet(), "bind: expected an IP address of this machine");
  check(config.secondBind.empty() || (second.isSet() && second.isV6() != bind.isV6()),
        "secondBind: expected an address of the other family");
  check(config.rtpFirstPort >= 1024 && config.rtpFirstPort < config.rtpLastPort &&
            config.rtpLastPort <= kMostPort,
        "rtpPorts: expected two ports from 1024 on, the second one higher");
  check(config.silentCalls == "ask" || config.silentCalls == "end", "silentCalls: expected ask or end");
  check(config.sipPort >= 1 && config.sipPort <= kMostPort, "sipPort: expected 1 to 65535");
  bool agents = config.agentTrunk.empty();
  for (size_t i = 0; i < config.trunks.size(); ++i) {
    const std::string field = "trunks." + std::to_string(i);
    checkTrunk(config.trunks[i], field);
    checkExternalFamily(config, config.trunks[i], field);
    if (!config.standIn.empty()) checkStandIn(config.trunks[i], field);
    agents = agents || config.trunks[i].name == config.agentTrunk;
  }
  check(agents, "agentTrunk: no trunk is called " + config.agentTrunk);
}

}  // namespace board::sip
