// Sound that the lines play: read or rendered once, then shared by all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace board::sim {

struct Clip {
  std::vector<int16_t> samples;  // 8 kHz
  float activeDbm0 = 0;          // level while it sounds, pauses left out
  int32_t soundStartMs = 0;      // first and last sound; silence before and after is part of many files
  int32_t soundEndMs = 0;

  int32_t lengthMs() const { return static_cast<int32_t>(samples.size() / 8); }
};

using ClipPtr = std::shared_ptr<const Clip>;

// Measures level and limits of the sound. 0 dBm0 is 3.14 dB below a full-scale sine.
ClipPtr makeClip(std::vector<int16_t> samples);

// Clips by name. Safe from any thread; reading a file holds up only those who want clips.
class ClipStore {
 public:
  // Throws std::runtime_error naming the file and what is wrong with it.
  ClipPtr wav(const std::string& path);

  // Renders it the first time.
  ClipPtr rendered(const std::string& key, const std::function<std::vector<int16_t>()>& render);

 private:
  std::mutex mutex_;
  std::map<std::string, ClipPtr> clips_;
};

}  // namespace board::sim
