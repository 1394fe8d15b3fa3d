// A small JSON reader for the stand-in's configuration: objects, arrays, strings, numbers, booleans.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// What is wrong with a configuration; the message names the field, what was found and what was expected.
struct BadConfiguration : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Json {
  enum class Type { kNull, kBool, kNumber, kString, kArray, kObject };
  Type type = Type::kNull;
  bool boolean = false;
  double number = 0;
  std::string text;
  std::vector<Json> items;         // of an array, or the values of an object's fields
  std::vector<std::string> names;  // of an object's fields, one for each item
};

// Throws BadConfiguration with the place of the mistake.
Json parseJson(std::string_view text);

// As a JSON string, with its quotes.
std::string quoted(std::string_view text);

// Reads an object field by field. `done` complains of fields that nobody asked for.
class Fields {
 public:
  // Throws BadConfiguration if `value` is not an object. `where` names it in messages.
  Fields(const Json& value, std::string where);

  // Nullptr: absent.
  const Json* find(const std::string& name);
  std::string text(const std::string& name, std::string otherwise);
  double number(const std::string& name, double otherwise, double low, double high);
  int whole(const std::string& name, int otherwise, int low, int high);
  bool flag(const std::string& name, bool otherwise);
  std::vector<std::string> texts(const std::string& name);
  // Empty if absent.
  const std::vector<Json>& list(const std::string& name);
  std::string where(const std::string& name) const { return where_.empty() ? name : where_ + "." + name; }
  void done() const;

 private:
  const Json& value_;
  std::string where_;
  std::map<std::string, bool> asked_;
};

[[noreturn]] void refuse(const std::string& where, const std::string& found, const std::string& expected);

}  // namespace standin
