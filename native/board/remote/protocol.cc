#include "board/remote/protocol.h"

#include <stdexcept>

#include "board/remote/message_fields.h"

namespace board::remote {
namespace {

using wire::Reader, wire::Writer, wire::get, wire::put, wire::getOneOf, wire::putOneOf;

constexpr size_t kLengthBytes = 4;

// Makes a frame of what `fill` writes.
template <typename Fill>
Bytes frame(Fill&& fill) {
  Bytes bytes(kLengthBytes);
  Writer to(bytes);
  fill(to);
  const size_t length = bytes.size() - kLengthBytes;
  if (length > kMaxFrame) {
    throw std::length_error("message of " + std::to_string(length) + " bytes, expected at most " +
                            std::to_string(kMaxFrame));
  }
  for (size_t i = 0; i < kLengthBytes; ++i) bytes[i] = static_cast<uint8_t>(length >> (8 * i));
  return bytes;
}

}  // namespace

Bytes encode(const Hello& hello) {
  return frame([&](Writer& to) {
    put(to, kMagic);
    put(to, kVersion);
    put(to, hello.bits);
    put(to, hello.build);
  });
}

Bytes encode(const RequestFrame& message) {
  return frame([&](Writer& to) {
    put(to, message.id);
    putOneOf(to, message.request);
  });
}

Bytes encode(const ReplyFrame& message) {
  return frame([&](Writer& to) {
    put(to, message.id);
    put(to, message.now);
    putOneOf(to, message.reply);
  });
}

Hello decodeHello(std::span<const uint8_t> bytes) {
  Names none;
  Reader from(bytes, none);
  const auto magic = from.integer<uint32_t>();
  if (magic != kMagic) {
    throw ProtocolError("hello: found the mark " + std::to_string(magic) + ", expected " +
                        std::to_string(kMagic) + ": the peer is not a board host");
  }
  const auto version = from.integer<uint16_t>();
  if (version != kVersion) {
    throw ProtocolError("hello: found protocol version " + std::to_string(version) + ", expected " +
                        std::to_string(kVersion) + ": daemon and boardhost are of different installations");
  }
  Hello hello;
  get(from, hello.bits);
  get(from, hello.build);
  from.end();
  return hello;
}

RequestFrame decodeRequest(std::span<const uint8_t> bytes, Names& names) {
  Reader from(bytes, names);
  const auto id = from.integer<uint32_t>();
  if (id == 0) throw ProtocolError("request id: found 0, expected another number");
  RequestFrame message{id, getOneOf(from, static_cast<const Request*>(nullptr), "request")};
  from.end();
  return message;
}

ReplyFrame decodeReply(std::span<const uint8_t> bytes, Names& names) {
  Reader from(bytes, names);
  const auto id = from.integer<uint32_t>();
  double now = 0;
  get(from, now);
  ReplyFrame message{id, now, getOneOf(from, static_cast<const Reply*>(nullptr), "reply")};
  from.end();
  const bool unasked = message.reply.index() < 2;  // Event, Clock
  if (unasked != (id == 0)) {
    throw ProtocolError("reply id: found " + std::to_string(id) + ", expected " +
                        (unasked ? "0, as nobody asked" : "that of the request"));
  }
  return message;
}

void FrameBuffer::append(std::span<const uint8_t> bytes) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(from_));
  from_ = 0;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

std::optional<std::span<const uint8_t>> FrameBuffer::next(uint32_t limit) {
  const std::span<const uint8_t> rest = std::span<const uint8_t>(bytes_).subspan(from_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  uint32_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) length |= static_cast<uint32_t>(rest[i]) << (8 * i);
  if (length > limit) {
    throw ProtocolError("frame: found a length of " + std::to_string(length) + " bytes, expected at most " +
                        std::to_string(limit));
  }
  if (rest.size() - kLengthBytes < length) return std::nullopt;
  from_ += kLengthBytes + length;
  return rest.subspan(kLengthBytes, length);
}

}  // namespace board::remote
