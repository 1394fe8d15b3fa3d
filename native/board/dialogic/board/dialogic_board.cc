// The board: opened, closed, and its clock.
#include "board/dialogic/board/dialogic_board.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "board/dialogic/board/board_parts.h"
#include "board/dialogic/board/host_check.h"

namespace board::dialogic {
namespace {

constexpr auto kSettle =
    std::chrono::seconds(5);  // open() waits so long for lines that the network lets through

// The vendor's libraries have one queue of events for the process.
std::atomic<bool> boardOpen{false};

double steadyMs() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(since).count();
}

}  // namespace

double Dialogic::rawNow() const { return context_.api.clock != nullptr ? context_.api.clock() : steadyMs(); }

void Dialogic::open(EventSink& sink) {
  {
    const std::lock_guard lock(mutex_);
    if (opened_) throw std::logic_error("the board was opened before");
    opened_ = true;
  }
  if (boardOpen.exchange(true)) {
    throw std::runtime_error(
        "a Dialogic board is open in this process: the vendor's libraries have one queue of events");
  }
  context_.api = loadApi(context_.config.libraries);
  const std::string missing = missingText(context_.api, context_.config);
  if (!missing.empty()) {
    boardOpen = false;
    throw std::runtime_error(missing);
  }
  openedAt_ = rawNow();
  sink_ = &sink;
  thread_ = std::thread([this] { run(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return started_; });
  if (!startProblem_.empty()) {
    const std::string problem = startProblem_;
    lock.unlock();
    thread_.join();
    boardOpen = false;
    throw std::runtime_error(problem);
  }
  changed_.wait_for(lock, kSettle, [this] { return settled_; });
  context_.serviceTold = true;
  running_ = true;
}

void Dialogic::close() {
  {
    const std::lock_guard lock(mutex_);
    if (!opened_ || closing_) {
      if (!thread_.joinable()) return;
    }
    closing_ = true;
    running_ = false;
  }
  srl_.wake();
  if (thread_.joinable()) {
    thread_.join();
    boardOpen = false;
  }
}

std::unique_ptr<DialogicBoard> makeDialogicBoard(Config config) {
  return std::make_unique<Dialogic>(std::move(config));
}

}  // namespace board::dialogic
