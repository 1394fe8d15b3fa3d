// Who answered speaks: before the end of the greeting and after it.
//
//   kQuiet   <->  kSpeaking          a greeting, with its pauses
//     |
//   kOver    <->  kSpeakingAgain     what is said after it
#pragma once

#include <cstdint>

#include "cpd/types.h"

namespace cpd {

class Greeting {
 public:
  bool isSpeaking() const { return state_ == State::kSpeaking || state_ == State::kSpeakingAgain; }
  bool isOver() const { return state_ == State::kOver || state_ == State::kSpeakingAgain; }

  void beginSpeech() {
    if (state_ == State::kQuiet) state_ = State::kSpeaking;
    if (state_ == State::kOver) state_ = State::kSpeakingAgain;
  }
  void endSpeech() {
    if (state_ == State::kSpeaking) state_ = State::kQuiet;
    if (state_ == State::kSpeakingAgain) state_ = State::kOver;
  }
  // Does nothing while somebody speaks.
  void end() {
    if (state_ == State::kQuiet) state_ = State::kOver;
  }

  // End of the speech so far, kNever without any.
  int32_t speechEndMs() const { return speechEndMs_; }
  void speechUntil(int32_t ms) { speechEndMs_ = ms; }
  // What was heard was no speech. Who speaks is followed on.
  void forgetSpeech() { speechEndMs_ = kNever; }

 private:
  enum class State : uint8_t { kQuiet, kSpeaking, kOver, kSpeakingAgain };

  State state_ = State::kQuiet;
  int32_t speechEndMs_ = kNever;
};

}  // namespace cpd
