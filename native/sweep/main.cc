// How often the detector is right about tones and beeps, by kind and by condition of the line: signals drawn
// by seed anywhere within their limits. See docs/accuracy.md.
//
//   sweep tones|beeps|special|keys|outside|hour [--seeds N] [--seed N] [--wrong DIR] [--examples DIR]
//   sweep folders DIR...
//   sweep measures [--seeds N] [--seed N] [--examples DIR] [DIR...]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "sweep/ears.h"

int main(int count, char** arguments) {
  sweep::Options options;
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "hour") options.seeds = 1;
  for (int i = 2; i < count; ++i) {
    const std::string name = arguments[i];
    const bool more = i + 1 < count;
    if (name == "--seeds" && more)
      options.seeds = std::atoi(arguments[++i]);
    else if (name == "--seed" && more)
      options.seed = static_cast<uint64_t>(std::atoll(arguments[++i]));
    else if (name == "--wrong" && more)
      options.wrongTo = arguments[++i];
    else if (name == "--examples" && more)
      options.examples = arguments[++i];
    else
      options.folders.push_back(name);
  }
  try {
    if (what == "tones") return sweep::sweepTones(options);
    if (what == "beeps") return sweep::sweepBeeps(options);
    if (what == "special") return sweep::sweepSpecial(options);
    if (what == "keys") return sweep::sweepKeys(options);
    if (what == "hour") return sweep::sweepHour(options);
    if (what == "outside") return sweep::sweepOutside(options);
    if (what == "measures") return sweep::sweepMeasures(options);
    if (what == "folders" && !options.folders.empty()) return sweep::sweepFolders(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sweep: %s\n", error.what());
    return 1;
  }
  std::fprintf(stderr,
               "sweep: expected tones, beeps, special, keys, outside, hour or folders DIR...; found \"%s\"\n",
               what.c_str());
  return 2;
}
