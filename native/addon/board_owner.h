// Owns one board and the bridge its events go over, and closes them in the right order: the board first (its
// threads are joined), then the wake-up of JavaScript.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "addon/event_bridge.h"
#include "board/drivers.h"

namespace addon {

class BoardOwner {
 public:
  // `abandon`: lets an open() that is waiting on another thread fail at once.
  BoardOwner(board::MadeBoard made, std::function<void()> abandon, size_t eventCapacity)
      : bridge_(eventCapacity), made_(std::move(made)), abandon_(std::move(abandon)) {}
  ~BoardOwner() { close(); }
  BoardOwner(const BoardOwner&) = delete;
  BoardOwner& operator=(const BoardOwner&) = delete;

  board::Board& board() { return *made_.board; }
  board::Simulation* simulation() { return made_.simulation; }
  board::Diagnostics* diagnostics() { return made_.diagnostics; }
  EventBridge& bridge() { return bridge_; }

  // Opens the board, which may take its time: on a thread that has it. Throws board::OpenError.
  void open() {
    std::lock_guard lock(changing_);
    if (closed_) throw board::OpenError("BOARD_DEAD", "the board was closed before it was open");
    board::openBoard(made_, bridge_);
    open_ = !ending_;
  }

  bool isOpen() const { return open_; }

  // Commands are refused from here on.
  void beginClose() {
    ending_ = true;
    open_ = false;
  }

  // Closes the board and waits for its threads. From any thread; a second caller waits for the first.
  void close() {
    beginClose();
    if (abandon_) abandon_();
    std::lock_guard lock(changing_);
    open_ = false;
    if (!closed_) made_.board->close();
    closed_ = true;
  }

 private:
  EventBridge bridge_;  // before the board, which posts to it until it is closed
  board::MadeBoard made_;
  const std::function<void()> abandon_;
  std::atomic<bool> open_ = false;
  std::atomic<bool> ending_ = false;
  std::mutex changing_;  // opening and closing
  bool closed_ = false;
};

}  // namespace addon
