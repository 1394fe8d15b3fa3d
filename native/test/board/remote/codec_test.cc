// The codec: what goes in comes out, and nothing else gets in.
#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "board/remote/message_fields.h"

using namespace board;
using namespace board::remote;
using namespace board::wire;

namespace {

// Fills anything with values drawn from all that its type can hold.
class Filler {
 public:
  explicit Filler(uint32_t seed) : random_(seed) {}

  template <typename T>
  void fill(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = draw(2) == 1;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(draw(static_cast<uint32_t>(EnumRange<T>::kLast) + 1));
    } else if constexpr (std::is_integral_v<T>) {
      const T edges[] = {0, 1, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                         static_cast<T>(random_())};
      value = edges[draw(5)];
    } else if constexpr (std::is_floating_point_v<T>) {
      const T edges[] = {0,
                         T{-0.0},
                         T{1} / 3,
                         std::numeric_limits<T>::lowest(),
                         std::numeric_limits<T>::infinity(),
                         std::numeric_limits<T>::denorm_min()};
      value = edges[draw(6)];
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.clear();
      for (uint32_t left = draw(12); left > 0; --left) value.push_back(static_cast<char>(draw(256)));
    } else if constexpr (std::is_same_v<T, const char*>) {
      static const char* const names[] = {nullptr, "", "ringback", "busy,congestion"};
      value = names[draw(4)];
    } else if constexpr (isVector<T>) {
      value.resize(draw(4));
      for (auto& element : value) fill(element);
    } else if constexpr (isMap<T>) {
      value.clear();
      for (uint32_t left = draw(4); left > 0; --left) {
        typename T::key_type key{};
        fill(key);
        fill(value[key]);
      }
    } else if constexpr (isOptional<T>) {
      value.reset();
      if (draw(2) == 1) fill(value.emplace());
    } else if constexpr (std::is_array_v<T>) {
      for (auto& element : value) fill(element);
    } else if constexpr (isVariant<T>) {
      fillOneOf(value, draw(std::variant_size_v<T>));
    } else {
      std::apply([this](auto&... each) { (fill(each), ...); }, Fields<T>::of(value));
    }
  }

  template <typename... T>
  void fillOneOf(std::variant<T...>& value, size_t index) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      ((I == index ? fill(value.template emplace<I>()) : void()), ...);
    }
    (std::index_sequence_for<T...>());
  }

  uint32_t draw(uint32_t below) { return static_cast<uint32_t>(random_() % below); }

 private:
  std::mt19937 random_;
};

std::span<const uint8_t> inner(const Bytes& frame) { return std::span(frame).subspan(4); }

// A message of each kind, several times.
template <typename Frame, typename Variant, typename See>
void forEachKind(Variant Frame::*message, See&& see) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    Filler filler(seed);
    for (size_t kind = 0; kind < std::variant_size_v<Variant>; ++kind) {
      Frame frame{};
      frame.id = seed;
      if constexpr (std::is_same_v<Frame, ReplyFrame>) {
        if (kind < 2) frame.id = 0;
        frame.now = seed * 20;
      }
      filler.fillOneOf(frame.*message, kind);
      see(frame);
    }
  }
}

