// A verdict is given once and corrected at most once.
#pragma once

#include <cstdint>

namespace cpd {

class VerdictState {
 public:
  bool isOpen() const { return state_ == State::kOpen; }
  bool isCorrected() const { return state_ == State::kCorrected; }

  // Each is false, and changes nothing, where it may not happen.
  bool give() { return move(State::kOpen, State::kGiven); }
  bool correct() { return move(State::kGiven, State::kCorrected); }

 private:
  enum class State : uint8_t { kOpen, kGiven, kCorrected };

  bool move(State from, State to) {
    if (state_ != from) return false;
    state_ = to;
    return true;
  }

  State state_ = State::kOpen;
};

}  // namespace cpd
