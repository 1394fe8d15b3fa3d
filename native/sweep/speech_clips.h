// The example voices, for what comes before and after a tone.
#pragma once

#include <string>
#include <vector>

#include "sweep/line_simulation.h"

namespace sweep {

class Speech {
 public:
  // Reads the WAV files of the folder. Throws std::runtime_error if there are none.
  explicit Speech(const std::string& folder);

  // A recording whose name begins with `kind` ("live", "machine", "announcement"), at an active level.
  Sound any(const std::string& kind, double dbm0, Random& random) const;

 private:
  struct Clip {
    std::string name;
    Sound sound;
  };
  std::vector<Clip> clips_;
};

// The WAV files of a folder and of those in it, by name.
std::vector<std::string> wavFiles(const std::string& folder);

}  // namespace sweep
