// Numbers and texts of files: little-endian, floats by their bits.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cpd {

class ByteWriter {
 public:
  explicit ByteWriter(std::vector<uint8_t>& into) : bytes_(into) {}

  void u8(uint8_t value) { bytes_.push_back(value); }
  void u16(uint16_t value) {
    u8(static_cast<uint8_t>(value));
    u8(static_cast<uint8_t>(value >> 8));
  }
  void u32(uint32_t value) {
    u16(static_cast<uint16_t>(value));
    u16(static_cast<uint16_t>(value >> 16));
  }
  void i32(int32_t value) { u32(static_cast<uint32_t>(value)); }
  void f32(float value) { u32(std::bit_cast<uint32_t>(value)); }

  // Up to 255 bytes of it; nullptr is written as the empty text.
  void text(const char* value) {
    const std::string_view all = value == nullptr ? std::string_view{} : std::string_view(value);
    const std::string_view kept = all.substr(0, 255);
    u8(static_cast<uint8_t>(kept.size()));
    bytes_.insert(bytes_.end(), kept.begin(), kept.end());
  }

 private:
  std::vector<uint8_t>& bytes_;
};

// Throws std::invalid_argument where the bytes end too soon.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  size_t at() const { return at_; }
  bool atEnd() const { return at_ == bytes_.size(); }

  std::span<const uint8_t> take(size_t count) {
    if (count > bytes_.size() - at_)
      throw std::invalid_argument("cut short at byte " + std::to_string(bytes_.size()));
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  uint8_t u8() { return take(1)[0]; }
  uint16_t u16() {
    const auto b = take(2);
    return static_cast<uint16_t>(b[0] | b[1] << 8);
  }
  uint32_t u32() {
    const uint32_t low = u16();
    return low | static_cast<uint32_t>(u16()) << 16;
  }
  int32_t i32() { return static_cast<int32_t>(u32()); }
  float f32() { return std::bit_cast<float>(u32()); }
  std::string text() {
    const auto b = take(u8());
    return {b.begin(), b.end()};
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace cpd
