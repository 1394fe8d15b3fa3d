// The audio that the benchmark plays: calls as a dialler hears them, the same for the same seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cpd/types.h"

namespace bench {

struct Call {
  std::vector<int16_t> samples;  // whole frames
  int answerFrame = -1;          // the network signals answer before this frame; -1: never

  int frames() const { return static_cast<int>(samples.size()) / cpd::kFrameSamples; }
};

// Of a hundred calls about 60 are answered by people and 20 by machines (ringback, then the recordings of
// `speech`, with pauses), 8 are busy, 4 congested, 3 SIT with an announcement, 3 fax, 2 nothing but line
// noise; every tenth person presses keys. 16 s each, with line noise of -70 to -45 dBm0, half A-law, half
// mu-law.
std::vector<Call> makeCalls(const std::string& speechFolder, int count, uint64_t seed);

// Throw std::runtime_error naming a file that cannot be written or read.
void writeCalls(const std::string& file, const std::vector<Call>& calls);
std::vector<Call> readCalls(const std::string& file);

// Which call each channel hears: one after the other, all at different places.
class Schedule {
 public:
  Schedule(const std::vector<Call>& calls, int channels, uint64_t seed);

  struct Heard {
    const int16_t* samples = nullptr;
    bool starts = false;    // a new call begins with this frame
    bool answered = false;  // answer was signalled just before this frame
  };

  // The next frame of every channel.
  const std::vector<Heard>& next();

 private:
  struct Place {
    size_t call;
    int frame;
    uint64_t seed;  // of what comes next
  };
  const std::vector<Call>& calls_;
  std::vector<Place> places_;
  std::vector<Heard> heard_;
  bool first_ = true;
};

}  // namespace bench
