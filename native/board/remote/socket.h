// Whole frames over a stream socket.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "board/remote/protocol.h"

namespace board::remote {

inline constexpr int kForEver = -1;  // ms

enum class Received : uint8_t { kBytes, kNothing, kEnd };

// Waits up to `waitMs` for bytes and appends what is there to `into`. kEnd: the peer left.
Received receive(int fd, FrameBuffer& into, int waitMs);

// Sends all of it. False: the peer left, or it took nothing for `waitMs`.
bool sendAll(int fd, std::span<const uint8_t> bytes, int waitMs);

// The next frame, waiting up to `waitMs` for the whole of it; nothing if the peer left or did not send it in
// time. Throws ProtocolError.
std::optional<std::span<const uint8_t>> receiveFrame(int fd, FrameBuffer& buffer, int waitMs,
                                                     uint32_t limit = kMaxFrame);

}  // namespace board::remote
