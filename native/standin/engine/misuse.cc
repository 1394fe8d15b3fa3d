#include "standin/engine/misuse.h"

#include "standin/engine/json.h"

namespace standin {
namespace {

std::string object(const std::map<std::string, long>& counts) {
  std::string result = "{";
  for (const auto& [name, count] : counts) {
    if (result.size() > 1) result += ", ";
    result += quoted(name) + ": " + std::to_string(count);
  }
  return result + "}";
}

}  // namespace

void Misuse::count(const char* name, std::string what) {
  ++counts_[name];
  if (details_.size() < kDetails) details_.push_back(std::string(name) + ": " + std::move(what));
}

long Misuse::of(const std::string& name) const {
  const auto found = counts_.find(name);
  if (found != counts_.end()) return found->second;
  const auto noted = notes_.find(name);
  return noted != notes_.end() ? noted->second : 0;
}

long Misuse::all() const {
  long sum = 0;
  for (const auto& [name, count] : counts_) sum += count;
  return sum;
}

std::string Misuse::json() const {
  std::string details;
  for (const std::string& each : details_) details += (details.empty() ? "" : ", ") + quoted(each);
  return "\"misuse\": " + object(counts_) + ", \"notes\": " + object(notes_) + ", \"details\": [" + details +
         "]";
}

}  // namespace standin
