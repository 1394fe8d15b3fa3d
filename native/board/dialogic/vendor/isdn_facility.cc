#include "board/dialogic/vendor/isdn_facility.h"

#include <algorithm>
#include <initializer_list>

namespace board::dialogic {
namespace {

constexpr uint8_t kFacility = 0x1C;  // information element, Q.931
constexpr uint8_t kRose = 0x91;      // profile: remote operations, Q.932
constexpr uint8_t kInvoke = 0xA1;
constexpr uint8_t kInteger = 0x02, kObjectId = 0x06, kSequence = 0x30;

}  // namespace

IeBlock transferFacility(uint8_t invokeId, uint16_t reference) {
  const auto high = static_cast<uint8_t>(reference >> 8), low = static_cast<uint8_t>(reference & 0xFF);
  const std::initializer_list<uint8_t> bytes = {// the element and its length
                                                kFacility, 21,
                                                // 18 bytes of one invocation
                                                kRose, kInvoke, 18, kInteger, 1, invokeId,
                                                // of the explicit transfer, 1.2.840.10005.0.8
                                                kObjectId, 7, 0x2A, 0x86, 0x48, 0xCE, 0x15, 0x00, 0x08,
                                                // with the other call
                                                kSequence, 4, kInteger, 2, high, low};
  IeBlock block;
  std::copy(bytes.begin(), bytes.end(), block.data);
  block.length = static_cast<int16_t>(bytes.size());
  return block;
}

}  // namespace board::dialogic
