#include "board/remote/socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace board::remote {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kPiece = 64 << 10;  // bytes taken from the socket at a time

// Waits for `events`; false when `waitMs` went by without.
bool ready(int fd, short events, int waitMs) {
  pollfd wanted{fd, events, 0};
  for (;;) {
    const int count = ::poll(&wanted, 1, waitMs);
    if (count >= 0 || errno != EINTR) return count > 0;
  }
}

}  // namespace

Received receive(int fd, FrameBuffer& into, int waitMs) {
  if (!ready(fd, POLLIN, waitMs)) return Received::kNothing;
  std::array<uint8_t, kPiece> piece;
  const ssize_t count = ::recv(fd, piece.data(), piece.size(), MSG_DONTWAIT);
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN ? Received::kNothing : Received::kEnd;
  }
  if (count == 0) return Received::kEnd;
  into.append(std::span(piece).first(static_cast<size_t>(count)));
  return Received::kBytes;
}

bool sendAll(int fd, std::span<const uint8_t> bytes, int waitMs) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      bytes = bytes.subspan(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      if (!ready(fd, POLLOUT, waitMs)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::optional<std::span<const uint8_t>> receiveFrame(int fd, FrameBuffer& buffer, int waitMs,
                                                     uint32_t limit) {
  const auto until = Clock::now() + std::chrono::milliseconds(waitMs);
  for (;;) {
    if (const auto frame = buffer.next(limit)) return frame;
    int leftMs = kForEver;
    if (waitMs >= 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      leftMs = static_cast<int>(std::max<int64_t>(left.count(), 0));
    }
    const Received got = receive(fd, buffer, leftMs);
    if (got == Received::kEnd || (got == Received::kNothing && leftMs == 0)) return std::nullopt;
  }
}

}  // namespace board::remote
