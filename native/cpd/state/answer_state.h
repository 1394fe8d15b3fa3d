// Whether the call was answered, and who said so.
#pragma once

#include <cstdint>

namespace cpd {

class AnswerState {
 public:
  bool isAnswered() const { return state_ != State::kNone; }
  bool isSignalled() const { return state_ == State::kSignalled; }
  bool isInferred() const { return state_ == State::kInferred; }
  int frame() const { return frame_; }  // the first one after the answer, -1 before it

  // The network said so. An inferred answer stays.
  void signal(int frame) {
    if (!isAnswered()) *this = AnswerState(State::kSignalled, frame);
  }
  // The audio says so, where the network says nothing: it may be taken back.
  void infer(int frame) {
    if (!isAnswered()) *this = AnswerState(State::kInferred, frame);
  }
  void takeBack() {
    if (isInferred()) *this = AnswerState();
  }

  AnswerState() = default;

 private:
  enum class State : uint8_t { kNone, kInferred, kSignalled };
  AnswerState(State state, int frame) : state_(state), frame_(frame) {}

  State state_ = State::kNone;
  int frame_ = -1;
};

}  // namespace cpd
