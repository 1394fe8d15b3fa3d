#include "board/recording_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace board {
namespace {

constexpr size_t kMostWaiting = 256;  // recordings: at most a gigabyte where the disk stands still

void writeFile(const std::string& path, const std::vector<uint8_t>& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return;
  ::fchmod(file, 0600);
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written = ::write(file, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<size_t>(written);
  }
  ::close(file);
}

}  // namespace

void RecordingWriter::write(std::string path, std::vector<uint8_t> bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || waiting_.size() >= kMostWaiting) return;
    waiting_.push_back({std::move(path), std::move(bytes)});
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  changed_.notify_one();
}

void RecordingWriter::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void RecordingWriter::run() {
  for (;;) {
    Waiting next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    writeFile(next.path, next.bytes);
  }
}

}  // namespace board
