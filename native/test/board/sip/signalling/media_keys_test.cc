// SRTP keys in SDP, and SRTP against one that was written apart.
#include "board/sip/signalling/media_keys.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "board/sip/signalling/session_description.h"
#include "sipexchange/srtp.h"

using namespace board::sip;

namespace {

// The example of RFC 4568 section 6.1.
constexpr const char* kExample =
    "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4";
constexpr const char* kPlain = "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

std::string packet(int sequence) {
  std::string text = {'\x80', '\0', static_cast<char>(sequence >> 8), static_cast<char>(sequence)};
  return text + std::string("\1\2\3\4\5\6\7\x8", 8) + std::string(160, static_cast<char>(sequence));
}

std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string text(const std::vector<uint8_t>& from) { return {from.begin(), from.end()}; }

}  // namespace

TEST_CASE("media keys: read as they are written, and nothing that we do not do") {
  const auto read = readCrypto(kPlain);
  REQUIRE(read.has_value());
  CHECK(read->tag == "1");
  CHECK(writeCrypto(*read) == kPlain);
  CHECK(readCrypto(std::string(kPlain) + "|2^20").has_value());
  for (const std::string& wrong :
       {std::string(kExample), std::string(), std::string("1"), std::string("1 AES_CM_128_HMAC_SHA1_80"),
        std::string("1 AES_CM_128_HMAC_SHA1_32 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"),
        std::string("1 AES_CM_128_HMAC_SHA1_80 inline:d0Rm"),
        std::string("1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJS*j"),
        std::string(kPlain) + " UNENCRYPTED_SRTP"}) {
    CAPTURE(wrong);
    CHECK_FALSE(readCrypto(wrong).has_value());
  }
}

TEST_CASE("media keys: another SRTP understands ours, and we understand it, over the turn of the sequence") {
  const MediaKey ours = newMediaKey(), theirs = newMediaKey();
  const auto cipher = makeCipher(startContext(ours), theirs);
  sipexchange::Srtp hears(std::string(ours.begin(), ours.end())),
      says(std::string(theirs.begin(), theirs.end()));
  for (int i = 65'530; i < 65'545; ++i) {
    const std::string plain = packet(i & 0xffff);
    std::vector<uint8_t> sent = bytes(plain);
    REQUIRE(cipher->protect(sent));
    CHECK(text(sent).find(plain.substr(12)) == std::string::npos);
    CHECK(hears.unprotect(text(sent)) == plain);
    std::vector<uint8_t> received = bytes(says.protect(plain));
    const std::vector<uint8_t> again = received;
    REQUIRE(cipher->unprotect(received));
    CHECK(text(received) == plain);
    // What comes a second time is nobody's.
    received = again;
    CHECK_FALSE(cipher->unprotect(received));
  }
  std::vector<uint8_t> forged = bytes(says.protect(packet(20)));
  forged.back() ^= 1;
  CHECK_FALSE(cipher->unprotect(forged));
  std::vector<uint8_t> plain = bytes(packet(21));
  CHECK_FALSE(cipher->unprotect(plain));
}

TEST_CASE("media keys: a leg that is to be secret is secret or none") {
  const auto answer = [](const std::string& profile, const std::string& crypto) {
    return "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 " +
           profile + " 0\r\n" + crypto;
  };
  const std::string key = "a=crypto:" + std::string(kPlain) + "\r\n";
  const auto planOf = [](bool secret, const std::string& sdp) {
    SessionDescription ours(0xc0000201, 20'000, {"pcmu"}, secret);
    const std::string offer = ours.offer();
    CHECK((offer.find("RTP/SAVP") != std::string::npos) == secret);
    CHECK((offer.find("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:") != std::string::npos) == secret);
    return ours.take(sdp, false);
  };
  const auto secret = planOf(true, answer("RTP/SAVP", key));
  REQUIRE(secret.has_value());
  CHECK(secret->cipher != nullptr);
  CHECK_FALSE(planOf(true, answer("RTP/SAVP", "")).has_value());
  CHECK_FALSE(planOf(true, answer("RTP/AVP", "")).has_value());
  CHECK_FALSE(planOf(true, answer("RTP/AVP", key)).has_value());
  CHECK_FALSE(planOf(false, answer("RTP/SAVP", key)).has_value());
  const auto plain = planOf(false, answer("RTP/AVP", ""));
  REQUIRE(plain.has_value());
  CHECK(plain->cipher == nullptr);
}

TEST_CASE("media keys: the far end's new key does not start what we send anew") {
  SessionDescription ours(0xc0000201, 20'000, {"pcmu"}, true);
  const std::string offer = ours.offer();
  const size_t at = offer.find("1 AES_CM");
  const auto key = readCrypto(offer.substr(at, offer.find("\r\n", at) - at));
  REQUIRE(key.has_value());
  sipexchange::Srtp hears(std::string(key->key.begin(), key->key.end()));
  const auto take = [&ours](const MediaKey& theirs) {
    return ours.take(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP "
        "0\r\na=crypto:" +
            writeCrypto({"1", theirs}) + "\r\n",
        false);
  };
  const auto first = take(newMediaKey()), second = take(newMediaKey());
  REQUIRE((first.has_value() && second.has_value()));
  REQUIRE(first->cipher != second->cipher);
  // The sequence begins anew under the first of them: the second knows of it.
  for (int i = 65'530; i < 65'545; ++i) {
    const std::string plain = packet(i & 0xffff);
    std::vector<uint8_t> sent = bytes(plain);
    REQUIRE((i < 65'540 ? first : second)->cipher->protect(sent));
    CHECK(hears.unprotect(text(sent)) == plain);
  }
}

TEST_CASE("media keys: a repeated description goes on with the same keys") {
  SessionDescription ours(0xc0000201, 20'000, {"pcmu"}, true);
  (void)ours.offer();
  const std::string sdp =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 "
      "RTP/SAVP 0\r\na=crypto:7 " +
      std::string(kPlain).substr(2) + "\r\n";
  const auto first = ours.take(sdp, false);
  const auto offered = ours.take(sdp, true);
  REQUIRE((first.has_value() && offered.has_value()));
  CHECK(first->cipher == offered->cipher);
  CHECK(ours.answer().find("a=crypto:7 ") != std::string::npos);
}
