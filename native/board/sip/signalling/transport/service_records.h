// DNS SRV (RFC 2782): which hosts give a service.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace board::sip {

struct ServiceRecord {
  uint16_t priority = 0, weight = 0, port = 0;
  std::string host;
};

// Those of an answer of DNS; none where it is none, or says that the service is not there.
std::vector<ServiceRecord> readServiceRecords(std::span<const uint8_t> answer);

// In the order in which they are to be tried: by priority, within one by chance as the weights say. `random(n)`: 0 to n.
std::vector<ServiceRecord> inOrder(std::vector<ServiceRecord> records,
                                   const std::function<uint32_t(uint32_t)>& random);

// Asks DNS. Waits for it.
std::vector<ServiceRecord> findServiceRecords(const std::string& name);

}  // namespace board::sip
