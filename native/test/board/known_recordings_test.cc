// When a board has read the file of known recordings.
#include "board/known_recordings.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "cpd/known/library_file.h"
#include "sweep/random.h"

namespace {

// A file of so many recordings; removed in the end.
class File {
 public:
  explicit File(int count) {
    sweep::Random random(1);
    std::vector<cpd::known::StoredRecording> all(static_cast<size_t>(count));
    for (cpd::known::StoredRecording& each : all) {
      each.recording.name = std::to_string(&each - all.data());
      for (int i = 0; i < cpd::known::kMostPrints; ++i)
        each.recording.prints.push_back(static_cast<cpd::known::Print>(random.below(1 << 28)) |
                                        cpd::known::kUsable);
    }
    const std::vector<uint8_t> bytes = cpd::known::writeRecordings(all);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  ~File() { std::remove(path.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string path = "known-recordings-test-" + std::to_string(getpid());
};

}  // namespace

TEST_CASE("a small file of known recordings is there for the first call") {
  const File file(3);
  board::KnownRecordings known;
  CHECK(known.of(file.path)->recordings().size() == 3);
}

TEST_CASE("for a large file no call waits: it is there when it was read") {
  const File file(700);
  board::KnownRecordings known;
  CHECK(known.of(file.path)->recordings().empty());
  while (known.of(file.path)->recordings().empty()) std::this_thread::yield();
  CHECK(known.of(file.path)->recordings().size() == 700);
}
