// Reading JavaScript objects field by field.
#pragma once

#include <napi.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/names.h"

namespace addon {

inline Napi::TypeError wrong(Napi::Env env, const std::string& field, const char* expected) {
  return Napi::TypeError::New(env, field + ": expected " + expected);
}

inline Napi::Object object(const Napi::Value& value, const char* what) {
  if (!value.IsObject()) throw wrong(value.Env(), what, "an object");
  return value.As<Napi::Object>();
}

inline bool absent(const Napi::Value& value) { return value.IsUndefined() || value.IsNull(); }

// Reads the fields of one object; a field that is absent keeps the default of the C++ structure.
class Fields {
 public:
  explicit Fields(const Napi::Value& value, const char* what) : object_(object(value, what)) {}

  template <typename T>
  void number(const char* field, T& into) const {
    const Napi::Value value = object_.Get(field);
    if (absent(value)) return;
    if (!value.IsNumber()) throw wrong(value.Env(), field, "a number");
    into = static_cast<T>(value.As<Napi::Number>().DoubleValue());
  }

  void text(const char* field, std::string& into) const {
    const Napi::Value value = object_.Get(field);
    if (absent(value)) return;
    if (!value.IsString()) throw wrong(value.Env(), field, "a string");
    into = value.As<Napi::String>().Utf8Value();
  }

  void flag(const char* field, bool& into) const {
    const Napi::Value value = object_.Get(field);
    if (absent(value)) return;
    if (!value.IsBoolean()) throw wrong(value.Env(), field, "a boolean");
    into = value.As<Napi::Boolean>().Value();
  }

  template <typename E, size_t N>
  void name(const char* field, const Names<E, N>& names, E& into) const {
    std::string text;
    this->text(field, text);
    if (text.empty()) return;
    const std::optional<E> found = names.find(text);
    if (!found) throw wrong(object_.Env(), std::string(field) + " \"" + text + "\"", "a known name");
    into = *found;
  }

  template <typename T, typename Read>
  void list(const char* field, std::vector<T>& into, Read read) const {
    const Napi::Value value = object_.Get(field);
    if (absent(value)) return;
    if (!value.IsArray()) throw wrong(value.Env(), field, "an array");
    const Napi::Array array = value.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); ++i) into.push_back(read(array.Get(i)));
  }

  template <typename T>
  void number(const char* field, std::optional<T>& into) const {
    if (!absent(object_.Get(field))) number(field, into.emplace());
  }

  template <typename E, size_t N>
  void name(const char* field, const Names<E, N>& names, std::optional<E>& into) const {
    if (!absent(object_.Get(field))) name(field, names, into.emplace());
  }

  // Each of the object's own properties.
  template <typename See>
  void each(See see) const {
    const Napi::Array keys = object_.GetPropertyNames();
    for (uint32_t i = 0; i < keys.Length(); ++i) see(keys.Get(i).As<Napi::String>().Utf8Value());
  }

  void texts(const char* field, std::vector<std::string>& into) const {
    list(field, into, [field](const Napi::Value& value) {
      if (!value.IsString()) throw wrong(value.Env(), field, "strings");
      return value.As<Napi::String>().Utf8Value();
    });
  }

  Napi::Value get(const char* field) const { return object_.Get(field); }

 private:
  Napi::Object object_;
};

}  // namespace addon
