// Bytes of the board host's protocol: little-endian, of the width that is written here, whatever the machine;
// so that a board host of 32 bits serves a daemon of 64.
//
//   integers, enumerations   as many bytes as the type has; float and double as their IEEE 754 bits
//   bool                     0 or 1
//   string                   u32 length, bytes
//   vector                   u32 count, elements
//   map                      u32 count, keys each with its value
//   optional, const char*    u8 0 (absent) or 1, then the value
//   one of several           u8 which of them, then it
//   array, structure         its elements; its fields in order (port_fields.h, config_fields.h of remote)
//
// Decoding is strict: a length beyond the frame, an enumeration without such a value, a bool of 2 or a byte
// too many throws ProtocolError, which says what was found, what was expected, and where.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace board::wire {

// What came is not what the protocol says.
class ProtocolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Bytes = std::vector<uint8_t>;

// The port's events point to names that live for ever (`const char*`). Those that come over the wire are kept
// here, each once; they live as long as this does.
class Names {
 public:
  // Different names one peer may use; the port has a few dozen.
  static constexpr size_t kMost = 4096;
  static constexpr size_t kLongest = 256;  // bytes

  const char* keep(std::string_view name);

 private:
  std::set<std::string, std::less<>> names_;  // its elements do not move
};

// Of an enumeration: `static constexpr E kLast`, its largest value, and `static constexpr const char* kName`.
template <typename E>
struct EnumRange;

// Of a structure: `static auto of(auto& value)`, its fields in order as a tuple of references.
template <typename T>
struct Fields;

class Writer {
 public:
  explicit Writer(Bytes& into) : into_(into) {}

  template <std::unsigned_integral T>
  void integer(T value) {
    for (size_t i = 0; i < sizeof(T); ++i) {
      into_.push_back(static_cast<uint8_t>(value));
      if constexpr (sizeof(T) > 1) value = static_cast<T>(value >> 8);
    }
  }
  void text(std::string_view value) {
    integer(static_cast<uint32_t>(value.size()));
    into_.insert(into_.end(), value.begin(), value.end());
  }

 private:
  Bytes& into_;
};

class Reader {
 public:
  Reader(std::span<const uint8_t> bytes, Names& names) : bytes_(bytes), names_(names) {}

  template <std::unsigned_integral T>
  T integer() {
    need(sizeof(T));
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes_[at_ + i]) << (8 * i)));
    }
    at_ += sizeof(T);
    return value;
  }
  // Says how many follow, each of a byte at least.
  uint32_t count();
  std::string_view text();
  const char* name() { return names_.keep(text()); }
  bool flag(const char* what);

  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }
  // Throws if bytes are left over.
  void end() const;

 private:
  void need(size_t bytes) const;

  std::span<const uint8_t> bytes_;
  Names& names_;
  size_t at_ = 0;
};

[[noreturn]] void badEnum(const char* name, uint64_t found, uint64_t last, size_t at);
[[noreturn]] void badIndex(const char* name, uint64_t found, uint64_t count, size_t at);

template <typename T>
void put(Writer& to, const T& value);
template <typename T>
void get(Reader& from, T& value);

template <typename... T>
void putOneOf(Writer& to, const std::variant<T...>& message);
template <typename... T>
std::variant<T...> getOneOf(Reader& from, const std::variant<T...>* which, const char* what);

template <typename T>
inline constexpr bool isVector = false;
template <typename T>
inline constexpr bool isVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool isVariant = false;
template <typename... T>
inline constexpr bool isVariant<std::variant<T...>> = true;
template <typename T>
inline constexpr bool isMap = false;
template <typename K, typename V>
inline constexpr bool isMap<std::map<K, V>> = true;
template <typename T>
inline constexpr bool isOptional = false;
template <typename T>
inline constexpr bool isOptional<std::optional<T>> = true;

