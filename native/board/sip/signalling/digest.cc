#include "board/sip/signalling/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "board/sip/signalling/libre.h"
#include "board/sip/signalling/message.h"

namespace board::sip {
namespace {

constexpr const char* kNonceCount = "00000001";

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

enum class Hash : uint8_t { kNone, kMd5, kSha256 };

Hash hashOf(const Challenge& challenge) {
  const std::string name = lower(challenge.algorithm);
  if (name.empty() || name == "md5") return Hash::kMd5;
  return name == "sha-256" ? Hash::kSha256 : Hash::kNone;
}

// qop is a list: auth is what we do.
bool wantsAuth(const Challenge& challenge) {
  const std::string list = "," + lower(challenge.qop) + ",";
  std::string packed;
  std::ranges::copy_if(list, std::back_inserter(packed), [](char c) { return c != ' ' && c != '\t'; });
  return packed.find(",auth,") != std::string::npos;
}

std::string hex(Hash hash, const std::string& of) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int length = 0;
  EVP_Digest(of.data(), of.size(), bytes.data(), &length, hash == Hash::kSha256 ? EVP_sha256() : EVP_md5(),
             nullptr);
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < length; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string answer(const Challenge& challenge, Hash hash, const DigestRequest& request) {
  const bool auth = wantsAuth(challenge);
  const std::string who = hex(hash, request.username + ":" + challenge.realm + ":" + request.password);
  const std::string what = hex(hash, request.method + ":" + request.uri);
  const std::string middle =
      auth ? std::string(kNonceCount) + ":" + request.clientNonce + ":auth:" : std::string();
  const std::string response = hex(hash, who + ":" + challenge.nonce + ":" + middle + what);
  std::string value = "Digest username=\"" + request.username + "\", realm=\"" + challenge.realm +
                      "\", nonce=\"" + challenge.nonce + "\", uri=\"" + request.uri + "\", response=\"" +
                      response + "\", algorithm=" + (hash == Hash::kSha256 ? "SHA-256" : "MD5");
  if (!challenge.opaque.empty()) value += ", opaque=\"" + challenge.opaque + "\"";
  if (auth)
    value += std::string(", qop=auth, nc=") + kNonceCount + ", cnonce=\"" + request.clientNonce + "\"";
  return value;
}

}  // namespace

std::optional<Challenge> readChallenge(const std::string& header) {
  pl value{header.data(), header.size()};
  httpauth_digest_chall read{};
  if (httpauth_digest_challenge_decode(&read, &value) != 0) return std::nullopt;
  Challenge challenge{.realm = text(read.realm),
                      .nonce = text(read.nonce),
                      .opaque = text(read.opaque),
                      .algorithm = text(read.algorithm),
                      .qop = text(read.qop),
                      .stale = lower(text(read.stale)) == "true"};
  if (read.realm.p == nullptr || challenge.nonce.empty()) return std::nullopt;
  return challenge;
}

std::optional<std::string> digestAnswer(const std::vector<Challenge>& challenges,
                                        const DigestRequest& request) {
  for (const Hash hash : {Hash::kSha256, Hash::kMd5}) {
    for (const Challenge& each : challenges) {
      // With another quality of protection alone (auth-int) there is nothing to answer.
      if (hashOf(each) == hash && (each.qop.empty() || wantsAuth(each))) return answer(each, hash, request);
    }
  }
  return std::nullopt;
}

}  // namespace board::sip
