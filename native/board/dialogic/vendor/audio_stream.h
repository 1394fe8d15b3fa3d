// The audio of a voice channel as it is streamed to the host: pieces come from the vendor's library by user
// I/O (u_write), whole frames are taken by the SRL thread. The delay of the stream is measured on the way.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "board/dialogic/vendor/vendor_types.h"
#include "cpd/types.h"

namespace board::dialogic {

class AudioStream {
 public:
  AudioStream() = default;
  ~AudioStream();
  AudioStream(const AudioStream&) = delete;
  AudioStream& operator=(const AudioStream&) = delete;

  // A descriptor that u_write knows as this stream; -1: none is free. The same one each time.
  int attach();

  // A recording begins at `now`: what was there before is forgotten.
  void start(double now, bool alaw);
  void stop();

  struct Frame {
    std::array<int16_t, cpd::kFrameSamples> samples;
    int32_t mediaMs;  // of its beginning, since the recording began
    int32_t lost;     // frames before it that nobody took in time
  };
  // The next whole frame; false: there is none yet. What comes to us later than its end was on the line, by
  // the time it is taken, is the delay of the stream: the library's buffer, and the time until somebody
  // looked.
  bool take(Frame& frame, double now);

  // The largest delay of this recording, in ms.
  int32_t delayMs() const;

  // The functions for dx_setuio.
  static vendor::DxUio functions();

 private:
  void write(const uint8_t* bytes, unsigned count);
  static int onWrite(int fd, char* buffer, unsigned count);

  mutable std::mutex mutex_;
  int fd_ = -1;
  bool running_ = false;
  bool alaw_ = false;
  double startedAt_ = 0;
  int64_t taken_ = 0;  // bytes, 8 a ms
  int64_t lost_ = 0;   // of them, dropped since the last frame
  int32_t delayMs_ = 0;
  std::vector<uint8_t> waiting_;
  size_t read_ = 0;  // of waiting_
};

}  // namespace board::dialogic
