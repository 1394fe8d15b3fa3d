// Answers to digest challenges (RFC 3261 section 22) for the requests of one dialog.
#pragma once

#include <string>

#include "board/sip/config.h"
#include "board/sip/signalling/libre.h"

namespace board::sip {

class Authenticator {
 public:
  explicit Authenticator(const Trunk& trunk) : trunk_(trunk) {}

  static bool isChallenge(const sip_msg* response) {
    return response->scode == 401 || response->scode == 407;
  }

  // True: the same request is to be sent again, with header(). Once for each nonce, so that wrong credentials end.
  bool answers(const sip_msg* response, const char* method, const std::string& uri);
  // The next request is another one: it may be challenged by the same nonce.
  void startRequest() { lastNonce_.clear(); }
  // A header line, empty: none.
  const std::string& header() const { return header_; }

 private:
  const Trunk& trunk_;
  std::string header_, lastNonce_;
};

}  // namespace board::sip
