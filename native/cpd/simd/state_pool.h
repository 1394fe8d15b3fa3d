// Memory for the states of channels, all of one size: side by side in pieces of 2 MB, for which Linux is
// asked for huge pages. Thousands of channels on pages of 4 KB would miss their addresses as often as their
// data.
//
// Pieces are kept for the next channels and never given back. Any thread may take and give.
#pragma once

#include <cstddef>
#include <mutex>

namespace cpd {

class StatePool {
 public:
  // `bytes`: of one state.
  explicit StatePool(std::size_t bytes);

  void* take();  // throws std::bad_alloc
  void give(void* state);

 private:
  struct Free {
    Free* next;
  };

  const std::size_t bytes_;  // whole cache lines
  std::mutex mutex_;
  Free* free_ = nullptr;
  std::byte* unused_ = nullptr;  // rest of the newest piece
  std::size_t unusedBytes_ = 0;
};

// The pool of a type, which it takes itself from with operator new. Is there until the program ends, whoever
// else ends before.
template <typename State>
StatePool& poolOf() {
  static StatePool& pool = *new StatePool(sizeof(State));
  return pool;
}

}  // namespace cpd
