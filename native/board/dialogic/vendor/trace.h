// The last vendor events and vendor calls, with names; a ring that never grows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/board.h"
#include "board/json.h"

namespace board::dialogic {

class Trace {
 public:
  enum class Kind : uint8_t { kEvent, kCall, kMove, kNote };

  explicit Trace(size_t capacity) : ring_(capacity > 0 ? capacity : 1) {}

  // `result` is the vendor's return value of a call; what of a move or a note is in `text`.
  void add(double at, ChannelId channel, int device, Kind kind, std::string text, int64_t result = 0);
  uint64_t total() const { return total_; }

  // {"total": n, "entries": [{"at", "channel", "device", "kind", "text", "result"}]}, oldest first; channel
  // 0: all.
  std::string json(ChannelId channel) const;

 private:
  struct Entry {
    double at;
    ChannelId channel;
    int device;
    Kind kind;
    std::string text;
    int64_t result;
  };

  std::vector<Entry> ring_;
  uint64_t total_ = 0;
};

}  // namespace board::dialogic
