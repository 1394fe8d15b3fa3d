// Answers to digest challenges: the example of RFC 7616, and what peers send.
#include "board/sip/signalling/digest.h"

#include <doctest/doctest.h>

using namespace board::sip;

namespace {

const char* const kOffered =
    "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

const DigestRequest kRequest = {.username = "Mufasa",
                                .password = "Circle of Life",
                                .method = "GET",
                                .uri = "/dir/index.html",
                                .clientNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};

Challenge challenge(const std::string& parameters) {
  const auto read = readChallenge("Digest " + parameters);
  REQUIRE(read.has_value());
  return *read;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("digest: the example of RFC 7616, section 3.9.1") {
  const Challenge md5 = challenge(std::string(kOffered) + ", algorithm=MD5");
  const Challenge sha = challenge(std::string(kOffered) + ", algorithm=SHA-256");
  const auto weak = digestAnswer({md5}, kRequest);
  REQUIRE(weak.has_value());
  CHECK(has(*weak, "response=\"8ca523f5e9506fed4657c9700eebdbec\""));
  CHECK(has(*weak, "qop=auth, nc=00000001"));
  CHECK(has(*weak, "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""));
  // The stronger one, whatever the order.
  const auto strong = digestAnswer({md5, sha}, kRequest);
  REQUIRE(strong.has_value());
  CHECK(has(*strong, "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""));
  CHECK(has(*strong, "algorithm=SHA-256"));
}

TEST_CASE("digest: an old peer names neither algorithm nor qop") {
  const auto answer = digestAnswer({challenge("realm=\"a\", nonce=\"b\"")}, kRequest);
  REQUIRE(answer.has_value());
  CHECK(has(*answer, "algorithm=MD5"));
  CHECK_FALSE(has(*answer, "qop"));
}

TEST_CASE("digest: what we cannot answer is not answered") {
  CHECK_FALSE(digestAnswer({}, kRequest).has_value());
  CHECK_FALSE(
      digestAnswer({challenge("realm=\"a\", nonce=\"b\", algorithm=MD5-sess")}, kRequest).has_value());
  CHECK_FALSE(digestAnswer({challenge("realm=\"a\", nonce=\"b\", qop=\"auth-int\"")}, kRequest).has_value());
  CHECK_FALSE(readChallenge("Basic realm=\"a\"").has_value());
  CHECK_FALSE(readChallenge("Digest realm=\"a\"").has_value());
  CHECK_FALSE(readChallenge("Digest").has_value());
  CHECK_FALSE(readChallenge("").has_value());
}
