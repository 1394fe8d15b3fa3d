// Configuration of the SIP board. Every address is one of IPv4 or IPv6 or, for a trunk, a name that is resolved when
// the board opens. Times in ms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"

namespace board::sip {

struct TrunkAddress {
  std::string host;
  int32_t port = 0;  // 0: what DNS SRV says of the host, else the transport's own
};

// One trunk: a peer that takes our calls, a provider's or the exchange's. Each is a span of the inventory.
struct Trunk {
  std::string name;                     // as alarms and logs call it
  std::vector<TrunkAddress> addresses;  // where requests go: the first that can be used
  std::vector<std::string> alsoFrom;    // addresses and prefixes that SIP of the peer comes from beside those
  TrunkAddress externalAddress;         // that the peer is told of, in the place of our own; none: our own
  bool learnsAddress = false;           // it is the one that the peer's responses say they see
  std::string transport = "udp";        // or "tcp", "tls"
  std::string caFile;                   // PEM, of TLS; empty: those of the system
  std::string certificateFile;          // PEM with its key, shown to the peer; empty: none
  std::string serverName;            // that its certificate must have; empty: the host of the first address
  bool registers = false;            // calls only while registered (REGISTER) as `username`
  int32_t registerEveryS = 600;      // asked for; the peer may shorten it
  std::string srtp = "none";         // "required": a call without it is no call
  int32_t sessionExpiresS = 1'800;   // a call that is not refreshed for so long is over; 0: not asked for
  std::vector<std::string> headers;  // lines of every INVITE: "Name: value"
  std::vector<std::string>
      agentHeaders;        // the same of calls to agents here; {number}, {channel}, {attempt} are filled in
  std::string userToUser;  // of calls to agents, filled in as well; empty: none
  std::string domain;      // in request URIs; empty: the host of the first address
  int32_t channels = 30;   // most calls at once
  double callsPerSecond = 1;                           // most calls started in a second, without bursts
  std::string callerId;                                // of calls that name none
  std::vector<std::string> codecs = {"pcma", "pcmu"};  // in the order they are offered
  std::string username;                                // of digest authentication; empty: none
  std::string password;
};

struct Config {
  std::string name = "sip0";
  std::string bind = "127.0.0.1";   // of SIP and RTP
  std::string secondBind;           // the same of the other family; empty: none
  std::string silentCalls = "ask";  // before one of them is ended: the far end is asked; or "end"
  int32_t sipPort = 5060;
  int32_t rtpFirstPort = 20'000, rtpLastPort = 29'999;  // a call takes the even ones
  std::vector<Trunk> trunks;
  std::string agentTrunk;  // name of the trunk that reaches the agents' extensions; empty: that of the call
  int32_t healthEveryMs = 30'000;   // OPTIONS to each trunk
  int32_t firstResponseMs = 3'000;  // an INVITE that nothing answers for so long has failed
  int32_t rtpTimeoutMs = 30'000;    // an answered call that nothing is heard of for so long is over; 0: never
  // A bridge whose agent was heard, and is not for so long, is over; 0: never.
  int32_t agentRtpTimeoutMs = 120'000;
  // Whatever a far end answers, a call is over of which nothing is heard for so long, and a bridge whose agent is not; 0: never.
  int32_t longestSilenceMs = 3'600'000, agentLongestSilenceMs = 600'000;
  int32_t transferMs = 20'000;  // how long an extension may take
  // File that says who answers at the exchange that boardhost-sipexchange has in it, and how much faster than real time
  // the time of both goes by. The other hosts refuse it.
  std::string standIn;
  double standInSpeed = 1;
  std::string plan = "US";
  std::vector<cpd::TonePlan> plans;
};

}  // namespace board::sip
