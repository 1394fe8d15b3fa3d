// The keys of a leg's SRTP, as SDP carries them (SDES, RFC 4568): AES_CM_128_HMAC_SHA1_80 alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "board/sip/media/packet_cipher.h"
#include "board/sip/signalling/libre.h"

namespace board::sip {

// AES key and salt.
using MediaKey = std::array<uint8_t, 30>;

// The value of an "a=crypto" attribute.
struct CryptoAttribute {
  std::string tag;
  MediaKey key;
};

// Nothing for another suite, a key of another length, and parameters that we do not do.
std::optional<CryptoAttribute> readCrypto(std::string_view value);
std::string writeCrypto(const CryptoAttribute& attribute);

MediaKey newMediaKey();

// What SRTP knows of one direction: its keys, and how often the sequence numbers began anew.
using MediaContext = std::shared_ptr<::srtp>;
// Throws std::bad_alloc.
MediaContext startContext(const MediaKey& key);
// Ours is shared by all ciphers of a leg: the far end's new key does not start it anew. Throws std::bad_alloc.
std::shared_ptr<PacketCipher> makeCipher(const MediaContext& ours, const MediaKey& theirs);

}  // namespace board::sip
