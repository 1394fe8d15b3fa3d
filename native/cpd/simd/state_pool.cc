#include "cpd/simd/state_pool.h"

#include <new>

#include "cpd/simd/prefetch.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace cpd {
namespace {

[[maybe_unused]] constexpr std::size_t kPieceBytes = std::size_t{2} << 20;  // a huge page of x86 and ARM

}  // namespace

StatePool::StatePool(std::size_t bytes) : bytes_((bytes + kCacheLine - 1) / kCacheLine * kCacheLine) {}

#if defined(__SANITIZE_ADDRESS__)

// The sanitizer watches each state by itself.
void* StatePool::take() { return ::operator new (bytes_, std::align_val_t{kCacheLine}); }
void StatePool::give(void* state) { ::operator delete (state, std::align_val_t{kCacheLine}); }

#else

void* StatePool::take() {
  const std::lock_guard lock(mutex_);
  if (free_ != nullptr) {
    Free* const state = free_;
    free_ = state->next;
    return state;
  }
  if (unusedBytes_ < bytes_) {
    unused_ = static_cast<std::byte*>(::operator new (kPieceBytes, std::align_val_t{kPieceBytes}));
    unusedBytes_ = kPieceBytes;
#if defined(__linux__)
    madvise(unused_, kPieceBytes, MADV_HUGEPAGE);  // refused: small pages, which work as well
#endif
  }
  void* const state = unused_;
  unused_ += bytes_;
  unusedBytes_ -= bytes_;
  return state;
}

void StatePool::give(void* state) {
  const std::lock_guard lock(mutex_);
  free_ = new (state) Free{free_};
}

#endif

}  // namespace cpd
