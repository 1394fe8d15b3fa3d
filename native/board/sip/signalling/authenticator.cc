#include "board/sip/signalling/authenticator.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "board/sip/signalling/digest.h"
#include "board/sip/signalling/message.h"

namespace board::sip {
namespace {

constexpr int kProxyAuthentication = 407;

std::vector<Challenge> challengesOf(const sip_msg* response) {
  std::vector<Challenge> challenges;
  const sip_hdrid id =
      response->scode == kProxyAuthentication ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
  (void)sip_msg_hdr_apply(
      response, true, id,
      [](const sip_hdr* header, const sip_msg* /*message*/, void* into) {
        if (auto challenge = readChallenge(text(header->val)))
          static_cast<std::vector<Challenge>*>(into)->push_back(std::move(*challenge));
        return false;
      },
      &challenges);
  return challenges;
}

}  // namespace

bool Authenticator::answers(const sip_msg* response, const char* method, const std::string& uri) {
  header_.clear();
  const std::vector<Challenge> challenges = challengesOf(response);
  if (trunk_.username.empty() || challenges.empty()) return false;
  const bool stale = std::ranges::any_of(challenges, &Challenge::stale);
  if (!lastNonce_.empty() && !stale) return false;
  if (lastNonce_ == challenges.front().nonce) return false;
  lastNonce_ = challenges.front().nonce;
  const std::optional<std::string> value = digestAnswer(challenges, {.username = trunk_.username,
                                                                     .password = trunk_.password,
                                                                     .method = method,
                                                                     .uri = uri,
                                                                     .clientNonce = randomHex()});
  if (!value) return false;
  header_ = (response->scode == kProxyAuthentication ? "Proxy-Authorization: " : "Authorization: ") + *value +
            "\r\n";
  return true;
}

}  // namespace board::sip
