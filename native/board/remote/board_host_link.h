// The conversation with one board host: requests out, answers and events in, in order, and the board host's
// death.
//
// A board host answers in microseconds, but the vendor's library inside of it may hold it up. So a command
// waits for its answer only so long (BoardHostOptions::commandMs); after that it counts as taken, and a
// refusal that comes later is told by the event that ends the command. While the board host is behind, no
// command waits at all.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "board/remote/protocol.h"
#include "board/remote/remote_board.h"

namespace board::remote {

class BoardHostLink {
 public:
  // Which command an answer that comes late belongs to.
  struct Command {
    const char* name;
    ChannelId channel;
    CallRef ref;
  };

  BoardHostLink(std::function<Child()> start, BoardHostOptions options)
      : start_(std::move(start)), options_(std::move(options)) {}
  ~BoardHostLink() { shut(); }
  BoardHostLink(const BoardHostLink&) = delete;
  BoardHostLink& operator=(const BoardHostLink&) = delete;

  // Starts the board host, makes sure that it is one of ours, and hears it. Throws OpenError.
  void connect(EventSink& sink);
  // The board is open: from here on the board host's death is an event, and it is asked whether it lives.
  // False: it died before.
  bool opened();
  // From any thread: lets everything before opened() fail.
  void abandon();
  // Asks the board host to close its board, and ends the conversation.
  void shut();

  // Sends a request and waits for its answer; nothing if the board host is dead, or is given up for it.
  std::optional<Reply> ask(Request request, int limitMs);
  // The same, but nothing also when the answer is not there soon.
  std::optional<Reply> askBriefly(Request request);
  Status command(Request request, const Command& command);
  // Sends a request that nobody waits for.
  void tell(Request request);
  // The board host broke the protocol: this answer is of a wrong kind.
  void wrongKind(const Reply& reply);

  int bits() const { return bits_; }
  double now() const { return now_.load(std::memory_order_relaxed); }
  bool dead() const;
  std::string whyDead() const;  // "the board host ..."
  const BoardHostOptions& options() const { return options_; }

 private:
  using Clock = std::chrono::steady_clock;

  // A request that has no answer yet.
  struct Asked {
    uint32_t id;
    int limitMs;                 // once it is the oldest
    std::optional<Reply>* into;  // nullptr: nobody waits for it any more
    std::optional<Command> late;
  };

  void greet();
  std::string forget();
  uint32_t send(Request request, int limitMs, std::optional<Reply>* into, bool* behind = nullptr);
  bool waitBriefly(uint32_t id, const std::optional<Reply>& answer, bool behind,
                   const std::optional<Command>& late);
  void die(std::string how);  // with the mutex of the state
  void read();
  void handle(ReplyFrame frame);
  void tellLate(const Command& command, const Reply& reply);
  void watch();

  const std::function<Child()> start_;
  const BoardHostOptions options_;
  EventSink* sink_ = nullptr;
  int bits_ = 0;
  FrameBuffer incoming_;  // of the reading thread, once it runs
  Names names_;           // the same; what it keeps lives as long as the board
  std::atomic<double> now_{0};
  std::thread reader_;
  std::thread watcher_;

  std::mutex sending_;        // requests go out one after the other, in the order of their ids
  mutable std::mutex state_;  // all to the next blank line
  std::condition_variable answered_;
  std::condition_variable watched_;
  Child child_;
  uint32_t lastId_ = 0;
  std::deque<Asked> asked_;  // oldest first
  Clock::time_point oldestSince_;
  bool opened_ = false;
  bool closing_ = false;
  bool ended_ = false;
  bool dead_ = false;
  std::string howItDied_;  // "did not answer ...", "was killed by signal 11 ..."

  std::mutex shutting_;
  bool shut_ = false;
};

}  // namespace board::remote
