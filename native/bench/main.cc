// The benchmark's native half; npm run bench builds and runs it.
//
//   bench-native time                 every stage at 1, 64, 512 and 2,048 channels, as JSON
//   bench-native count STAGE [ISA]    64 channels for 4 s in counted(), for callgrind to collect there;
//   prints
//                                     the channel frames heard. ISA: baseline, avx2, avx512
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "cpd/instruction_set.h"
#include "spandsp_tones.h"
#include "stages.h"

namespace {

constexpr int kCalls = 100;
constexpr uint64_t kSeed = 20;
constexpr int kChannels[] = {1, 64, 512, 2048};
constexpr int kRounds = 9;
constexpr int kFramesARound = 65'536;  // of all channels together
constexpr int kWarmTicks = 50;         // histories full, and the calls under way
constexpr int kCountChannels = 64, kCountTicks = 200;

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
  std::vector<std::string> names = {"front-end-tones", "front-end-all", "tones", "all"};
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
      running.push_back(
          {bench::makeStage(name, channels, frontEnd), bench::Schedule(calls, channels, kSeed), {}, {}});
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
  try {
    const std::vector<bench::Call> calls = bench::makeCalls(SPEECH, kCalls, kSeed);
    if (argc == 2 && std::strcmp(argv[1], "time") == 0) {
      timeAll(calls);
      return 0;
    }
    if (argc >= 3 && argc <= 5 && std::strcmp(argv[1], "count") == 0) {
      cpd::FrontEnd frontEnd;
      for (const cpd::InstructionSet set : cpd::instructionSets())
        if (argc >= 4 && std::strcmp(argv[3], cpd::name(set)) == 0) frontEnd = cpd::FrontEnd(set);
      const auto stage = bench::makeStage(argv[2], kCountChannels, frontEnd);
      bench::Schedule schedule(calls, kCountChannels, kSeed);
      for (int tick = 0; tick < kWarmTicks; ++tick) stage->hear(schedule.next());
      const int ticks = argc == 5 ? std::atoi(argv[4]) : kCountTicks;
      counted(*stage, schedule, ticks);
      std::printf("%d\n", kCountChannels * ticks);
      return 0;
    }
    std::fprintf(stderr, "bench-native time | count STAGE [baseline|avx2|avx512 [TICKS]]\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-native: %s\n", error.what());
    return 1;
  }
}
