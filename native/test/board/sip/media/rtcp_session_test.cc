// What reports count and what they tell, with times given.
#include "board/sip/media/rtcp_session.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace board::sip;

namespace {

struct Ends {
  RtcpSession here, there;
  uint16_t sequence = 65'500;  // begins anew soon

  Ends() {
    here.start(0x1111, 0);
    there.start(0x2222, 0);
  }
  // So many packets from here; there misses one of `every` (0: none).
  void send(int count, int every) {
    for (int i = 0; i < count; ++i, ++sequence) {
      here.went(160);
      if (every == 0 || i % every != every - 1)
        there.came({.sequence = sequence, .ssrc = 0x1111, .payload = {}});
    }
  }
};

}  // namespace

TEST_CASE("rtcp session: nothing is due before 5 s, then once") {
  Ends ends;
  ends.send(10, 0);
  CHECK_FALSE(ends.here.due(4'999, 0, 0));
  CHECK(ends.here.due(5'000, 0, 0));
  CHECK_FALSE(ends.here.due(5'020, 0, 0));
}

TEST_CASE("rtcp session: lost packets are told to who sent them, also where the numbers begin anew") {
  Ends ends;
  ends.send(400, 4);
  const auto report = ends.there.due(5'000, 0, 240);
  REQUIRE(report);
  const auto read = decodeRtcp(*report, 0x1111);
  REQUIRE(read);
  REQUIRE(read->reception);
  CHECK_FALSE(read->sender);
  // The last one is missed too, and nobody knows of it yet.
  CHECK(read->reception->lost == 99);
  CHECK(read->reception->fractionLost == 256 * 99 / 399);
  CHECK(read->reception->highestSequence == 65'500 + 398);
  ends.here.take(*report, 5'000);
  REQUIRE(ends.here.farView());
  CHECK(std::abs(ends.here.farView()->lostPercent - 24.75) < 0.01);
  CHECK(ends.here.farView()->jitterMs == 30);
}

TEST_CASE("rtcp session: the fraction is of what came since the report before") {
  Ends ends;
  ends.send(400, 4);
  REQUIRE(ends.there.due(5'000, 0, 0));
  ends.send(100, 0);
  const auto read = decodeRtcp(*ends.there.due(10'000, 0, 0), 0x1111);
  REQUIRE(read);
  CHECK(read->reception->lost == 100);
  CHECK(read->reception->fractionLost == 256 * 1 / 101);
}

TEST_CASE("rtcp session: the way there and back without the time that the far end kept the report") {
  Ends ends;
  ends.send(10, 0);
  ends.there.take(*ends.here.due(5'000, 0, 0), 5'030);
  const auto back = ends.there.due(9'000, 0, 0);
  REQUIRE(back);
  ends.here.take(*back, 9'040);
  REQUIRE(ends.here.roundTripMs());
  CHECK(std::abs(*ends.here.roundTripMs() - 70) < 0.1);
}

TEST_CASE("rtcp session: a far end that began anew is counted from there") {
  Ends ends;
  ends.send(100, 0);
  ends.there.came({.sequence = 7, .ssrc = 0x3333, .payload = {}});
  ends.there.came({.sequence = 8, .ssrc = 0x3333, .payload = {}});
  const auto read = decodeRtcp(*ends.there.due(5'000, 0, 0), 0x3333);
  REQUIRE(read);
  REQUIRE(read->reception);
  CHECK(read->reception->lost == 0);
  CHECK(read->reception->highestSequence == 8);
}

TEST_CASE("rtcp session: who has sent nothing learns nothing of itself") {
  Ends ends;
  RtcpReport lie{.ssrc = 0x2222,
                 .sender = {},
                 .reception = ReceptionReport{.ssrc = 0x1111, .fractionLost = 0, .lost = 5}};
  CHECK(ends.here.take(encodeRtcp(lie), 100));
  CHECK_FALSE(ends.here.farView());
}

TEST_CASE("rtcp session: what is no report is not taken for one") {
  Ends ends;
  ends.send(10, 0);
  std::vector<uint8_t> report = *ends.there.due(5'000, 0, 0);
  CHECK(ends.here.take(report, 5'000));
  report[0] ^= 0x40;  // another version
  CHECK_FALSE(ends.here.take(report, 5'000));
  CHECK_FALSE(ends.here.take({}, 5'000));
}
