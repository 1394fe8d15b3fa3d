#include "board/sip/signalling/media_keys.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <new>
#include <utility>

#include "board/sip/signalling/libre.h"

namespace board::sip {
namespace {

constexpr std::string_view kSuite = "AES_CM_128_HMAC_SHA1_80", kInline = "inline:";
constexpr size_t kKeyText = 40;  // 30 bytes in base64
constexpr size_t kBuffer = 2'048, kTrailer = 16;

std::string_view takeWord(std::string_view& rest) {
  const size_t begin = std::min(rest.find_first_not_of(' '), rest.size());
  const size_t end = std::min(rest.find(' ', begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

class SrtpCipher final : public PacketCipher {
 public:
  SrtpCipher(MediaContext ours, MediaContext theirs)
      : sends_(std::move(ours)), receives_(std::move(theirs)), buffer_(mbuf_alloc(kBuffer)) {
    if (!buffer_) throw std::bad_alloc();
  }

  bool protect(std::vector<uint8_t>& packet) override { return run(srtp_encrypt, sends_.get(), packet); }
  bool unprotect(std::vector<uint8_t>& packet) override { return run(srtp_decrypt, receives_.get(), packet); }
  bool protectControl(std::vector<uint8_t>& packet) override {
    return run(srtcp_encrypt, sends_.get(), packet);
  }
  bool unprotectControl(std::vector<uint8_t>& packet) override {
    return run(srtcp_decrypt, receives_.get(), packet);
  }

 private:
  bool run(int (*step)(srtp*, mbuf*), srtp* with, std::vector<uint8_t>& packet) {
    if (packet.size() + kTrailer > kBuffer) return false;
    buffer_->pos = buffer_->end = 0;
    if (mbuf_write_mem(buffer_.get(), packet.data(), packet.size()) != 0) return false;
    buffer_->pos = 0;
    if (step(with, buffer_.get()) != 0) return false;
    packet.assign(buffer_->buf, buffer_->buf + buffer_->end);
    return true;
  }

  MediaContext sends_, receives_;
  Ref<mbuf> buffer_;
};

}  // namespace

std::optional<CryptoAttribute> readCrypto(std::string_view value) {
  CryptoAttribute read;
  read.tag = takeWord(value);
  if (read.tag.empty() || takeWord(value) != kSuite) return std::nullopt;
  std::string_view key = takeWord(value);
  // Session parameters (unencrypted, a rate of new keys) change what goes over the wire.
  if (!takeWord(value).empty() || !key.starts_with(kInline)) return std::nullopt;
  key.remove_prefix(kInline.size());
  // A lifetime may follow; a key identifier (with a colon) would be in every packet.
  const std::string_view more = key.substr(std::min(key.find('|'), key.size()));
  key = key.substr(0, key.size() - more.size());
  if (key.size() != kKeyText || more.find(':') != std::string_view::npos) return std::nullopt;
  if (EVP_DecodeBlock(read.key.data(), reinterpret_cast<const unsigned char*>(key.data()), kKeyText) !=
      static_cast<int>(read.key.size()))
    return std::nullopt;
  return read;
}

std::string writeCrypto(const CryptoAttribute& attribute) {
  std::array<unsigned char, kKeyText + 1> key{};
  EVP_EncodeBlock(key.data(), attribute.key.data(), static_cast<int>(attribute.key.size()));
  return attribute.tag + " " + std::string(kSuite) + " " + std::string(kInline) +
         reinterpret_cast<const char*>(key.data());
}

MediaKey newMediaKey() {
  MediaKey key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) throw std::bad_alloc();
  return key;
}

MediaContext startContext(const MediaKey& key) {
  ::srtp* made = nullptr;
  if (srtp_alloc(&made, SRTP_AES_CM_128_HMAC_SHA1_80, key.data(), key.size(), 0) != 0) throw std::bad_alloc();
  return {made, LibreDeleter()};
}

std::shared_ptr<PacketCipher> makeCipher(const MediaContext& ours, const MediaKey& theirs) {
  return std::make_shared<SrtpCipher>(ours, startContext(theirs));
}

}  // namespace board::sip
