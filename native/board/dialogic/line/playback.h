// An announcement on a line, from the command to its end.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace board::dialogic {

class Playback {
 public:
  // False: there is one.
  bool want(std::vector<int16_t> samples) {
    if (state_ != State::kNone) return false;
    state_ = State::kWanted;
    samples_ = std::move(samples);
    return true;
  }
  // False: there is none that could be stopped.
  bool stop() {
    if (state_ == State::kWanted) {
      state_ = State::kCancelled;
    } else if (state_ == State::kPlaying) {
      state_ = State::kStopping;
    } else {
      return false;
    }
    return true;
  }
  void begun() { state_ = State::kPlaying; }
  // It is over, wherever it was. True: nobody stopped it while it played.
  bool end() { return std::exchange(state_, State::kNone) == State::kPlaying; }

  bool any() const { return state_ != State::kNone; }
  // Still to begin: what runs on the voice channel has to end first.
  bool waiting() const { return state_ == State::kWanted || state_ == State::kCancelled; }
  bool cancelled() const { return state_ == State::kCancelled; }
  bool playing() const { return state_ == State::kPlaying || state_ == State::kStopping; }
  const std::vector<int16_t>& samples() const { return samples_; }

 private:
  enum class State : uint8_t {
    kNone,
    kWanted,
    kCancelled,  // stopped before it began
    kPlaying,
    kStopping,  // stopped while it played
  };

  State state_ = State::kNone;
  std::vector<int16_t> samples_;
};

}  // namespace board::dialogic
