// How often the detector is right about tones and beeps, by kind and by condition of the line: signals drawn
// by seed anywhere within their limits. See docs/accuracy.md, and kUsage.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "sweep/detector_run.h"

namespace {

constexpr const char* kUsage =
    "sweep tones|beeps|special|keys|outside|hour [--seeds N] [--seed N] [--wrong DIR] [--examples DIR]\n"
    "sweep folders DIR...\n"
    "sweep known [--seeds HOURS] [--seed N] [--known N] DIR-OF-RECORDINGS [DIR-OF-OTHER-SPEECH...]\n"
    "sweep measures [--seeds N] [--seed N] [--examples DIR] [DIR...]\n\n"
    "--seeds: draws of each condition; --seed: the first of them; --wrong: keeps the calls that came out "
    "wrong\n"
    "Example: npm run sweep -- beeps --seeds 12 --seed 9\n";

// A whole number of at least 0.
bool readNumber(const char* text, int64_t& number) {
  char* end = nullptr;
  number = std::strtoll(text, &end, 10);
  return *text != 0 && *end == 0 && number >= 0;
}

int refuse(const char* field, const char* found, const char* expected) {
  std::fprintf(stderr, "sweep: %s: found \"%s\", expected %s\n%s", field, found, expected, kUsage);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  sweep::Options options;
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "--help" || what == "-h") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  const bool takesFolders = what == "folders" || what == "measures" || what == "known";
  if (what == "hour") options.seeds = 1;
  for (int i = 2; i < count; ++i) {
    const std::string name = arguments[i];
    const bool more = i + 1 < count;
    if ((name == "--seeds" || name == "--seed" || name == "--known") && more) {
      int64_t number = 0;
      if (!readNumber(arguments[++i], number)) return refuse(name.c_str(), arguments[i], "a whole number");
      if (name == "--seed")
        options.seed = static_cast<uint64_t>(number);
      else if (name == "--known")
        options.known = static_cast<int>(number);
      else
        options.seeds = static_cast<int>(number);
    } else if (name == "--wrong" && more) {
      options.wrongTo = arguments[++i];
    } else if (name == "--examples" && more) {
      options.examples = arguments[++i];
    } else if (takesFolders && name[0] != '-') {
      options.folders.push_back(name);
    } else {
      return refuse("argument", name.c_str(), "one of these, with its value");
    }
  }
  try {
    if (what == "tones") return sweep::sweepTones(options);
    if (what == "beeps") return sweep::sweepBeeps(options);
    if (what == "special") return sweep::sweepSpecial(options);
    if (what == "keys") return sweep::sweepKeys(options);
    if (what == "hour") return sweep::sweepHour(options);
    if (what == "outside") return sweep::sweepOutside(options);
    if (what == "measures") return sweep::sweepMeasures(options);
    if (what == "known" && !options.folders.empty()) return sweep::sweepRecordings(options);
    if (what == "folders" && !options.folders.empty()) return sweep::sweepFolders(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sweep: %s\n", error.what());
    return 1;
  }
  if (what == "folders" || what == "known") return refuse("DIR", "", "a folder of WAV files");
  return refuse("what", what.c_str(), "one of these");
}
