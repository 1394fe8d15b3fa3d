#include "board/known_recordings.h"

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "cpd/known/library_file.h"

namespace board {

using cpd::known::Library;

std::shared_ptr<const Library> readLibrary(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::invalid_argument("cannot be opened");
  const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
  std::vector<cpd::known::Recording> recordings;
  for (cpd::known::StoredRecording& stored :
       cpd::known::readRecordings({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()})) {
    stored.recording.learnt = stored.origin != cpd::known::Origin::kTaught;
    recordings.push_back(std::move(stored.recording));
  }
  return std::make_shared<const Library>(std::move(recordings));
}

KnownRecordings::Stamp KnownRecordings::stampOf(const std::string& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, found.st_size,
          found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec};
}

void KnownRecordings::take() {
  try {
    library_ = reading_.get();
    readOne_ = true;
  } catch (const std::exception&) {
    // What was known stays known.
  }
}

std::shared_ptr<const Library> KnownRecordings::of(const std::string& file) {
  if (library_ == nullptr || file != file_) {
    *this = KnownRecordings();
    file_ = file;
    library_ = std::make_shared<const Library>(std::vector<cpd::known::Recording>());
  }
  if (reading_.valid()) {
    if (reading_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return library_;
    take();
  }
  const Stamp stamp = stampOf(file);
  if (stamp == stamp_ || stamp == Stamp{}) return library_;
  stamp_ = stamp;
  reading_ = std::async(std::launch::async, readLibrary, file);
  if (!readOne_ && stamp.size <= kAtOnceBytes) take();
  return library_;
}

}  // namespace board
