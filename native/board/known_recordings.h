// The library of known recordings as its file is now: read again, on a thread of its own, when another file is in
// its place.
#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <string>

#include "cpd/known/library.h"

namespace board {

// Throws std::invalid_argument saying what is wrong with the file.
std::shared_ptr<const cpd::known::Library> readLibrary(const std::string& file);

class KnownRecordings {
 public:
  // Asked for with every call; asks the file system whether the file is still the same. Waits only for the reading
  // of a first file that is small; calls go without recordings until a larger one was read. Without recordings where there is no file yet; a file that cannot be read changes
  // nothing: the daemon, which reads it too, says why. One thread at a time.
  std::shared_ptr<const cpd::known::Library> of(const std::string& file);

 private:
  // About 600 recordings: read in some 40 ms, which the lines bear once.
  static constexpr int64_t kAtOnceBytes = 1'000'000;

  // What tells a file from one that was renamed into its place.
  struct Stamp {
    uint64_t device = 0, inode = 0;
    int64_t size = -1, changedNs = 0;
    bool operator==(const Stamp&) const = default;
  };
  static Stamp stampOf(const std::string& file);

  void take();

  std::string file_;
  Stamp stamp_;
  bool readOne_ = false;
  std::shared_ptr<const cpd::known::Library> library_;
  std::future<std::shared_ptr<const cpd::known::Library>> reading_;
};

}  // namespace board
