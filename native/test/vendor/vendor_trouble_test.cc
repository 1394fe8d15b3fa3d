// Alarms, transfers, faults to order and by chance, and the clocks.
#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "vendor_functions.h"

using standintest::Bench;
using standintest::text;

namespace {

const char* const kBoards = R"({"clock": "free", "boards": [{"family": "dm3", "network": "t1", "channels": 4},
  {"family": "hmp", "channels": 2}], "world": {"unlisted": "live",
    "subscribers": [{"number": "5550007", "kind": "live", "patienceMs": 60000}],
    "extensions": [{"extension": "7666", "behaviour": "busy"},
    {"extension": "7777", "behaviour": "refuse"}, {"extension": "7xxx"}]}})";

// Start data of the IP library that turn supplementary services on.
struct IpStartData {
  IpStartData() {
    block.fill(0xFF);
    constexpr size_t kMask = 2 + 3 * 4 + 17 + 2 * 2 + sizeof(void*) + 2 + 4;
    block[kMask] = 1;
    block[kMask + 1] = block[kMask + 2] = block[kMask + 3] = 0;
    ip.version = 0x201;
    ip.boards = 1;
    ip.list = block.data();
    list[0] = {"GC_DM3CC_LIB", nullptr};
    list[1] = {"GC_H3R_LIB", &ip};
    list[2] = {"GC_IPM_LIB", nullptr};
    start.count = 3;
    start.list = list;
  }

  std::array<uint8_t, 512> block{};
  IpStart ip{};
  CclibStart list[3] = {};
  GcStart start{};
};

vlong connected(Bench& bench, vlong line, const char* number) {
  const vlong crn = bench.call(line, number);
  return crn != 0 && bench.until(GCEV_CONNECTED, line) ? crn : 0;
}

}  // namespace

TEST_CASE("an alarm blocks each line once, cuts the calls, and goes") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong board = bench.open(":N_dtiB1:P_isdn");
  const vlong one = bench.open(":N_dtiB1T1:P_isdn");
  const vlong two = bench.open(":N_dtiB1T2:P_isdn");
  REQUIRE(board > 0);
  const vlong crn = connected(bench, one, "5550007");
  REQUIRE(crn != 0);
  bench.seen.clear();
  CHECK(standin_alarm(1, "red", 1) == 0);
  CHECK(standin_alarm(1, "yellow", 1) == 0);
  bench.pass(200);
  CHECK(std::count(bench.seen.begin(), bench.seen.end(), GCEV_BLOCKED) == 3);
  CHECK(std::count(bench.seen.begin(), bench.seen.end(), GCEV_DISCONNECTED) == 1);
  CHECK(bench.call(two, "5550007") == 0);
  bench.seen.clear();
  CHECK(standin_alarm(1, "", 0) == 0);
  bench.pass(200);
  CHECK(std::count(bench.seen.begin(), bench.seen.end(), GCEV_UNBLOCKED) == 3);
  CHECK(bench.hangUp(crn));
  CHECK(connected(bench, one, "5550007") != 0);
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("a span device tells of the alarms it was asked for") {
  Bench bench(kBoards);
  char name[] = "dtiB1";
  const int span = dt_open(name, 0);
  REQUIRE(span > 0);
  CHECK(ATDV_SUBDEVS(span) == 4);
  CHECK(dt_setevtmsk(span, 1, 0x400, 0) == 0);
  CHECK(standin_alarm(1, "yellow", 1) == 0);
  CHECK(standin_alarm(1, "red", 1) == 0);
  REQUIRE(bench.until(0x2049, span));
  CHECK(*static_cast<const vlong*>(bench.meta.data) == 0xB);
  CHECK(standin_alarm(1, "", 0) == 0);
  REQUIRE(bench.until(0x2049, span));
  CHECK(*static_cast<const vlong*>(bench.meta.data) == 0x1B);
}

TEST_CASE("a lost layer 2 is told apart") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  CHECK(standin_alarm(1, "layer2", 1) == 0);
  REQUIRE(bench.until(GCEV_D_CHAN_STATUS, line));
  CHECK(bench.result == 0x601);
  REQUIRE(bench.until(GCEV_BLOCKED, line));
  CHECK(bench.result == 0x601);
}

