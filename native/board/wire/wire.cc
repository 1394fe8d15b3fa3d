#include "board/wire/wire.h"

namespace board::wire {
namespace {

std::string where(size_t at) { return ", at byte " + std::to_string(at); }

}  // namespace

const char* Names::keep(std::string_view name) {
  const auto known = names_.find(name);
  if (known != names_.end()) return known->c_str();
  if (name.size() > kLongest) {
    throw ProtocolError("name: found " + std::to_string(name.size()) + " bytes, expected at most " +
                        std::to_string(kLongest));
  }
  if (name.find('\0') != std::string_view::npos) {
    throw ProtocolError("name: found a zero byte, expected text");
  }
  if (names_.size() >= kMost) {
    throw ProtocolError("names: found more than " + std::to_string(kMost) + " different ones");
  }
  return names_.emplace(name).first->c_str();
}

uint32_t Reader::count() {
  const size_t at = at_;
  const auto count = integer<uint32_t>();
  if (count > left()) {
    throw ProtocolError("count: found " + std::to_string(count) + ", expected at most " +
                        std::to_string(left()) + ", the bytes left" + where(at));
  }
  return count;
}

std::string_view Reader::text() {
  const uint32_t length = count();
  const std::string_view text(reinterpret_cast<const char*>(bytes_.data() + at_), length);
  at_ += length;
  return text;
}

bool Reader::flag(const char* what) {
  const size_t at = at_;
  const auto found = integer<uint8_t>();
  if (found > 1) {
    throw ProtocolError(std::string(what) + ": found " + std::to_string(found) + ", expected 0 or 1" +
                        where(at));
  }
  return found == 1;
}

void Reader::end() const {
  if (left() > 0) {
    throw ProtocolError("message: found " + std::to_string(left()) + " bytes after its end" + where(at_));
  }
}

void Reader::need(size_t bytes) const {
  if (left() < bytes) {
    throw ProtocolError("message: found " + std::to_string(left()) + " bytes, expected " +
                        std::to_string(bytes) + where(at_));
  }
}

void badEnum(const char* name, uint64_t found, uint64_t last, size_t at) {
  throw ProtocolError(std::string(name) + ": found " + std::to_string(found) + ", expected 0 to " +
                      std::to_string(last) + where(at));
}

void badIndex(const char* name, uint64_t found, uint64_t count, size_t at) {
  throw ProtocolError(std::string(name) + ": found kind " + std::to_string(found) + ", expected 0 to " +
                      std::to_string(count - 1) + where(at));
}

}  // namespace board::wire