template <typename T>
void put(Writer& to, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    to.integer(static_cast<uint8_t>(value ? 1 : 0));
  } else if constexpr (std::is_enum_v<T>) {
    to.integer(static_cast<std::make_unsigned_t<std::underlying_type_t<T>>>(value));
  } else if constexpr (std::is_integral_v<T>) {
    to.integer(static_cast<std::make_unsigned_t<T>>(value));
  } else if constexpr (std::is_same_v<T, float>) {
    to.integer(std::bit_cast<uint32_t>(value));
  } else if constexpr (std::is_same_v<T, double>) {
    to.integer(std::bit_cast<uint64_t>(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    to.text(value);
  } else if constexpr (std::is_same_v<T, const char*>) {
    put(to, value != nullptr);
    if (value != nullptr) to.text(value);
  } else if constexpr (isVector<T>) {
    to.integer(static_cast<uint32_t>(value.size()));
    for (const auto& element : value) put(to, element);
  } else if constexpr (isMap<T>) {
    to.integer(static_cast<uint32_t>(value.size()));
    for (const auto& [key, element] : value) {
      put(to, key);
      put(to, element);
    }
  } else if constexpr (isOptional<T>) {
    put(to, value.has_value());
    if (value) put(to, *value);
  } else if constexpr (std::is_array_v<T>) {
    for (const auto& element : value) put(to, element);
  } else if constexpr (isVariant<T>) {
    putOneOf(to, value);
  } else {
    std::apply([&to](const auto&... each) { (put(to, each), ...); }, Fields<T>::of(value));
  }
}

template <typename T>
void get(Reader& from, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    value = from.flag("bool");
  } else if constexpr (std::is_enum_v<T>) {
    using Wide = std::make_unsigned_t<std::underlying_type_t<T>>;
    const size_t at = from.at();
    const Wide found = from.integer<Wide>();
    constexpr Wide last = static_cast<Wide>(EnumRange<T>::kLast);
    if (found > last) badEnum(EnumRange<T>::kName, found, last, at);
    value = static_cast<T>(found);
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(from.integer<std::make_unsigned_t<T>>());
  } else if constexpr (std::is_same_v<T, float>) {
    value = std::bit_cast<float>(from.integer<uint32_t>());
  } else if constexpr (std::is_same_v<T, double>) {
    value = std::bit_cast<double>(from.integer<uint64_t>());
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = from.text();
  } else if constexpr (std::is_same_v<T, const char*>) {
    value = from.flag("presence") ? from.name() : nullptr;
  } else if constexpr (isVector<T>) {
    const uint32_t count = from.count();
    value.clear();
    for (uint32_t i = 0; i < count; ++i) get(from, value.emplace_back());
  } else if constexpr (isMap<T>) {
    const uint32_t count = from.count();
    value.clear();
    for (uint32_t i = 0; i < count; ++i) {
      typename T::key_type key{};
      get(from, key);
      get(from, value[key]);
    }
  } else if constexpr (isOptional<T>) {
    if (from.flag("presence")) {
      get(from, value.emplace());
    } else {
      value.reset();
    }
  } else if constexpr (std::is_array_v<T>) {
    for (auto& element : value) get(from, element);
  } else if constexpr (isVariant<T>) {
    value = getOneOf(from, static_cast<const T*>(nullptr), "kind");
  } else {
    std::apply([&from](auto&... each) { (get(from, each), ...); }, Fields<T>::of(value));
  }
}

// One of several messages: u8 which of them, then the message.
template <typename... T>
void putOneOf(Writer& to, const std::variant<T...>& message) {
  to.integer(static_cast<uint8_t>(message.index()));
  std::visit([&to](const auto& each) { put(to, each); }, message);
}

// The second argument says only which variant it is.
template <typename... T>
std::variant<T...> getOneOf(Reader& from, const std::variant<T...>* /*which*/, const char* what) {
  static_assert(sizeof...(T) <= 256);
  const size_t at = from.at();
  const uint8_t index = from.integer<uint8_t>();
  if (index >= sizeof...(T)) badIndex(what, index, sizeof...(T), at);
  std::optional<std::variant<T...>> message;
  const auto take = [&]<size_t I>(std::integral_constant<size_t, I>) {
    if (I == index) get(from, std::get<I>(message.emplace(std::in_place_index<I>)));
  };
  [&]<size_t... I>(std::index_sequence<I...>) { (take(std::integral_constant<size_t, I>()), ...); }
  (std::index_sequence_for<T...>());
  return *std::move(message);
}

}  // namespace board::wire
