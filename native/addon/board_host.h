// Owns one board and the bridge its events go over, and closes them in the right order: the board first (its
// threads are joined), then the wake-up of JavaScript.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "addon/event_bridge.h"
#include "board/board.h"

namespace addon {

class BoardHost {
 public:
  BoardHost(std::unique_ptr<board::Board> board, size_t eventCapacity)
      : bridge_(eventCapacity), board_(std::move(board)) {}
  ~BoardHost() { close(); }
  BoardHost(const BoardHost&) = delete;
  BoardHost& operator=(const BoardHost&) = delete;

  board::Board& board() { return *board_; }
  EventBridge& bridge() { return bridge_; }

  void open() { board_->open(bridge_); }

  bool isOpen() const { return open_; }

  // Commands are refused from here on.
  void beginClose() { open_ = false; }

  // Closes the board and waits for its threads. From any thread; a second caller waits for the first.
  void close() {
    beginClose();
    std::lock_guard lock(closing_);
    if (!closed_) board_->close();
    closed_ = true;
  }

 private:
  EventBridge bridge_;  // before the board, which posts to it until it is closed
  std::unique_ptr<board::Board> board_;
  std::atomic<bool> open_ = true;
  std::mutex closing_;
  bool closed_ = false;
};

}  // namespace addon
