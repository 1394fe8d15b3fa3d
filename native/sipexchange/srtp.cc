#include "sipexchange/srtp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace sipexchange {
namespace {

constexpr size_t kHeader = 12, kTag = 10, kMasterKey = 16, kSalt = 14, kMaster = 30;
constexpr const char* kCrypto = "AES_CM_128_HMAC_SHA1_80 inline:";

// AES in counter mode over `text`.
std::string counterMode(const std::string& key, const std::string& start, const std::string& text) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  std::string out(text.size(), '\0');
  int length = 0;
  EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), nullptr, reinterpret_cast<const unsigned char*>(key.data()),
                     reinterpret_cast<const unsigned char*>(start.data()));
  EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &length,
                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  EVP_CIPHER_CTX_free(context);
  return out;
}

// Section 4.3.
std::string derived(const std::string& master, char label, size_t length) {
  std::string start = master.substr(kMasterKey) + std::string(2, '\0');
  start[7] = static_cast<char>(start[7] ^ label);
  return counterMode(master.substr(0, kMasterKey), start, std::string(length, '\0'));
}

uint16_t sequenceOf(const std::string& packet) {
  return static_cast<uint16_t>(static_cast<uint8_t>(packet[2]) << 8 | static_cast<uint8_t>(packet[3]));
}

}  // namespace

Srtp::Srtp(const std::string& master)
    : key_(derived(master, 0, kMasterKey)),
      authentication_(derived(master, 1, 20)),
      salt_(derived(master, 2, kSalt)) {}

std::string Srtp::crypt(const std::string& packet, uint32_t rollovers) const {
  std::string start = salt_ + std::string(2, '\0');
  for (size_t i = 0; i < 4; ++i) start[4 + i] = static_cast<char>(start[4 + i] ^ packet[8 + i]);
  for (size_t i = 0; i < 4; ++i)
    start[8 + i] = static_cast<char>(start[8 + i] ^ static_cast<char>(rollovers >> (24 - 8 * i)));
  for (size_t i = 0; i < 2; ++i) start[12 + i] = static_cast<char>(start[12 + i] ^ packet[2 + i]);
  return packet.substr(0, kHeader) + counterMode(key_, start, packet.substr(kHeader));
}

std::string Srtp::tagOf(const std::string& packet, uint32_t rollovers) const {
  std::string text = packet;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(rollovers >> shift);
  std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), authentication_.data(), static_cast<int>(authentication_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), tag.data(), &length);
  return {reinterpret_cast<const char*>(tag.data()), kTag};
}

// Packets come in order here: a number that falls is one that began anew.
void Srtp::count(const std::string& packet) {
  const uint16_t sequence = sequenceOf(packet);
  if (begun_ && sequence < last_) ++rollovers_;
  last_ = sequence;
  begun_ = true;
}

std::string Srtp::protect(const std::string& packet) {
  count(packet);
  const std::string secret = crypt(packet, rollovers_);
  return secret + tagOf(secret, rollovers_);
}

std::string Srtp::unprotect(const std::string& packet) {
  if (packet.size() < kHeader + kTag) return "";
  const std::string secret = packet.substr(0, packet.size() - kTag);
  count(secret);
  if (tagOf(secret, rollovers_) != packet.substr(secret.size())) return "";
  return crypt(secret, rollovers_);
}

std::string cryptoKey(const std::string& sdp) {
  const size_t at = sdp.find(kCrypto);
  if (at == std::string::npos) return "";
  std::array<unsigned char, kMaster> key{};
  const std::string text = sdp.substr(at + std::char_traits<char>::length(kCrypto), kMaster / 3 * 4);
  if (EVP_DecodeBlock(key.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size())) != static_cast<int>(kMaster))
    return "";
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::string cryptoLine(const std::string& key) {
  std::array<unsigned char, kMaster / 3 * 4 + 1> text{};
  EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(key.data()),
                  static_cast<int>(key.size()));
  return std::string("a=crypto:1 ") + kCrypto + reinterpret_cast<const char*>(text.data()) + "\r\n";
}

}  // namespace sipexchange
