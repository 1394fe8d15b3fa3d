// SRTP (RFC 3711) of one direction, AES_CM_128_HMAC_SHA1_80, of OpenSSL's functions alone: the board has a library for it,
// and what the two understand of each other is no shared mistake.
#pragma once

#include <cstdint>
#include <string>

namespace sipexchange {

class Srtp {
 public:
  // The 30 bytes of key and salt.
  explicit Srtp(const std::string& master);

  std::string protect(const std::string& packet);
  // Empty: it is not authentic.
  std::string unprotect(const std::string& packet);

 private:
  std::string crypt(const std::string& packet, uint32_t rollovers) const;
  std::string tagOf(const std::string& packet, uint32_t rollovers) const;
  void count(const std::string& packet);

  std::string key_, authentication_, salt_;
  uint32_t rollovers_ = 0;
  uint16_t last_ = 0;
  bool begun_ = false;
};

// "a=crypto" of an SDP: its key, empty: none. And one to put there.
std::string cryptoKey(const std::string& sdp);
std::string cryptoLine(const std::string& key);

}  // namespace sipexchange
