// RTP and telephone events from any bytes.
#include "board/sip/media/rtp_packet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace board::sip;

namespace {

std::vector<uint8_t> packet(const std::vector<uint8_t>& payload) {
  return encodeRtp({.payloadType = 8,
                    .marker = true,
                    .sequence = 65'535,
                    .timestamp = 0x80000001,
                    .ssrc = 0xdeadbeef,
                    .payload = payload});
}

}  // namespace

TEST_CASE("rtp: what was written is read again") {
  const std::vector<uint8_t> bytes = packet({1, 2, 3});
  const auto read = decodeRtp(bytes);
  REQUIRE(read.has_value());
  CHECK(read->payloadType == 8);
  CHECK(read->marker);
  CHECK(read->sequence == 65'535);
  CHECK(read->timestamp == 0x80000001);
  CHECK(read->ssrc == 0xdeadbeef);
  CHECK(std::ranges::equal(read->payload, std::vector<uint8_t>{1, 2, 3}));
}

TEST_CASE("rtp: sources, an extension and padding are no payload") {
  std::vector<uint8_t> bytes = packet({});
  bytes[0] = 0x80 | 0x20 | 0x10 | 1;
  bytes.insert(bytes.end(), {9, 9, 9, 9});              // a contributing source
  bytes.insert(bytes.end(), {0, 0, 0, 1, 7, 7, 7, 7});  // an extension of one word
  bytes.insert(bytes.end(), {42, 43, 0, 0, 3});         // two bytes, three of padding
  const auto read = decodeRtp(bytes);
  REQUIRE(read.has_value());
  CHECK(std::ranges::equal(read->payload, std::vector<uint8_t>{42, 43}));
  bytes.back() = 6;  // more padding than there are bytes
  CHECK_FALSE(decodeRtp(bytes).has_value());
  bytes.back() = 0;
  CHECK_FALSE(decodeRtp(bytes).has_value());
}

TEST_CASE("rtp: what is no packet is none") {
  CHECK_FALSE(decodeRtp({}).has_value());
  std::vector<uint8_t> bytes = packet({1});
  CHECK_FALSE(decodeRtp(std::span(bytes).first(11)).has_value());
  bytes[0] = 0x40;
  CHECK_FALSE(decodeRtp(bytes).has_value());
  std::vector<uint8_t> rtcp = packet({1, 2, 3, 4});
  rtcp[1] = 200;
  CHECK_FALSE(decodeRtp(rtcp).has_value());
  std::vector<uint8_t> extended = packet({0, 0, 255, 255});
  extended[0] |= 0x10;
  CHECK_FALSE(decodeRtp(extended).has_value());
}

TEST_CASE("rtp: any bytes are read without harm") {
  std::mt19937 random(14);
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 20'000; ++i) {
    bytes.resize(random() % 40);
    for (uint8_t& each : bytes) each = static_cast<uint8_t>(random());
    if (!bytes.empty() && random() % 2 == 0) bytes[0] = static_cast<uint8_t>(0x80 | (bytes[0] & 0x3f));
    const auto read = decodeRtp(bytes);
    if (read) CHECK(read->payload.size() <= bytes.size() - 12);
    (void)decodeTelephoneEvent(bytes);
  }
}

TEST_CASE("telephone event: keys alone") {
  const auto key = decodeTelephoneEvent(std::vector<uint8_t>{11, 0x8a, 0x03, 0x20});
  REQUIRE(key.has_value());
  CHECK(key->digit == '#');
  CHECK(key->end);
  CHECK(key->duration == 800);
  CHECK(decodeTelephoneEvent(std::vector<uint8_t>{15, 10, 0, 0})->digit == 'D');
  CHECK_FALSE(decodeTelephoneEvent(std::vector<uint8_t>{16, 10, 0, 0}).has_value());  // hook flash
  CHECK_FALSE(decodeTelephoneEvent(std::vector<uint8_t>{1, 10, 0}).has_value());
}
