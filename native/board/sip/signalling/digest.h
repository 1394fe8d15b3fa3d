// Digest authentication (RFC 7616 and, for SIP, RFC 8760): the answer to a challenge. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace board::sip {

struct Challenge {
  std::string realm, nonce, opaque, algorithm, qop;
  bool stale = false;
};

// A value of WWW-Authenticate or Proxy-Authenticate. Nothing for another scheme, and where realm or nonce is missing.
std::optional<Challenge> readChallenge(const std::string& header);

struct DigestRequest {
  std::string username, password, method, uri, clientNonce;
};

// The value of Authorization or Proxy-Authorization: of the strongest of the challenges that we can answer (SHA-256,
// then MD5). Nothing if there is none.
std::optional<std::string> digestAnswer(const std::vector<Challenge>& challenges,
                                        const DigestRequest& request);

}  // namespace board::sip
