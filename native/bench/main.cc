// The benchmark's native half; npm run bench builds and runs it.
//
//   bench-native time          every stage at 1, 64, 512 and 2,048 channels, as JSON
//   bench-native calls FILE    writes the audio, so that valgrind need not make it
//   bench-native count FILE STAGE ISA TICKS
//       64 channels for so many frames in counted(), for callgrind to collect there; prints the channel
//       frames heard. ISA: baseline, avx2, avx512
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "cpd/simd/instruction_set.h"
#include "known_recordings.h"
#include "spandsp_tones.h"
#include "stages.h"

namespace {

constexpr int kCalls = 100;
constexpr uint64_t kSeed = 20;
constexpr int kRecordings = 20'000;  // known to "all-known"
constexpr int kChannels[] = {1, 64, 512, 2048};
constexpr int kRounds = 9;
constexpr int kFramesARound = 65'536;  // of all channels together
constexpr int kWarmTicks = 50;         // histories full, and the calls under way
constexpr int kCountChannels = 64;
constexpr int kCountRecordings = 2000;  // fewer: valgrind has to make them

// Processor time: what others on the machine take does not count.
double nowNs() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Measured {
  double ns;      // per channel frame, median of the rounds
  double tickMs;  // longest tick of the median round
};

// The stages take turns, so that whatever slows the machine down slows all of them.
void timeAll(const std::vector<bench::Call>& calls) {
  const cpd::FrontEnd frontEnd;
  const cpd::VoiceNet voiceNet;
  std::vector<std::string> names = {"front-end-tones", "front-end-all", "tones", "all", "all-known"};
  const auto recordings = bench::manyRecordings(calls, kRecordings, kSeed);
  if (bench::haveSpandsp()) names.insert(names.begin(), "spandsp");
  std::printf("{\"instructionSet\":\"%s\",\"spandsp\":%s,\"rows\":[", cpd::name(cpd::bestInstructionSet()),
              bench::haveSpandsp() ? "true" : "false");
  bool first = true;
  for (const int channels : kChannels) {
    struct Running {
      std::unique_ptr<bench::Stage> stage;
      bench::Schedule schedule;
      std::vector<double> ns, tickMs;
    };
    std::vector<Running> running;
    for (const std::string& name : names)
      running.push_back({bench::makeStage(name, channels, frontEnd, voiceNet, recordings),
                         bench::Schedule(calls, channels, kSeed),
                         {},
                         {}});
    for (Running& r : running)
      for (int tick = 0; tick < kWarmTicks; ++tick) r.stage->hear(r.schedule.next());
    const int ticks = std::max(4, kFramesARound / channels);
    for (int round = 0; round < kRounds; ++round) {
      for (Running& r : running) {
        double total = 0, longest = 0;
        for (int tick = 0; tick < ticks; ++tick) {
          const auto& frames = r.schedule.next();
          const double begun = nowNs();
          r.stage->hear(frames);
          const double took = nowNs() - begun;
          total += took;
          longest = std::max(longest, took);
        }
        r.ns.push_back(total / ticks / channels);
        r.tickMs.push_back(longest / 1e6);
      }
    }
    for (size_t i = 0; i < running.size(); ++i) {
      const Running& r = running[i];
      std::printf(
          "%s{\"stage\":\"%s\",\"channels\":%d,\"nsPerChannelFrame\":%.1f,\"longestTickMs\":%.3f,"
          "\"stateBytesPerChannel\":%zu,\"found\":%d}",
          first ? "" : ",", names[i].c_str(), channels, median(r.ns), median(r.tickMs), r.stage->stateBytes(),
          r.stage->found());
      first = false;
    }
  }
  std::printf("]}\n");
}

}  // namespace

// Not inlined and by a name of its own: callgrind collects what happens in here.
extern "C" __attribute__((noinline)) void counted(bench::Stage& stage, bench::Schedule& schedule, int ticks) {
  for (int tick = 0; tick < ticks; ++tick) stage.hear(schedule.next());
}

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 1 && words[0] == "time") {
      timeAll(bench::makeCalls(SPEECH, kCalls, kSeed));
      return 0;
    }
    if (words.size() == 2 && words[0] == "calls") {
      bench::writeCalls(words[1], bench::makeCalls(SPEECH, kCalls, kSeed));
      return 0;
    }
    if (words.size() == 5 && words[0] == "count") {
      const auto sets = cpd::instructionSets();
      const auto set = std::find_if(sets.begin(), sets.end(),
                                    [&](cpd::InstructionSet one) { return words[3] == cpd::name(one); });
      if (set == sets.end()) throw std::invalid_argument("this processor has no " + words[3]);
      const std::vector<bench::Call> calls = bench::readCalls(words[1]);
      const cpd::FrontEnd frontEnd(*set);
      const cpd::VoiceNet voiceNet(*set);
      const auto recordings =
          words[2] == "all-known" ? bench::manyRecordings(calls, kCountRecordings, kSeed) : nullptr;
      const auto stage = bench::makeStage(words[2], kCountChannels, frontEnd, voiceNet, recordings);
      bench::Schedule schedule(calls, kCountChannels, kSeed);
      for (int tick = 0; tick < kWarmTicks; ++tick) stage->hear(schedule.next());
      const int ticks = std::stoi(words[4]);
      counted(*stage, schedule, ticks);
      std::printf("%d\n", kCountChannels * ticks);
      return 0;
    }
    std::fprintf(stderr, "bench-native time | calls FILE | count FILE STAGE ISA TICKS\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-native: %s\n", error.what());
    return 1;
  }
}
