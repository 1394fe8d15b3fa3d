// Writes one JSON document, in order. Only what diagnostics need: no reading, no numbers beyond int64 and
// double.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace board {

class Json {
 public:
  Json& open(char bracket) { return value().raw(bracket); }  // '{' or '['
  Json& close(char bracket) {
    text_ += bracket;
    fresh_ = false;
    return *this;
  }
  Json& key(std::string_view name) {
    value().quoted(name);
    text_ += ':';
    fresh_ = true;
    return *this;
  }
  Json& add(std::string_view text) {
    value().quoted(text);
    return *this;
  }
  Json& add(const char* text) { return text == nullptr ? null() : add(std::string_view(text)); }
  Json& add(bool yes) { return value().word(yes ? "true" : "false"); }
  Json& add(int64_t number) { return value().word(std::to_string(number)); }
  Json& add(int number) { return add(static_cast<int64_t>(number)); }
  Json& add(uint32_t number) { return add(static_cast<int64_t>(number)); }
  Json& add(double number) {
    if (!std::isfinite(number)) return null();
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", number);
    return value().word(text);
  }
  Json& null() { return value().word("null"); }
  template <typename Value>
  Json& field(std::string_view name, Value&& v) {
    key(name);
    return add(std::forward<Value>(v));
  }

  std::string take() { return std::move(text_); }

 private:
  Json& value() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
    return *this;
  }
  Json& raw(char bracket) {
    text_ += bracket;
    fresh_ = true;
    return *this;
  }
  Json& word(std::string_view text) {
    text_ += text;
    return *this;
  }
  void quoted(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (byte < 0x20 || byte >= 0x7F) {
        // Texts of the vendor are of no known encoding: each byte as Latin-1.
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", byte);
        text_ += escape;
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
  bool fresh_ = true;
};

}  // namespace board
