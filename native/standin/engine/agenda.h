// What is to happen at a time of the world.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace standin {

class Agenda {
 public:
  // `owner` names those whom `forget` takes out together.
  void at(double due, const void* owner, std::function<void()> act) {
    entries_.emplace(std::pair(due, ++sequence_), Entry{owner, std::move(act)});
  }

  void forget(const void* owner) {
    std::erase_if(entries_, [owner](const auto& entry) { return entry.second.owner == owner; });
  }

  void run(double now) {
    while (!entries_.empty() && entries_.begin()->first.first <= now) {
      const auto act = std::move(entries_.begin()->second.act);
      entries_.erase(entries_.begin());
      act();
    }
  }

 private:
  struct Entry {
    const void* owner;
    std::function<void()> act;
  };

  std::map<std::pair<double, uint64_t>, Entry> entries_;
  uint64_t sequence_ = 0;
};

}  // namespace standin
