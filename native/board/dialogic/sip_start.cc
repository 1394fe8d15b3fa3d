#include "board/dialogic/sip_start.h"

#include <cstring>

namespace board::dialogic {
namespace {

// Writes fields one after the other, without gaps.
class Packed {
 public:
  explicit Packed(unsigned char* at) : at_(at) {}
  template <typename T>
  Packed& put(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
    return *this;
  }
  Packed& skip(int bytes) {
    at_ += bytes;
    return *this;
  }

 private:
  unsigned char* at_;
};

constexpr uint16_t kStartVersion = 0x201;
// The smallest that has what is set here; from 0x106 on the tail has TCP. Unverified, as is all behind the
// masks: filled with 0xFF, which is how the vendor's own initialiser begins.
constexpr uint16_t kBoardVersion = 0x105;
constexpr int kAddress = 17;  // IP_ADDR: version and 16 bytes
constexpr uint32_t kHeaderAccess = 0x3;
constexpr uint32_t kTransfer = 0x1;

}  // namespace

SipStart::SipStart(int32_t sipPort, int32_t maxCalls) {
  std::memset(board_, 0xFF, sizeof board_);
  const auto calls = static_cast<uint32_t>(maxCalls);
  void* const none = nullptr;
  Packed(board_)
      .put(kBoardVersion)
      .put(calls)
      .put(uint32_t{0})  // H.323
      .put(calls)
      .skip(kAddress)  // any local address
      .skip(sizeof(uint16_t))
      .put(static_cast<uint16_t>(sipPort))
      .put(none)
      .put(static_cast<uint16_t>(sizeof board_))
      .put(kHeaderAccess)
      .put(kTransfer);
  void* const boards = board_;
  Packed(data_)
      .put(kStartVersion)
      .put(static_cast<uint8_t>(','))
      .put(uint8_t{1})
      .put(boards)
      .put(static_cast<unsigned long>(-1))  // parameters of up to 255 bytes
      .put(int32_t{0});                     // first-party call control
}

}  // namespace board::dialogic
