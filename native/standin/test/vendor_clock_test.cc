// The clocks, crashes on request, faults by chance, and what is left at the end.
#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "standin/test/vendor_functions.h"

using standintest::Bench;
using standintest::text;

namespace {

struct Ended {
  pid_t pid;
  int how;  // as wait tells it
};

// Runs `work` in a process of its own, which may crash, and waits for its end.
template <typename Work>
Ended inAnotherProcess(Work&& work) {
  standin_reset();
  std::cout.flush();  // or the child says it again
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::freopen("/dev/null", "w", stderr);
    std::signal(SIGABRT, SIG_DFL);
    work();
    _exit(0);
  }
  int how = 0;
  REQUIRE(waitpid(child, &how, 0) == child);
  return {child, how};
}

}  // namespace

TEST_CASE("a stepped clock moves with the test, and the waiting thread keeps up") {
  standin_reset();
  REQUIRE(standin_configure(R"({"clock": "step", "boards": [{"family": "dm3", "channels": 2}],
    "world": {"unlisted": "live"}})") == 0);
  std::atomic<bool> connectedAt{false}, ready{false}, end{false};
  std::atomic<double> at{0};
  std::thread vendor([&] {
    int poll = 0;
    sr_setparm(0, 2, &poll);
    gc_Start(nullptr);
    vlong line = 0, crn = 0;
    char name[] = ":N_dtiB1T1:P_isdn", number[] = "5551234";
    gc_OpenEx(&line, name, kAsync, nullptr);
    MetaEvent meta{};
    sr_waitevt(0);  // from here on it is a thread that waits, and is waited for
    ready = true;
    while (!end) {
      if (sr_waitevt(1000) < 0) continue;
      gc_GetMetaEvent(&meta);
      if (meta.type == GCEV_UNBLOCKED) gc_MakeCall(line, &crn, number, nullptr, 0, kAsync);
      if (meta.type != GCEV_CONNECTED || connectedAt) continue;
      at = standin_now();
      connectedAt = true;
    }
  });
  while (!ready) std::this_thread::yield();
  double stepped = 0;
  while (!connectedAt && stepped < 60'000) {
    CHECK(standin_advance(20) == 0);
    stepped += 20;
  }
  CHECK(connectedAt);
  // It was told within the frame in which it happened.
  CHECK(at == stepped);
  end = true;
  sr_putevt(0, 1, 0, nullptr, 0);
  vendor.join();
  CHECK(standin_misuse(nullptr) == 0);
  standin_reset();
}

TEST_CASE("a paced clock runs by itself, many calls on many lines, all told to the end") {
  Bench bench(R"({"clock": {"speed": 2000}, "boards": [{"family": "dm3", "channels": 8}],
    "world": {"unlisted": "mix"}, "log": "/dev/null"})");
  REQUIRE(gc_Start(nullptr) == 0);
  std::vector<vlong> lines;
  for (int i = 1; i <= 8; ++i)
    lines.push_back(bench.open(":N_dtiB1T" + std::to_string(i) + ":P_isdn:V_dxxxB" +
                               std::to_string(1 + (i - 1) / 4) + "C" + std::to_string(1 + (i - 1) % 4)));
  int ended = 0, next = 0;
  for (const vlong line : lines) CHECK(bench.call(line, "555" + std::to_string(1000 + next++)) != 0);
  while (ended < 60 && bench.next()) {
    const MetaEvent meta = bench.meta;
    if (meta.type == GCEV_MEDIADETECTED || meta.type == GCEV_DISCONNECTED || meta.type == GCEV_CONNECTED)
      if (int state = 0; gc_GetCallState(meta.crn, &state) == 0 && state != GCST_IDLE)
        gc_DropCall(meta.crn, 0x10, kAsync);
    if (meta.type == GCEV_DROPCALL) CHECK(gc_ReleaseCallEx(meta.crn, kAsync) == 0);
    if (meta.type == GCEV_RELEASECALL) {
      ++ended;
      CHECK(bench.call(meta.linedev, "555" + std::to_string(1000 + next++)) != 0);
    }
  }
  CHECK(ended == 60);
  CHECK_MESSAGE(standin_misuse("drop_twice") == standin_misuse(nullptr), text(standin_report));
}

