#include "board/dialogic/vendor/probe.h"

#include <cstdio>
#include <cstring>

#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr unsigned char kPattern = 0xA5;
constexpr size_t kLongestText = 400;
constexpr bool kWideHere = sizeof(long) == 8;

template <typename T>
T at(const ProbeBuffer& buffer, int offset) {
  T value;
  std::memcpy(&value, buffer.bytes + offset, sizeof value);
  return value;
}

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

// An address that a process of this machine can have: user half, not in the first page.
bool addressLike(uint64_t value) { return value >= 0x1'0000 && value < 0x0000'8000'0000'0000; }

std::string textAt(const ProbeBuffer& buffer, int offset) {
  const char* text = at<const char*>(buffer, offset);
  return text == nullptr ? "" : std::string(text, strnlen(text, kLongestText));
}

std::string otherWidth() {
  return std::string("its long has ") + (kWideHere ? "4" : "8") + " bytes and this process's has " +
         (kWideHere ? "8" : "4") + "; this driver cannot use such a library, please report it";
}

}  // namespace

ProbeBuffer::ProbeBuffer() { std::memset(bytes, kPattern, sizeof bytes); }

std::string checkMetaevent(const ProbeBuffer& buffer, int device, int type) {
  const auto magic = at<uint32_t>(buffer, 0);
  if (magic != vendor::kMetaeventMagic) {
    return "an event of Global Call begins with " + hex(magic) + ", expected " + hex(vendor::kMetaeventMagic);
  }
  // A library that this process could load has its pointers.
  using Wide = vendor::MetaeventOf<int64_t, uintptr_t>;
  using Narrow = vendor::MetaeventOf<int32_t, uintptr_t>;
  const bool wide = at<uint32_t>(buffer, offsetof(Wide, evttype)) == static_cast<uint32_t>(type) &&
                    at<uint32_t>(buffer, offsetof(Wide, evtdev)) == static_cast<uint32_t>(device);
  const bool narrow = at<uint32_t>(buffer, offsetof(Narrow, evttype)) == static_cast<uint32_t>(type) &&
                      at<uint32_t>(buffer, offsetof(Narrow, evtdev)) == static_cast<uint32_t>(device);
  if (kWideHere ? wide : narrow) return "";
  if (wide || narrow) return otherWidth();
  return "an event of type " + hex(static_cast<uint32_t>(type)) +
         " is nowhere in the structure that should hold it";
}

const vendor::GcLayout* layoutOf(const ProbeBuffer& buffer) {
  if (sizeof(void*) == 4) return &vendor::kLayout32;
  // Packed, the eight bytes at 8 are the upper half of one pointer and a library number: hardly an address.
  // Natural, the eight at 4 are padding and the lower half of one.
  const bool packed = addressLike(at<uint64_t>(buffer, vendor::kLayoutPacked.infoMsg));
  const bool natural = addressLike(at<uint64_t>(buffer, vendor::kLayoutNatural.infoMsg));
  if (packed) return &vendor::kLayoutPacked;
  return natural ? &vendor::kLayoutNatural : nullptr;
}

std::string checkInfo(const ProbeBuffer& buffer) {
  if (sizeof(void*) == 4 || layoutOf(buffer) != nullptr) return "";
  constexpr uint64_t kUntouched = 0xA5A5'A5A5'A5A5'A5A5;
  const auto first = at<uint64_t>(buffer, vendor::kLayoutPacked.infoMsg);
  const auto second = at<uint64_t>(buffer, vendor::kLayoutNatural.infoMsg);
  // Nothing was said, or said without a text: it cannot be told, which is no contradiction.
  if (first == kUntouched || (first == 0 && second == 0)) return "";
  return "what it says of an error (GC_INFO) has a text neither at 4 (" + hex(first) + ") nor at 8 (" +
         hex(second) + ")";
}

std::string checkDevinfo(const ProbeBuffer& buffer) {
  constexpr int kFamilies = 9, kEncodings = 3;
  using Wide = vendor::CtDevinfoOf<int64_t>;
  using Narrow = vendor::CtDevinfoOf<int32_t>;
  const auto fits = [&](int family, int encoding) {
    const auto f = at<uint8_t>(buffer, family);
    return f >= 1 && f <= kFamilies && at<uint8_t>(buffer, encoding) <= kEncodings;
  };
  if (kWideHere && fits(offsetof(Narrow, ct_devfamily), offsetof(Narrow, ct_busencoding)))
    return otherWidth();
  if (!kWideHere && at<uint32_t>(buffer, offsetof(Narrow, ct_devfamily)) == 0 &&
      fits(offsetof(Wide, ct_devfamily), offsetof(Wide, ct_busencoding)))
    return otherWidth();
  return "";
}

const vendor::GcLayout& declaredLayout() {
  return sizeof(void*) == 4 ? vendor::kLayout32 : vendor::kLayoutPacked;
}

GcInfo readInfo(const ProbeBuffer& buffer, const vendor::GcLayout& layout, bool packingSeen, bool widthSeen) {
  GcInfo info;
  info.value = at<int32_t>(buffer, 0);
  info.ccValue = at<int32_t>(buffer, layout.infoValue);
  if (packingSeen) info.message = textAt(buffer, layout.infoMsg);
  if (packingSeen && widthSeen) info.ccMessage = textAt(buffer, layout.infoCcMsg);
  return info;
}

}  // namespace board::dialogic