std::string refusal(const std::function<void()>& decode) {
  try {
    decode();
  } catch (const ProtocolError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every message comes out as it went in") {
  // Encoding again shows every field; the bytes are the values (floats by their bits).
  Names names;
  forEachKind(&RequestFrame::request, [&](const RequestFrame& frame) {
    const Bytes bytes = encode(frame);
    CHECK(encode(decodeRequest(inner(bytes), names)) == bytes);
  });
  forEachKind(&ReplyFrame::reply, [&](const ReplyFrame& frame) {
    const Bytes bytes = encode(frame);
    CHECK(encode(decodeReply(inner(bytes), names)) == bytes);
  });
}

TEST_CASE("each verdict of the detector goes over the wire") {
  Names names;
  for (int v = 0; v <= static_cast<int>(cpd::Verdict::kFalseAnswer); ++v) {
    board::Event event{.type = board::EventType::kVerdict};
    event.evidence.emplace().verdict = static_cast<cpd::Verdict>(v);
    ReplyFrame frame{};
    frame.reply = event;
    const Bytes bytes = encode(frame);
    CHECK(encode(decodeReply(inner(bytes), names)) == bytes);
  }
}

TEST_CASE("the bytes are little-endian and of fixed width, whatever the machine") {
  const Bytes bytes = encode(RequestFrame{0x01020304, ask::Seize{0x11121314, 0x2122232425262728}});
  CHECK(bytes == Bytes{17,   0,    0,    0,    4,    3,    2,    1,    1,    0x14, 0x13,
                       0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21});
}

TEST_CASE("a message cut short anywhere is refused") {
  Names names;
  forEachKind(&RequestFrame::request, [&](const RequestFrame& frame) {
    const Bytes bytes = encode(frame);
    for (size_t length = 4; length < bytes.size(); ++length) {
      CHECK_THROWS_AS(decodeRequest(std::span(bytes).subspan(4, length - 4), names), ProtocolError);
    }
  });
}

TEST_CASE("a message with a byte too many is refused") {
  Names names;
  Bytes bytes = encode(RequestFrame{7, ask::Ping{}});
  bytes.push_back(0);
  CHECK(refusal([&] { decodeRequest(inner(bytes), names); }) ==
        "message: found 1 bytes after its end, at byte 5");
}

TEST_CASE("bytes at random and messages with bytes changed are decoded or refused, and never anything else") {
  std::mt19937 random(2026);
  size_t refused = 0;
  size_t taken = 0;
  const auto attempt = [&](std::span<const uint8_t> bytes) {
    Names names;
    try {
      decodeRequest(bytes, names);
      ++taken;
    } catch (const ProtocolError&) {
      ++refused;
    }
    try {
      decodeReply(bytes, names);
      ++taken;
    } catch (const ProtocolError&) {
      ++refused;
    }
  };
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes(random() % 200);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    attempt(bytes);
  }
  const auto spoil = [&](const auto& frame) {
    const Bytes bytes = encode(frame);
    for (int i = 0; i < 8; ++i) {
      Bytes changed = bytes;
      for (int flips = 0; flips < 1 + i % 3; ++flips) {
        changed[4 + random() % (changed.size() - 4)] = static_cast<uint8_t>(random());
      }
      attempt(inner(changed));
    }
  };
  forEachKind(&RequestFrame::request, spoil);
  forEachKind(&ReplyFrame::reply, spoil);
  CHECK(refused > 1'000);
  CHECK(taken > 1'000);
}

TEST_CASE("a refusal says what was found, what was expected, and where") {
  Names names;
  Bytes bytes = encode(RequestFrame{1, ask::Transfer{1, 2, "7001", TransferStyle::kBridge}});
  bytes.back() = 9;
  CHECK(refusal([&] { decodeRequest(inner(bytes), names); }) ==
        "board::TransferStyle: found 9, expected 0 to 2, at byte 25");
  bytes = encode(RequestFrame{1, ask::SetInService{1, true}});
  bytes.back() = 2;
  CHECK(refusal([&] { decodeRequest(inner(bytes), names); }) == "bool: found 2, expected 0 or 1, at byte 9");
  bytes = encode(RequestFrame{1, ask::Ping{}});
  bytes.back() = 200;
  CHECK(
      refusal([&] { decodeRequest(inner(bytes), names); }).starts_with("request: found kind 200, expected"));
  bytes = encode(RequestFrame{0, ask::Ping{}});
  CHECK(refusal([&] { decodeRequest(inner(bytes), names); }) ==
        "request id: found 0, expected another number");
  bytes = encode(ReplyFrame{5, 0, tell::Clock{}});
  CHECK(refusal([&] { decodeReply(inner(bytes), names); }) ==
        "reply id: found 5, expected 0, as nobody asked");
}

TEST_CASE("a count beyond the bytes that are there is refused before anything is made room for") {
  Names names;
  Bytes bytes = encode(RequestFrame{1, ask::Play{1, 2, "x"}});
  for (size_t i = 0; i < 4; ++i) bytes[bytes.size() - 5 + i] = 0xFF;  // the length of the name
  CHECK(refusal([&] { decodeRequest(inner(bytes), names); }) ==
        "count: found 4294967295, expected at most 1, the bytes left, at byte 17");
}

TEST_CASE("frames are cut from a stream wherever it is cut") {
  const Bytes one = encode(RequestFrame{1, ask::Channels{}});
  const Bytes two = encode(RequestFrame{2, ask::Play{1, 2, "file.wav"}});
  Bytes stream = one;
  stream.insert(stream.end(), two.begin(), two.end());
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameBuffer buffer;
    Names names;
    std::vector<uint32_t> ids;
    const auto drain = [&] {
      while (const auto frame = buffer.next()) ids.push_back(decodeRequest(*frame, names).id);
    };
    buffer.append(std::span(stream).first(cut));
    drain();
    buffer.append(std::span(stream).subspan(cut));
    drain();
    CHECK(ids == std::vector<uint32_t>{1, 2});
  }
}

TEST_CASE("a frame longer than allowed is refused by its length alone") {
  FrameBuffer buffer;
  buffer.append(std::array<uint8_t, 4>{0, 0, 0, 0x40});
  CHECK(refusal([&] { buffer.next(); }) ==
        "frame: found a length of 1073741824 bytes, expected at most 33554432");
}

TEST_CASE("hello of another program or version is refused") {
  Bytes bytes = encode(Hello{.build = "1.2.3"});
  CHECK(decodeHello(inner(bytes)).build == "1.2.3");
  CHECK(decodeHello(inner(bytes)).bits == sizeof(void*) * 8);
  Bytes version = bytes;
  ++version[8];
  CHECK(refusal([&] { decodeHello(inner(version)); }) ==
        "hello: found protocol version " + std::to_string(kVersion + 1) + ", expected " +
            std::to_string(kVersion) + ": daemon and boardhost are of different installations");
  Bytes mark = bytes;
  mark[4] = 'X';
  CHECK(refusal([&] { decodeHello(inner(mark)); }).ends_with("the peer is not a board host"));
}

TEST_CASE("names are kept once, and only so many and so long") {
  Names names;
  const char* const first = names.keep("ringback");
  CHECK(names.keep(std::string("ringback")) == first);
  CHECK_THROWS_AS(names.keep(std::string(Names::kLongest + 1, 'x')), ProtocolError);
  for (size_t i = 1; i < Names::kMost; ++i) names.keep(std::to_string(i));
  CHECK(names.keep("ringback") == first);
  CHECK_THROWS_AS(names.keep("one too many"), ProtocolError);
}
