// A board that takes everything and does nothing; what it was asked to dial is written down.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "board/board.h"

namespace boardtest {

class FakeBoard : public board::Board {
 public:
  using ChannelId = board::ChannelId;
  using CallRef = board::CallRef;
  using Status = board::Status;

  board::Inventory inventory() const override { return {}; }
  void open(board::EventSink&) override {
    if (!problem.empty()) throw std::runtime_error(problem);
  }
  Status seize(ChannelId, CallRef) override { return Status::kOk; }
  Status rearm(ChannelId, CallRef) override { return Status::kOk; }
  Status join(ChannelId, CallRef, ChannelId) override { return Status::kOk; }
  Status part(ChannelId, CallRef) override { return Status::kOk; }
  Status play(ChannelId, CallRef, const std::string&) override { return Status::kOk; }
  Status stopPlay(ChannelId, CallRef) override { return Status::kOk; }
  Status collectDigits(ChannelId, CallRef, const board::DigitLimits&) override { return Status::kOk; }
  Status drop(ChannelId, CallRef) override { return Status::kOk; }
  Status reset(ChannelId) override { return Status::kOk; }
  Status setInService(ChannelId, bool) override { return Status::kOk; }
  Status tellScores(ChannelId, bool) override { return Status::kOk; }
  std::vector<board::ChannelState> channels() const override { return {}; }
  double now() const override { return 0; }
  void setTimer(uint32_t, double) override {}
  void clearTimer(uint32_t) override {}
  void close() override {}

  std::string problem;  // why it does not open
  std::vector<std::string> dialled;

 private:
  Status dialChecked(ChannelId, CallRef, const std::string& number, const board::DialParameters&) override {
    dialled.push_back(number);
    return Status::kOk;
  }
  Status transferChecked(ChannelId, CallRef, const std::string& extension, board::TransferStyle) override {
    dialled.push_back(extension);
    return Status::kOk;
  }
};

}  // namespace boardtest
