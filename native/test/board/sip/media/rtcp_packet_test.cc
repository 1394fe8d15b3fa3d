// RTCP from any bytes, and to the bytes of RFC 3550.
#include "board/sip/media/rtcp_packet.h"

#include <doctest/doctest.h>

#include <vector>

using namespace board::sip;

namespace {

const RtcpReport kReport{
    .ssrc = 0x01020304,
    .sender =
        SenderReport{.ntp = 0x1111111122222222, .timestamp = 0x33333333, .packets = 250, .octets = 40'000},
    .reception = ReceptionReport{.ssrc = 0xaabbccdd,
                                 .fractionLost = 64,
                                 .lost = -2,
                                 .highestSequence = 0x00010005,
                                 .jitter = 80,
                                 .lastReport = 0x12345678,
                                 .since = 65'536}};

}  // namespace

TEST_CASE("rtcp: a sender report has the layout of RFC 3550 section 6.4.1, and a name behind it") {
  const std::vector<uint8_t> bytes = encodeRtcp(kReport);
  REQUIRE(bytes.size() == 52 + 20);
  CHECK(std::vector<uint8_t>(bytes.begin(), bytes.begin() + 8) ==
        std::vector<uint8_t>{0x81, 200, 0, 12, 1, 2, 3, 4});
  // Fraction and the 24 bits of what was lost, in twos' complement.
  CHECK(std::vector<uint8_t>(bytes.begin() + 28, bytes.begin() + 36) ==
        std::vector<uint8_t>{0xaa, 0xbb, 0xcc, 0xdd, 64, 0xff, 0xff, 0xfe});
  CHECK(std::vector<uint8_t>(bytes.begin() + 52, bytes.begin() + 62) ==
        std::vector<uint8_t>{0x81, 202, 0, 4, 1, 2, 3, 4, 1, 8});
}

TEST_CASE("rtcp: what was written is read again") {
  const auto read = decodeRtcp(encodeRtcp(kReport), 0xaabbccdd);
  REQUIRE(read);
  CHECK(read->ssrc == 0x01020304);
  REQUIRE(read->sender);
  CHECK(read->sender->ntp == 0x1111111122222222);
  CHECK(read->sender->packets == 250);
  CHECK(read->sender->octets == 40'000);
  REQUIRE(read->reception);
  CHECK(read->reception->fractionLost == 64);
  CHECK(read->reception->lost == -2);
  CHECK(read->reception->highestSequence == 0x00010005);
  CHECK(read->reception->lastReport == 0x12345678);
}

TEST_CASE("rtcp: a report of somebody else's packets is not ours") {
  const auto read = decodeRtcp(encodeRtcp(kReport), 0xaabbccde);
  REQUIRE(read);
  CHECK_FALSE(read->reception);
}

TEST_CASE("rtcp: who has sent nothing reports as a receiver") {
  RtcpReport report = kReport;
  report.sender.reset();
  const std::vector<uint8_t> bytes = encodeRtcp(report);
  CHECK(bytes[1] == 201);
  const auto read = decodeRtcp(bytes, 0xaabbccdd);
  REQUIRE(read);
  CHECK_FALSE(read->sender);
  CHECK(read->reception);
}

TEST_CASE("rtcp: what is cut short or says more blocks than it has is none") {
  const std::vector<uint8_t> whole = encodeRtcp(kReport);
  for (size_t size = 0; size < 52; ++size) CHECK_FALSE(decodeRtcp(std::span(whole).first(size), 0xaabbccdd));
  std::vector<uint8_t> more = whole;
  more[0] = 0x9f;
  CHECK_FALSE(decodeRtcp(more, 0xaabbccdd));
  std::vector<uint8_t> old = whole;
  old[0] = 0x41;
  CHECK_FALSE(decodeRtcp(old, 0xaabbccdd));
}
