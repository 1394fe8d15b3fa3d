#include "board/dialogic/vendor/audio_stream.h"

#include <algorithm>
#include <cmath>

#include "media/g711.h"

namespace board::dialogic {
namespace {

// Descriptors of ours, far above what a process has open; the library hands them back and does nothing else
// with them.
constexpr int kFirstFd = 1 << 20;
constexpr int kMostTaps = 4096;
constexpr int kBytesPerMs = cpd::kSampleRateHz / 1000;
constexpr size_t kFrameBytes = cpd::kFrameSamples;
// A reader that takes nothing for so long has no use for it: older sound is dropped.
constexpr size_t kCompactBytes = 16'000;
constexpr size_t kMostWaiting = 60 * cpd::kSampleRateHz;

// The library knows one set of functions for the whole process, so the streams of the process are here.
// Nothing of the library is called while it is held: nobody says which locks the library holds when it
// writes.
std::mutex tapsMutex;
std::vector<AudioStream*> streams;

}  // namespace

AudioStream::~AudioStream() {
  const std::lock_guard lock(tapsMutex);
  if (fd_ >= 0) streams[static_cast<size_t>(fd_ - kFirstFd)] = nullptr;
}

int AudioStream::attach() {
  const std::lock_guard lock(tapsMutex);
  if (fd_ >= 0) return fd_;
  auto free = std::find(streams.begin(), streams.end(), nullptr);
  if (free == streams.end()) {
    if (streams.size() >= kMostTaps) return -1;
    free = streams.insert(streams.end(), nullptr);
  }
  *free = this;
  fd_ = kFirstFd + static_cast<int>(free - streams.begin());
  return fd_;
}

void AudioStream::start(double now, bool alaw) {
  const std::lock_guard lock(mutex_);
  running_ = true;
  alaw_ = alaw;
  startedAt_ = now;
  taken_ = 0;
  lost_ = 0;
  delayMs_ = 0;
  waiting_.clear();
  read_ = 0;
}

void AudioStream::stop() {
  const std::lock_guard lock(mutex_);
  running_ = false;
}

bool AudioStream::take(Frame& frame, double now) {
  const std::lock_guard lock(mutex_);
  if (!running_ || waiting_.size() - read_ < kFrameBytes) return false;
  const uint8_t* bytes = waiting_.data() + read_;
  for (size_t i = 0; i < kFrameBytes; ++i) {
    frame.samples[i] = alaw_ ? media::decodeAlaw(bytes[i]) : media::decodeUlaw(bytes[i]);
  }
  frame.mediaMs = static_cast<int32_t>(taken_ / kBytesPerMs);
  frame.lost = static_cast<int32_t>(lost_ / static_cast<int64_t>(kFrameBytes));
  lost_ = 0;
  read_ += kFrameBytes;
  taken_ += kFrameBytes;
  if (read_ == waiting_.size()) {
    waiting_.clear();
    read_ = 0;
  }
  const double late = now - startedAt_ - frame.mediaMs - cpd::kFrameMs;
  delayMs_ = std::max(delayMs_, static_cast<int32_t>(std::ceil(late)));
  return true;
}

int32_t AudioStream::delayMs() const {
  const std::lock_guard lock(mutex_);
  return delayMs_;
}

void AudioStream::write(const uint8_t* bytes, unsigned count) {
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  if (read_ >= kCompactBytes) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
  }
  if (waiting_.size() - read_ >= kMostWaiting) {
    const auto dropped = static_cast<int64_t>(waiting_.size() - read_);
    taken_ += dropped;
    lost_ += dropped;
    waiting_.clear();
    read_ = 0;
  }
  waiting_.insert(waiting_.end(), bytes, bytes + count);
}

int AudioStream::onWrite(int fd, char* buffer, unsigned count) {
  const std::lock_guard lock(tapsMutex);
  const auto index = static_cast<size_t>(fd - kFirstFd);
  if (fd < kFirstFd || index >= streams.size() || streams[index] == nullptr) return -1;
  streams[index]->write(reinterpret_cast<const uint8_t*>(buffer), count);
  return static_cast<int>(count);
}

vendor::DxUio AudioStream::functions() {
  return {[](int, char*, unsigned) { return 0; },  // nothing is played from here: end of data
          &AudioStream::onWrite, [](int, long offset, int) { return offset; }};
}

}  // namespace board::dialogic
