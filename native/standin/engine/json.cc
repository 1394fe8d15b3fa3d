#include "standin/engine/json.h"

#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace standin {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json document() {
    Json value = parse(0);
    space();
    if (at_ != text_.size()) fail("the end");
    return value;
  }

 private:
  static constexpr int kMaxDepth = 32;

  [[noreturn]] void fail(const char* expected) const {
    const std::string found = at_ < text_.size() ? "'" + std::string(1, text_[at_]) + "'" : "the end";
    throw BadConfiguration("JSON, at byte " + std::to_string(at_) + ": found " + found + ", expected " +
                           expected);
  }

  void space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool take(char c) {
    space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool takeWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Json parse(int depth) {
    if (depth > kMaxDepth) fail("less depth");
    space();
    Json value;
    if (take('{')) {
      value.type = Json::Type::kObject;
      if (take('}')) return value;
      do {
        space();
        std::string name = string();
        if (!take(':')) fail("':'");
        value.names.push_back(std::move(name));
        value.items.push_back(parse(depth + 1));
      } while (take(','));
      if (!take('}')) fail("',' or '}'");
    } else if (take('[')) {
      value.type = Json::Type::kArray;
      if (take(']')) return value;
      do value.items.push_back(parse(depth + 1));
      while (take(','));
      if (!take(']')) fail("',' or ']'");
    } else if (at_ < text_.size() && text_[at_] == '"') {
      value.type = Json::Type::kString;
      value.text = string();
    } else if (takeWord("true") || takeWord("false")) {
      value.type = Json::Type::kBool;
      value.boolean = text_[at_ - 1] == 'e' && text_[at_ - 2] == 'u';
    } else if (!takeWord("null")) {
      value.type = Json::Type::kNumber;
      const std::string rest(text_.substr(at_, 40));
      char* end = nullptr;
      value.number = std::strtod(rest.c_str(), &end);
      if (end == rest.c_str() || !std::isfinite(value.number)) fail("a value");
      at_ += static_cast<size_t>(end - rest.c_str());
    }
    return value;
  }

  std::string string() {
    if (at_ >= text_.size() || text_[at_] != '"') fail("a string");
    std::string result;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        result += text_[at_];
        continue;
      }
      ++at_;
      if (at_ >= text_.size()) break;
      switch (text_[at_]) {
        case 'n':
          result += '\n';
          break;
        case 't':
          result += '\t';
          break;
        case '"':
        case '\\':
        case '/':
          result += text_[at_];
          break;
        default:
          fail("one of \\\" \\\\ \\/ \\n \\t");
      }
    }
    if (at_ >= text_.size()) fail("'\"'");
    ++at_;
    return result;
  }

  std::string_view text_;
  size_t at_ = 0;
};

const char* nameOf(const Json& value) {
  switch (value.type) {
    case Json::Type::kNull:
      return "null";
    case Json::Type::kBool:
      return "a boolean";
    case Json::Type::kNumber:
      return "a number";
    case Json::Type::kString:
      return "a string";
    case Json::Type::kArray:
      return "a list";
    case Json::Type::kObject:
      return "an object";
  }
  return "";
}

}  // namespace

void refuse(const std::string& where, const std::string& found, const std::string& expected) {
  throw BadConfiguration(where + ": found " + found + ", expected " + expected);
}

Json parseJson(std::string_view text) { return Parser(text).document(); }

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      result += code;
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

Fields::Fields(const Json& value, std::string where) : value_(value), where_(std::move(where)) {
  if (value.type != Json::Type::kObject)
    refuse(where_.empty() ? "configuration" : where_, nameOf(value), "an object");
}

const Json* Fields::find(const std::string& name) {
  asked_[name] = true;
  for (size_t i = 0; i < value_.names.size(); ++i) {
    const Json& value = value_.items[i];
    if (value_.names[i] == name && value.type != Json::Type::kNull) return &value;
  }
  return nullptr;
}

std::string Fields::text(const std::string& name, std::string otherwise) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->type != Json::Type::kString) refuse(where(name), nameOf(*value), "a string");
  return value->text;
}

double Fields::number(const std::string& name, double otherwise, double low, double high) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->type != Json::Type::kNumber) refuse(where(name), nameOf(*value), "a number");
  if (value->number < low || value->number > high) {
    char expected[80];
    std::snprintf(expected, sizeof expected, "%g to %g", low, high);
    refuse(where(name), std::to_string(value->number), expected);
  }
  return value->number;
}

int Fields::whole(const std::string& name, int otherwise, int low, int high) {
  const double value = number(name, otherwise, low, high);
  if (value != std::floor(value)) refuse(where(name), std::to_string(value), "a whole number");
  return static_cast<int>(value);
}

bool Fields::flag(const std::string& name, bool otherwise) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->type != Json::Type::kBool) refuse(where(name), nameOf(*value), "true or false");
  return value->boolean;
}

std::vector<std::string> Fields::texts(const std::string& name) {
  std::vector<std::string> result;
  for (const Json& item : list(name)) {
    if (item.type != Json::Type::kString) refuse(where(name), nameOf(item), "strings");
    result.push_back(item.text);
  }
  return result;
}

const std::vector<Json>& Fields::list(const std::string& name) {
  static const std::vector<Json> none;
  const Json* value = find(name);
  if (value == nullptr) return none;
  if (value->type != Json::Type::kArray) refuse(where(name), nameOf(*value), "a list");
  return value->items;
}

void Fields::done() const {
  for (const std::string& name : value_.names) {
    if (!asked_.contains(name)) refuse(where(name), "a field of that name", "none of it; is it spelt right?");
  }
}

}  // namespace standin
