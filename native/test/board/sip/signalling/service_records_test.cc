// Answers of DNS to SRV questions.
#include "board/sip/signalling/transport/service_records.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using board::sip::inOrder;
using board::sip::readServiceRecords;
using board::sip::ServiceRecord;

namespace {

void add16(std::vector<uint8_t>& to, unsigned value) {
  to.push_back(static_cast<uint8_t>(value >> 8));
  to.push_back(static_cast<uint8_t>(value));
}

void addName(std::vector<uint8_t>& to, const std::string& name) {
  size_t at = 0;
  while (at < name.size()) {
    const size_t dot = std::min(name.find('.', at), name.size());
    to.push_back(static_cast<uint8_t>(dot - at));
    to.insert(to.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
              name.begin() + static_cast<std::ptrdiff_t>(dot));
    at = dot + 1;
  }
  to.push_back(0);
}

// A DNS message (RFC 1035) with one question and these answers.
std::vector<uint8_t> answerOf(const std::vector<ServiceRecord>& records) {
  std::vector<uint8_t> message;
  for (const unsigned value : {0x1234U, 0x8180U, 1U, static_cast<unsigned>(records.size()), 0U, 0U})
    add16(message, value);
  addName(message, "_sip._udp.example.net");
  add16(message, 33);
  add16(message, 1);
  for (const ServiceRecord& each : records) {
    add16(message, 0xc00c);  // the name of the question
    for (const unsigned value : {33U, 1U, 0U, 300U}) add16(message, value);
    std::vector<uint8_t> data;
    for (const unsigned value : {each.priority, each.weight, each.port}) add16(data, value);
    addName(data, each.host);
    add16(message, static_cast<unsigned>(data.size()));
    message.insert(message.end(), data.begin(), data.end());
  }
  return message;
}

std::string hosts(const std::vector<ServiceRecord>& records) {
  std::string text;
  for (const ServiceRecord& each : records) text += each.host + " ";
  return text;
}

}  // namespace

TEST_CASE("dns srv: the records of an answer") {
  const auto records =
      readServiceRecords(answerOf({{10, 60, 5060, "a.example.net"}, {20, 0, 5070, "b.example.net"}}));
  REQUIRE(records.size() == 2);
  CHECK(records[0].host == "a.example.net");
  CHECK(records[0].priority == 10);
  CHECK(records[0].weight == 60);
  CHECK(records[0].port == 5060);
  CHECK(records[1].host == "b.example.net");
  CHECK(records[1].port == 5070);
}

TEST_CASE("dns srv: nothing where the service is not there, nor from what is no answer") {
  CHECK(readServiceRecords(answerOf({{0, 0, 0, ""}})).empty());
  CHECK(readServiceRecords({}).empty());
  std::vector<uint8_t> cut = answerOf({{10, 60, 5060, "a.example.net"}});
  while (!cut.empty()) {
    cut.pop_back();
    CHECK(readServiceRecords(cut).empty());
  }
}

TEST_CASE("dns srv: by priority, and within one by weight") {
  const std::vector<ServiceRecord> records = {
      {20, 0, 1, "later"}, {10, 10, 1, "light"}, {10, 90, 1, "heavy"}};
  const auto least = [](uint32_t /*most*/) { return 0U; };
  const auto most = [](uint32_t sum) { return sum; };
  CHECK(hosts(inOrder(records, least)) == "light heavy later ");
  CHECK(hosts(inOrder(records, most)) == "heavy light later ");
  CHECK(hosts(inOrder(records, [](uint32_t /*most*/) { return 11U; })) == "heavy light later ");
  CHECK(hosts(inOrder(records, [](uint32_t /*most*/) { return 10U; })) == "light heavy later ");
}
