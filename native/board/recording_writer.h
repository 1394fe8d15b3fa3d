// Writes the recordings of calls to their files on a thread of its own: the disk must not hold up the lines.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace board {

class RecordingWriter {
 public:
  RecordingWriter() = default;
  ~RecordingWriter() { close(); }
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  // Returns at once. The file becomes readable for its owner only; what it held is replaced. One that cannot
  // be written, or for which too many wait, stays as it is: a recording must not cost a call.
  void write(std::string path, std::vector<uint8_t> bytes);

  // Writes what waits and ends the thread. Twice is harmless; nothing is taken after it.
  void close();

 private:
  struct Waiting {
    std::string path;
    std::vector<uint8_t> bytes;
  };

  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool closing_ = false;
  std::thread thread_;  // started by the first recording
};

}  // namespace board
