// What makes packets secret on one leg (SRTP), both ways; signalling makes it, which has the library for it.
#pragma once

#include <cstdint>
#include <vector>

namespace board::sip {

class PacketCipher {
 public:
  virtual ~PacketCipher() = default;

  // Turn an RTP packet into an SRTP one and back, in place. False: not to be sent; not the far end's, or sent before.
  virtual bool protect(std::vector<uint8_t>& packet) = 0;
  virtual bool unprotect(std::vector<uint8_t>& packet) = 0;
  // The same of RTCP.
  virtual bool protectControl(std::vector<uint8_t>& packet) = 0;
  virtual bool unprotectControl(std::vector<uint8_t>& packet) = 0;
};

}  // namespace board::sip
