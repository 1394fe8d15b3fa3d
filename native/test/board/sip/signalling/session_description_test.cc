// What is offered, and what of an answer can be used.
#include "board/sip/signalling/session_description.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using board::sip::Law;
using board::sip::MediaPlan;
using board::sip::SessionDescription;

namespace {

constexpr uint32_t kOurs = 0x7f000001;

std::string body(const std::string& media, const std::string& address = "192.0.2.7") {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\n" + media;
}

std::optional<MediaPlan> answered(const std::string& sdp) {
  SessionDescription ours(kOurs, 20'000, {"pcma", "pcmu"}, false);
  (void)ours.offer();
  return ours.take(sdp, false);
}

}  // namespace

TEST_CASE("sdp: the offer has what is configured, in its order") {
  const std::string offer = SessionDescription(kOurs, 20'002, {"pcmu"}, false).offer();
  CHECK(offer.find("c=IN IP4 127.0.0.1\r\n") != std::string::npos);
  CHECK(offer.find("m=audio 20002 RTP/AVP 0 101\r\n") != std::string::npos);
  CHECK(offer.find("a=rtpmap:101 telephone-event/8000\r\n") != std::string::npos);
  CHECK(SessionDescription(kOurs, 20'002, {"pcma", "pcmu"}, false).offer().find("RTP/AVP 8 0 101") !=
        std::string::npos);
}

TEST_CASE("sdp: a usual answer, and one that names its static types alone") {
  const auto usual =
      answered(body("m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 "
                    "telephone-event/8000\r\n"));
  REQUIRE(usual.has_value());
  CHECK(usual->law == Law::kAlaw);
  CHECK(usual->eventType == 96);
  CHECK(usual->peer.ip == 0xc0000207);
  CHECK(usual->peer.port == 4000);
  CHECK(usual->sends);
  CHECK(usual->receives);
  const auto bare = answered(body("m=audio 4000 RTP/AVP 0\r\n"));
  REQUIRE(bare.has_value());
  CHECK(bare->law == Law::kUlaw);
  CHECK(bare->eventType == -1);
}

TEST_CASE("sdp: hold, by direction and by the address of zeros") {
  const auto inactive = answered(body("m=audio 4000 RTP/AVP 0\r\na=inactive\r\n"));
  REQUIRE(inactive.has_value());
  CHECK_FALSE(inactive->sends);
  CHECK_FALSE(inactive->receives);
  const auto music = answered(body("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"));
  REQUIRE(music.has_value());
  CHECK_FALSE(music->sends);
  CHECK(music->receives);
  const auto zeros = answered(body("m=audio 4000 RTP/AVP 0\r\n", "0.0.0.0"));
  REQUIRE(zeros.has_value());
  CHECK_FALSE(zeros->sends);
  CHECK_FALSE(zeros->receives);
}

TEST_CASE("sdp: what cannot be used is not") {
  for (const std::string& media : {std::string("m=audio 0 RTP/AVP 0\r\n"),
                                   std::string("m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"),
                                   std::string("m=audio 4000 RTP/SAVP 0\r\n"),
                                   std::string("m=video 4000 RTP/AVP 0\r\n"), std::string()}) {
    CAPTURE(media);
    CHECK_FALSE(answered(body(media)).has_value());
  }
  CHECK_FALSE(answered("").has_value());
  CHECK_FALSE(answered("nonsense").has_value());
  CHECK_FALSE(answered(std::string(100'000, 'v')).has_value());
}

TEST_CASE("sdp: of IPv6 says so, and an answer of the other family cannot be sent to") {
  const board::sip::IpAddress ours = board::sip::ipOf("2001:db8::9");
  const std::string six = "v=0\r\no=- 1 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\n";
  const std::string audio = "m=audio 4000 RTP/AVP 0\r\n";
  SessionDescription description(ours, 20'002, {"pcmu"}, false);
  CHECK(description.offer().find("c=IN IP6 2001:db8::9\r\n") != std::string::npos);
  const auto plan = description.take(six + audio, false);
  REQUIRE(plan.has_value());
  CHECK(plan->peer == board::sip::MediaAddress{board::sip::ipOf("2001:db8::7"), 4000});
  CHECK(plan->sends);
  CHECK_FALSE(description.take(body(audio), false).has_value());
  CHECK_FALSE(answered(six + audio).has_value());
  // The old way to hold.
  const std::string zeros = "v=0\r\no=- 1 1 IN IP6 ::\r\ns=-\r\nc=IN IP6 ::\r\nt=0 0\r\n";
  const auto held = description.take(zeros + audio, false);
  REQUIRE(held.has_value());
  CHECK_FALSE(held->sends);
  CHECK_FALSE(held->receives);
}
