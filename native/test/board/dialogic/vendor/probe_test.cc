// The layout of the vendor's structures as a probe finds it, names of its numbers, and bytes of its messages.
#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "board/dialogic/diagnostics.h"
#include "board/dialogic/vendor/constants.h"
#include "board/dialogic/vendor/isdn_facility.h"
#include "board/dialogic/vendor/probe.h"

namespace {

using namespace board::dialogic;

TEST_CASE("dialogic: the request for a two-channel transfer, byte by byte") {
  const IeBlock block = transferFacility(1, 0x2A5B);
  const std::vector<unsigned char> bytes(block.data, block.data + block.length);
  CHECK(bytes == std::vector<unsigned char>{0x1C, 0x15, 0x91, 0xA1, 0x12, 0x02, 0x01, 0x01,
                                            0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x15, 0x00,
                                            0x08, 0x30, 0x04, 0x02, 0x02, 0x2A, 0x5B});
}

TEST_CASE("dialogic: the layout probe tells packings and widths apart") {
  if (sizeof(void*) == 4) return;
  const char* text = "text";
  ProbeBuffer packed, natural, neither;
  std::memcpy(packed.bytes + 4, &text, sizeof text);
  const uint64_t upper = (reinterpret_cast<uint64_t>(text) >> 32) | (uint64_t{3} << 32);
  std::memcpy(packed.bytes + 8, &upper, sizeof upper);  // as the end of the pointer and a library number look
  std::memcpy(natural.bytes + 8, &text, sizeof text);
  CHECK(layoutOf(packed) == &vendor::kLayoutPacked);
  CHECK(layoutOf(natural) == &vendor::kLayoutNatural);
  CHECK(layoutOf(neither) == nullptr);

  ProbeBuffer event;
  CHECK(checkMetaevent(event, 5, 0x834).find("expected 0xbad012fb") != std::string::npos);
  std::memcpy(event.bytes, &vendor::kMetaeventMagic, 4);
  CHECK(checkMetaevent(event, 5, 0x834).find("nowhere") != std::string::npos);
  const uint32_t device = 5, type = 0x834;
  std::memcpy(event.bytes + 20, &device, 4);  // behind two numbers of 4 bytes, a pointer and a length
  std::memcpy(event.bytes + 24, &type, 4);
  CHECK(checkMetaevent(event, 5, 0x834).find("long has 4 bytes") != std::string::npos);
  std::memcpy(event.bytes + 32, &device, 4);
  std::memcpy(event.bytes + 40, &type, 4);
  CHECK(checkMetaevent(event, 5, 0x834).empty());
}

TEST_CASE("dialogic: an error that has neither packing is told, one without a text is not") {
  if (sizeof(void*) == 4) return;
  ProbeBuffer untouched, silent, odd;
  CHECK(checkInfo(untouched).empty());
  std::memset(silent.bytes + 4, 0, 16);
  CHECK(checkInfo(silent).empty());
  std::memset(odd.bytes + 4, 0x01, 16);
  CHECK(checkInfo(odd).find("neither at 4 (0x101010101010101) nor at 8") != std::string::npos);
}

TEST_CASE("dialogic: what a channel says of itself tells the width of the library's long") {
  const auto written = [](auto info, uint8_t family, uint8_t encoding) {
    ProbeBuffer buffer;
    info.ct_prodid = 0x123;
    info.ct_devfamily = family;
    info.ct_busencoding = encoding;
    std::memcpy(buffer.bytes, &info, sizeof info);
    return buffer;
  };
  for (const uint8_t family : {1, 2, 5, 8, 9}) {
    for (const uint8_t encoding : {0, 1}) {
      const ProbeBuffer wide = written(vendor::CtDevinfoOf<int64_t>{}, family, encoding);
      const ProbeBuffer narrow = written(vendor::CtDevinfoOf<int32_t>{}, family, encoding);
      const bool wideHere = sizeof(long) == 8;
      CHECK(checkDevinfo(wideHere ? wide : narrow).empty());
      CHECK(checkDevinfo(wideHere ? narrow : wide).find(wideHere ? "long has 4 bytes" : "long has 8 bytes") !=
            std::string::npos);
    }
  }
}

TEST_CASE("dialogic: numbers to names and back") {
  CHECK(decode("GCEV", "2118").find("GCEV_DISCONNECTED") == std::string::npos);
  CHECK(decode("GCEV", "0x826").find("GCEV_DISCONNECTED") != std::string::npos);
  CHECK(decode("gcev", "disconnected").find("\"value\":2086") != std::string::npos);
  CHECK(decode("CR", "CR_BUSY").find("\"cause\":17") != std::string::npos);
  CHECK(decode("CR", "7").find("CR_BUSY") != std::string::npos);
  CHECK(decode("XY", "7").find("no family XY") != std::string::npos);
  CHECK(decode("CR", "99").find("error") != std::string::npos);
  CHECK(vendor::nameOf("CR", 99) == "CR 99");
}

}  // namespace
