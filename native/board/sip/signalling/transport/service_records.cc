#include "board/sip/signalling/transport/service_records.h"

#include <arpa/nameser.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace board::sip {
namespace {

constexpr size_t kFixedBytes = 6;  // priority, weight, port

uint16_t read16(const unsigned char* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

}  // namespace

std::vector<ServiceRecord> readServiceRecords(std::span<const uint8_t> answer) {
  std::vector<ServiceRecord> records;
  ns_msg message;
  if (ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) return records;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record;
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return records;
    if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= kFixedBytes) continue;
    const unsigned char* data = ns_rr_rdata(record);
    std::array<char, NS_MAXDNAME> host{};
    if (dn_expand(ns_msg_base(message), ns_msg_end(message), data + kFixedBytes, host.data(), host.size()) <
        0)
      continue;
    // A single dot: the service is decidedly not there.
    if (host[0] == '\0' || (host[0] == '.' && host[1] == '\0')) continue;
    records.push_back({.priority = read16(data),
                       .weight = read16(data + 2),
                       .port = read16(data + 4),
                       .host = host.data()});
  }
  return records;
}

std::vector<ServiceRecord> inOrder(std::vector<ServiceRecord> records,
                                   const std::function<uint32_t(uint32_t)>& random) {
  std::ranges::stable_sort(records, {}, &ServiceRecord::priority);
  for (auto first = records.begin(); first != records.end(); ++first) {
    const auto end = std::find_if(
        first, records.end(), [&](const ServiceRecord& each) { return each.priority != first->priority; });
    uint32_t sum = 0;
    for (auto each = first; each != end; ++each) sum += each->weight;
    uint32_t place = random(sum);
    auto chosen = first;
    while (chosen + 1 != end && place > chosen->weight) {
      place -= chosen->weight;
      ++chosen;
    }
    std::rotate(first, chosen, chosen + 1);
  }
  return records;
}

std::vector<ServiceRecord> findServiceRecords(const std::string& name) {
  struct __res_state state {};
  if (res_ninit(&state) != 0) return {};
  std::array<uint8_t, 4096> answer{};
  const int length =
      res_nquery(&state, name.c_str(), ns_c_in, ns_t_srv, answer.data(), static_cast<int>(answer.size()));
  res_nclose(&state);
  if (length <= 0) return {};
  std::random_device source;
  const auto random = [&source](uint32_t most) {
    return std::uniform_int_distribution<uint32_t>(0, most)(source);
  };
  const size_t read = std::min(static_cast<size_t>(length), answer.size());
  return inOrder(readServiceRecords(std::span(answer).first(read)), random);
}

}  // namespace board::sip
