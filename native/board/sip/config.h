// Configuration of the SIP board. Every address is an IPv4 address or, for a trunk, a name that is resolved when the
// board opens. Times in ms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"

namespace board::sip {

// One trunk: a peer that takes our calls, a provider's or the exchange's. Each is a span of the inventory.
struct Trunk {
  std::string name;  // as alarms and logs call it
  std::string host;  // where requests go
  int32_t port = 5060;
  std::string domain;                                  // in request URIs; empty: `host`
  int32_t channels = 30;                               // most calls at once
  double callsPerSecond = 1;                           // most calls started in a second, without bursts
  std::string callerId;                                // of calls that name none
  std::vector<std::string> codecs = {"pcma", "pcmu"};  // in the order they are offered
  std::string username;                                // of digest authentication; empty: none
  std::string password;
};

struct Config {
  std::string name = "sip0";
  std::string bind = "127.0.0.1";  // of SIP and RTP
  int32_t sipPort = 5060;
  int32_t rtpFirstPort = 20'000, rtpLastPort = 29'999;  // a call takes the even ones
  std::vector<Trunk> trunks;
  std::string agentTrunk;  // name of the trunk that reaches the agents' extensions; empty: that of the call
  int32_t healthEveryMs = 30'000;   // OPTIONS to each trunk
  int32_t firstResponseMs = 3'000;  // an INVITE that nothing answers for so long has failed
  int32_t rtpTimeoutMs = 30'000;    // an answered call that nothing is heard of for so long is over; 0: never
  int32_t transferMs = 20'000;      // how long an extension may take
  std::string plan = "US";
  std::vector<cpd::TonePlan> plans;
};

}  // namespace board::sip
