// G.711 A-law and mu-law, as in ITU-T G.711: 16 bit linear (left-justified 13/14 bit) to and from 8 bit.
#pragma once

#include <cstdint>

namespace media {

uint8_t encodeAlaw(int16_t sample);
int16_t decodeAlaw(uint8_t code);
uint8_t encodeUlaw(int16_t sample);
int16_t decodeUlaw(uint8_t code);

}  // namespace media
