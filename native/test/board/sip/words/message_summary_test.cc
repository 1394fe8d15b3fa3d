// Messages in one line; no number is told in full.
#include "board/sip/words/message_summary.h"

#include <doctest/doctest.h>

#include <string>

#include "board/sip/media/voice_quality.h"

using board::sip::estimatedMos;
using board::sip::summaryOf;

TEST_CASE("message summary: a request by its method and its masked target, a response by what it answers") {
  const auto invite = summaryOf(
      "INVITE sip:+4930123456@example.net;x SIP/2.0\r\nVia: a\r\nCall-ID: one@two\r\nCSeq: 1 "
      "INVITE\r\n\r\nCall-ID: body");
  CHECK(invite.line.starts_with("INVITE sip:"));
  CHECK(invite.line.ends_with("@example.net;x"));
  CHECK(invite.line.find("3456") == std::string::npos);
  CHECK(invite.callId == "one@two");
  const auto ringing = summaryOf("SIP/2.0 180 Ringing\r\ni: abc\r\ncseq: 1 INVITE\r\n\r\n");
  CHECK(ringing.line == "180 Ringing (INVITE)");
  CHECK(ringing.callId == "abc");
  CHECK(summaryOf("OPTIONS sip:example.net SIP/2.0\r\n\r\nCall-ID: body").line == "OPTIONS sip:example.net");
  CHECK(summaryOf("OPTIONS sip:example.net SIP/2.0\r\n\r\nCall-ID: body").callId.empty());
}

TEST_CASE("message summary: of anything else, something that can be printed") {
  for (const std::string& text :
       {std::string(), std::string("\r\n"), std::string("SIP/2.0"), std::string("SIP/2.0 "),
        std::string("\0\1\x7f\xff @:", 7), std::string("INVITE"), std::string("A @:b@ C"),
        std::string("SIP/2.0 200\r\nCSeq:\r\nCall-ID:"), std::string(5'000, 'x')}) {
    CAPTURE(text);
    const auto summary = summaryOf(text);
    CHECK(summary.line.size() <= 250);
    for (const char c : summary.line + summary.callId) CHECK((c >= 0x20 && c < 0x7f));
  }
}

TEST_CASE("voice quality: as the E-model has it") {
  CHECK(estimatedMos(0, 0) == doctest::Approx(4.41).epsilon(0.003));
  // R 93.2 - 95 * 1 / 5.3 = 75.3.
  CHECK(estimatedMos(1, 0) == doctest::Approx(3.85).epsilon(0.005));
  CHECK(estimatedMos(0, 400) < estimatedMos(0, 150));
  CHECK(estimatedMos(0, 150) > 4.2);
  CHECK(estimatedMos(100, 1'000) == 1);
  double last = 5;
  for (double loss = 0; loss <= 20; loss += 0.5) {
    CHECK(estimatedMos(loss, 100) < last);
    last = estimatedMos(loss, 100);
  }
}
