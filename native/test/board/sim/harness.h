// A stepped simulated board with its events kept, for the tests of the board.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "board/names.h"
#include "board/sim/sim_board.h"

namespace simtest {

using board::CallRef;
using board::ChannelId;
using board::Event;
using board::EventType;
using board::Status;

class Events : public board::EventSink {
 public:
  void post(Event&& event) override { all.push_back(std::move(event)); }

  std::vector<Event> all;
};

inline board::sim::Subscriber subscriber(std::string number, board::sim::Kind kind) {
  board::sim::Subscriber s;
  s.number = std::move(number);
  s.kind = kind;
  s.ringMs = 5000;
  return s;
}

inline board::sim::Config config(board::TrunkKind kind, std::vector<board::sim::Subscriber> subscribers,
                                 int channels = 2) {
  board::sim::Config c;
  c.trunks = {{kind, channels}};
  c.stepped = true;
  c.world.subscribers = std::move(subscribers);
  return c;
}

// An open board and what it said.
struct Bench {
  explicit Bench(board::sim::Config c) : board(board::sim::makeSimBoard(std::move(c))) {
    board->open(events);
  }

  // Moves on until the event came for the channel, at most `ms`; nullptr: it did not.
  const Event* until(ChannelId channel, EventType type, double ms, size_t from = 0) {
    for (double left = ms;; left -= 20) {
      if (const Event* found = find(channel, type, from)) return found;
      if (left <= 0) return nullptr;
      board->advance(20);
    }
  }

  const Event* find(ChannelId channel, EventType type, size_t from = 0) const {
    for (size_t i = from; i < events.all.size(); ++i) {
      if (events.all[i].channel == channel && events.all[i].type == type) return &events.all[i];
    }
    return nullptr;
  }

  bool has(ChannelId channel, EventType type) const { return find(channel, type) != nullptr; }

  int count(ChannelId channel, EventType type) const {
    return static_cast<int>(std::count_if(events.all.begin(), events.all.end(), [&](const Event& e) {
      return e.channel == channel && e.type == type;
    }));
  }

  size_t mark() const { return events.all.size(); }

  // Seizes and dials. False: it got no line.
  bool call(ChannelId channel, CallRef ref, const std::string& number,
            board::DialParameters parameters = {}) {
    if (parameters.plan.empty()) parameters.plan = "US";
    const size_t from = mark();
    if (board->seize(channel, ref) != Status::kOk) return false;
    if (until(channel, EventType::kSeized, 4000, from) == nullptr) return false;
    return board->dial(channel, ref, number, parameters) == Status::kOk;
  }

  // A call of somebody who is there: up and running.
  bool answered(ChannelId channel, CallRef ref, const std::string& number,
                board::DialParameters parameters = {}) {
    const size_t from = mark();
    return call(channel, ref, number, parameters) &&
           until(channel, EventType::kAnswered, 60000, from) != nullptr;
  }

  // A leg to an agent's extension.
  bool engaged(ChannelId channel, CallRef ref, const std::string& extension) {
    board::DialParameters parameters;
    parameters.noDetection = true;
    return answered(channel, ref, extension, parameters);
  }

  board::LineState state(ChannelId channel) const { return board->channels()[channel - 1].state; }

  Events events;
  std::unique_ptr<board::sim::SimBoard> board;
};

}  // namespace simtest
