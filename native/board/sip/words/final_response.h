// What the final response to an INVITE, or a BYE, says of the call: a Q.850 cause, which src/domain/causes.ts turns
// into a call result. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace board::sip {

// Why a leg ended, as signalling heard it.
struct Ending {
  enum class By : uint8_t {
    kResponse,     // a final response to the INVITE: `status`
    kBye,          // the far end hung up
    kSilence,      // the peer answered nothing: the call may have reached it
    kUnreachable,  // nothing of the call left this machine: no connection, another's certificate
    kUnusable,     // answered with media that we cannot take part in
    kUs,           // we ended it
  };
  By by = By::kUs;
  int status = 0;
  bool alerted = false;        // 180 came before
  int reasonCause = -1;        // Q.850 cause of a Reason header, -1: none
  bool limitText = false;      // 403: the text speaks of a limit of the provider's
  int retryAfterS = -1;        // of a Retry-After header, -1: none
  bool providerFault = false;  // 603 with a provider's own error: its account, not the person

  // Nobody said that the call went no further: a telephone may ring, or have rung.
  bool mayHaveRung() const {
    return by == By::kSilence || (by == By::kResponse && (status == 408 || status == 504));
  }
};

// Q.850; -1: none, because we ended it ourselves. The Reason header first (RFC 6432, RFC 3326), else RFC 3398 section
// 8.2.6.1 with these differences, all towards what a dialler must do next:
//   401, 407, 403   29: credentials or account, a fault of ours, not of the number; 403 of a limit: 34
//   408             102, after ringing 18: who rang and did not answer
//   415, 488 ...    65: no codec in common
//   487 of theirs   19: the network's own ring timer
//   503             34: no circuit: the trunk is full
//   607, 608        21: rejected
//   3xx             23: never followed, since that would let a peer choose what is dialled
//   silence         102: the call may have been made
//   unreachable     38: network out of order
int causeOf(const Ending& ending);

// The answer to a request in a dialog says that the call is not up there.
bool saysCallIsOver(int status);

// The Q.850 cause in one value of a Reason header ("Q.850;cause=17;text=\"busy\""), -1: none. Values of other
// protocols ("SIP;cause=200") say nothing here. Takes a list separated by commas.
int q850Cause(std::string_view reasonHeader);

// The text of a response speaks of a limit that the provider sets: too many calls at once, or a second.
bool speaksOfLimit(std::string_view text);

}  // namespace board::sip