TEST_CASE("blind transfer: taken, and refused") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  vlong crn = connected(bench, line, "5550007");
  char refusing[] = "7777", taking[] = "7123";
  CHECK(gc_BlindTransfer(crn, refusing, nullptr, 0, kAsync) == 0);
  CHECK(bench.until(GCEV_TASKFAIL, line));
  CHECK(gc_BlindTransfer(crn, taking, nullptr, 0, kAsync) == 0);
  CHECK(bench.until(GCEV_BLINDTRANSFER, line));
  CHECK(bench.hangUp(crn));
  bench.pass(60'000);
  CHECK(text(standin_calls).find("\"endedBy\": \"far_end\"") != std::string::npos);
}

TEST_CASE("transfer with a consultation call: completed, and given up when the extension is busy") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  const vlong crn = connected(bench, line, "5550007");
  vlong second = 0;
  REQUIRE(gc_SetupTransfer(crn, &second, kAsync) == 0);
  REQUIRE(bench.until(GCEV_SETUPTRANSFER, line));
  char busy[] = "7666", taking[] = "7123";
  vlong given = second;
  REQUIRE(gc_MakeCall(line, &given, busy, nullptr, 0, kAsync) == 0);
  CHECK(given == second);
  REQUIRE(bench.until(GCEV_DISCONNECTED, line));
  CHECK(bench.result == GCRV_BUSY);
  CHECK(bench.hangUp(second));
  int state = 0;
  CHECK(gc_GetCallState(crn, &state) == 0);
  CHECK(state == GCST_CONNECTED);
  REQUIRE(gc_SetupTransfer(crn, &second, kAsync) == 0);
  REQUIRE(bench.until(GCEV_SETUPTRANSFER, line));
  REQUIRE(gc_MakeCall(line, &second, taking, nullptr, 0, kAsync) == 0);
  REQUIRE(bench.until(GCEV_CONNECTED, line));
  REQUIRE(gc_CompleteTransfer(crn, second, kAsync) == 0);
  REQUIRE(bench.until(GCEV_COMPLETETRANSFER, line));
  CHECK(bench.hangUp(crn));
  CHECK(bench.hangUp(second));
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("a consultation call that does not begin in time is dropped") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  const vlong crn = connected(bench, line, "5550007");
  vlong second = 0;
  REQUIRE(gc_SetupTransfer(crn, &second, kAsync) == 0);
  REQUIRE(bench.until(GCEV_DISCONNECTED, line, 9'000));
  CHECK(bench.meta.crn == second);
}

TEST_CASE("SIP transfer by REFER wants the services turned on at the start") {
  Bench bench(kBoards);
  char target[] = "7123@pbx.example";
  SUBCASE("off") {
    REQUIRE(gc_Start(nullptr) == 0);
    const vlong line = bench.open(":N_iptB1T1:P_SIP:M_ipmB1C1");
    const vlong crn = connected(bench, line, "5550007@gateway.example");
    CHECK(gc_InvokeXfer(crn, 0, target, nullptr, 0, kAsync) == -1);
  }
  SUBCASE("on") {
    IpStartData data;
    REQUIRE(gc_Start(&data.start) == 0);
    const vlong line = bench.open(":N_iptB1T1:P_SIP:M_ipmB1C1");
    const vlong crn = connected(bench, line, "5550007@gateway.example");
    char refusing[] = "7777@pbx.example", busy[] = "7666@pbx.example";
    REQUIRE(gc_InvokeXfer(crn, 0, refusing, nullptr, 0, kAsync) == 0);
    CHECK(bench.until(GCEV_INVOKE_XFER_REJ, line));
    REQUIRE(gc_InvokeXfer(crn, 0, busy, nullptr, 0, kAsync) == 0);
    CHECK(bench.until(GCEV_INVOKE_XFER_FAIL, line));
    // The first event of a success is off unless asked for.
    GcParmBlk* parms = nullptr;
    gc_util_insert_parm_val(&parms, 0x8, 2, 4, 0x4000);
    vlong request = 0;
    REQUIRE(gc_SetConfigData(GCTGT_GCLIB_CHAN, line, parms, 0, 0, &request, kAsync) == 0);
    CHECK(bench.until(GCEV_SETCONFIGDATA, line));
    gc_util_delete_parm_blk(parms);
    REQUIRE(gc_InvokeXfer(crn, 0, target, nullptr, 0, kAsync) == 0);
    CHECK(bench.until(GCEV_INVOKE_XFER_ACCEPTED, line));
    CHECK(bench.until(GCEV_INVOKE_XFER, line));
    CHECK(bench.hangUp(crn));  // the library sends no BYE of its own
    CHECK(standin_misuse(nullptr) == 0);
  }
}

TEST_CASE("faults to order: an event that never comes, a task that fails, a line that hangs") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  CHECK(standin_fault(R"({"kind": "lost_event", "event": "GCEV_CONNECTED"})") == 0);
  vlong crn = bench.call(line, "5550007");
  CHECK_FALSE(bench.until(GCEV_CONNECTED, line, 30'000));
  CHECK(bench.hangUp(crn));
  CHECK(standin_fault(R"({"kind": "task_fail", "function": "gc_MakeCall"})") == 0);
  crn = bench.call(line, "5550007");
  CHECK(bench.until(GCEV_TASKFAIL, line));
  CHECK(bench.meta.crn == crn);
  CHECK(bench.hangUp(crn));
  CHECK(standin_fault(R"({"kind": "hang", "device": "dtiB1T1", "resets": 2})") == 0);
  crn = bench.call(line, "5550007");
  CHECK_FALSE(bench.next(30'000));
  CHECK(gc_ResetLineDev(line, kAsync) == 0);
  CHECK_FALSE(bench.next(5'000));
  CHECK(gc_ResetLineDev(line, kAsync) == 0);
  CHECK(bench.until(GCEV_RESETLINEDEV, line));
  CHECK(connected(bench, line, "5550007") != 0);
  CHECK(standin_misuse(nullptr) == 0);
  CHECK(standin_fault(R"({"kind": "bad"})") == -1);
}

TEST_CASE("an alarm storm ends where it began") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn");
  CHECK(standin_fault(R"({"kind": "alarm_storm", "span": 1, "count": 50})") == 0);
  bench.seen.clear();
  bench.pass(500);
  CHECK(std::count(bench.seen.begin(), bench.seen.end(), GCEV_BLOCKED) == 50);
  CHECK(std::count(bench.seen.begin(), bench.seen.end(), GCEV_UNBLOCKED) == 50);
  CHECK(connected(bench, line, "5550007") != 0);
}

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

TEST_CASE("a crash to order kills the process, and leaves the report") {
  standin_reset();
  std::cout.flush();  // or the child says it again
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    std::freopen("/dev/null", "w", stderr);
    std::signal(SIGABRT, SIG_DFL);
    standin_configure(R"({"clock": "free", "report": "standin-%p.json", "boards": [{"family": "springware"}],
      "faults": [{"kind": "crash", "atMs": 500}]})");
    dx_open("dxxxB1C1", 0);
    sr_waitevt(5'000);
    _exit(0);
  }
  int how = 0;
  REQUIRE(waitpid(child, &how, 0) == child);
  CHECK(WIFSIGNALED(how));
  CHECK(WTERMSIG(how) == SIGABRT);
  const std::string path = "standin-" + std::to_string(child) + ".json";
  std::ostringstream report;
  report << std::ifstream(path).rdbuf();
  CHECK(report.str().find("\"poll_mode_not_set\": 1") != std::string::npos);
  CHECK(report.str().find("\"now\": 500") != std::string::npos);
  std::remove(path.c_str());
}

TEST_CASE("a crash to order strikes as many processes as it is ordered for") {
  const std::string log = "standin-crash.log";
  std::remove(log.c_str());
  const auto run = [&] {
    standin_reset();
    std::cout.flush();  // or the child says it again
    const pid_t child = fork();
    if (child == 0) {
      const rlimit none{0, 0};
      setrlimit(RLIMIT_CORE, &none);
      std::freopen("/dev/null", "w", stderr);
      std::signal(SIGABRT, SIG_DFL);
      standin_configure(
          R"({"clock": "free", "log": "standin-crash.log", "faults": [{"kind": "crash", "times": 2}]})");
      sr_waitevt(5'000);
      _exit(0);
    }
    int how = 0;
    return waitpid(child, &how, 0) == child && WIFSIGNALED(how);
  };
  CHECK(run());
  CHECK(run());
  CHECK_FALSE(run());
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
