// The checksum at the end of files.
#pragma once

#include <cstdint>
#include <span>

namespace cpd {

// CRC-32 of IEEE 802.3: polynomial 0x04C11DB7, reflected, ones before and after.
uint32_t crc32(std::span<const uint8_t> bytes);

}  // namespace cpd