TEST_CASE("a requested crash kills the process, and leaves the report") {
  const auto [child, how] = inAnotherProcess([] {
    standin_configure(R"({"clock": "free", "report": "standin-%p.json", "boards": [{"family": "springware"}],
      "faults": [{"kind": "crash", "atMs": 500}]})");
    dx_open("dxxxB1C1", 0);
    sr_waitevt(5'000);
  });
  CHECK(WIFSIGNALED(how));
  CHECK(WTERMSIG(how) == SIGABRT);
  const std::string path = "standin-" + std::to_string(child) + ".json";
  std::ostringstream report;
  report << std::ifstream(path).rdbuf();
  CHECK(report.str().find("\"poll_mode_not_set\": 1") != std::string::npos);
  CHECK(report.str().find("\"now\": 500") != std::string::npos);
  std::remove(path.c_str());
}

TEST_CASE("a requested crash strikes as many processes as it is requested for") {
  const std::string log = "standin-crash.log";
  std::remove(log.c_str());
  const auto crashes = [] {
    const Ended ended = inAnotherProcess([] {
      standin_configure(
          R"({"clock": "free", "log": "standin-crash.log", "faults": [{"kind": "crash", "times": 2}]})");
      sr_waitevt(5'000);
    });
    return WIFSIGNALED(ended.how);
  };
  CHECK(crashes());
  CHECK(crashes());
  CHECK_FALSE(crashes());
  std::remove(log.c_str());
}

TEST_CASE("faults by chance are the same for the same seed") {
  const auto story = [](int seed) {
    Bench bench(
        R"({"clock": "free", "boards": [{"family": "dm3", "channels": 2}], "world": {"unlisted": "live"},
      "random": {"lostEvent": 0.05, "taskFail": 0.05, "alarmStorm": 0.05, "seed": )" +
        std::to_string(seed) + "}}");
    REQUIRE(gc_Start(nullptr) == 0);
    vlong line = 0;
    char name[] = ":N_dtiB1T1:P_isdn";
    for (int i = 0; i < 5 && line == 0; ++i) line = bench.open(name);
    for (int i = 0; i < 10; ++i) {
      bench.call(line, "555100" + std::to_string(i));
      bench.pass(20'000);
      gc_ResetLineDev(line, kAsync);
      bench.pass(1'000);
    }
    CHECK_MESSAGE(standin_misuse(nullptr) == standin_misuse("line_busy"), text(standin_report));
    return bench.seen;
  };
  const std::vector<long> first = story(3);
  CHECK(first.size() > 40);
  CHECK(first == story(3));
  CHECK(first != story(4));
}

TEST_CASE("with a paced clock sound comes on the library's thread, and never after the end") {
  static std::atomic<long> bytes{0};
  static std::atomic<bool> foreign{false};
  static std::thread::id mine;
  mine = std::this_thread::get_id();
  bytes = 0;
  Bench bench(R"({"clock": {"speed": 200}, "boards": [{"family": "springware"}]})");
  REQUIRE(dx_setuio({nullptr,
                     [](int, char*, unsigned count) {
                       bytes += count;
                       if (std::this_thread::get_id() != mine) foreign = true;
                       return static_cast<int>(count);
                     },
                     nullptr}) == 0);
  const int ch = standintest::analogChannel("dxxxB1C1");
  DxIott iott{};
  iott.type = IO_UIO | IO_EOT;
  iott.length = 16'000;
  REQUIRE(dx_reciottdata(ch, &iott, nullptr, nullptr, kAsync) == 0);
  REQUIRE(bench.until(TDX_RECORD, ch));
  CHECK(ATDX_TERMMSK(ch) == TM_EOD);
  CHECK(bytes == 16'000);
  CHECK(foreign);
  bench.pass(1'000);
  CHECK(bytes == 16'000);
}

TEST_CASE("each number that goes out is logged, and the report is there at the end") {
  const std::string log = "standin-test.log";
  std::remove(log.c_str());
  {
    Bench bench(
        R"({"clock": "free", "boards": [{"family": "dm3", "channels": 1}], "log": "standin-test.log"})");
    REQUIRE(gc_Start(nullptr) == 0);
    const vlong line = bench.open(":N_dtiB1T1:P_isdn");
    const vlong crn = bench.call(line, "5551234");
    bench.pass(500);
    CHECK(bench.hangUp(crn));
    CHECK(text(standin_report).find("\"calls_not_released\": 0") != std::string::npos);
  }
  std::ostringstream lines;
  lines << std::ifstream(log).rdbuf();
  CHECK(lines.str().starts_with("{\"began\": 0, "));
  CHECK(lines.str().find("{\"dialled\": \"5551234\", \"device\": \"dtiB1T1\"") != std::string::npos);
  CHECK(lines.str().find("{\"ended\": \"5551234\", \"by\": \"drop\"") != std::string::npos);
  std::remove(log.c_str());
}
