// A SIP message in one line, for people. Pure: any bytes may be given.
#pragma once

#include <string>
#include <string_view>

namespace board::sip {

struct MessageSummary {
  std::string line;    // "INVITE sip:+49301****@example.net", "180 Ringing (INVITE)"; numbers masked
  std::string callId;  // empty: none
};

MessageSummary summaryOf(std::string_view message);

}  // namespace board::sip
