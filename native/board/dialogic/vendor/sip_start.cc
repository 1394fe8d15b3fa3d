#include "board/dialogic/vendor/sip_start.h"

#include <cstring>

namespace board::dialogic {
namespace {

// Writes fields one after the other: without gaps, or each at a multiple of its size.
class Fields {
 public:
  Fields(unsigned char* to, bool natural) : to_(to), natural_(natural) {}
  template <typename T>
  Fields& put(T value) {
    align(sizeof value);
    std::memcpy(to_ + at_, &value, sizeof value);
    at_ += sizeof value;
    return *this;
  }
  Fields& skip(size_t bytes, size_t alignment) {
    align(alignment);
    at_ += bytes;
    return *this;
  }

 private:
  void align(size_t to) {
    if (natural_) at_ = (at_ + to - 1) / to * to;
  }

  unsigned char* const to_;
  const bool natural_;
  size_t at_ = 0;
};

constexpr uint16_t kStartVersion = 0x201;
// The smallest that has what is set here; from 0x106 on the tail has TCP. Unverified, as is all behind the
// masks: filled with 0xFF, which is how the vendor's own initialiser begins.
constexpr uint16_t kBoardVersion = 0x105;
constexpr uint32_t kHeaderAccess = 0x3;
constexpr uint32_t kTransfer = 0x1;

}  // namespace

SipStart::SipStart(int32_t sipPort, int32_t maxCalls, bool natural) {
  std::memset(board_, 0xFF, sizeof board_);
  const auto calls = static_cast<uint32_t>(maxCalls);
  void* const none = nullptr;
  Fields(board_, natural)
      .put(kBoardVersion)
      .put(calls)
      .put(uint32_t{0})  // H.323
      .put(calls)
      .skip(1, sizeof(uint32_t))  // IP_ADDR, any local address: version, 16 bytes in words
      .skip(16, sizeof(uint32_t))
      .skip(sizeof(uint16_t), sizeof(uint16_t))
      .put(static_cast<uint16_t>(sipPort))
      .put(none)
      .put(static_cast<uint16_t>(sizeof board_))
      .put(kHeaderAccess)
      .put(kTransfer);
  void* const boards = board_;
  Fields(data_, natural)
      .put(kStartVersion)
      .put(static_cast<uint8_t>(','))
      .put(uint8_t{1})
      .put(boards)
      .put(static_cast<unsigned long>(-1))  // parameters of up to 255 bytes
      .put(int32_t{0});                     // first-party call control
}

}  // namespace board::dialogic
