// Alarms, transfers, and faults on request.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "standin/test/vendor_functions.h"

using standintest::Bench;
using standintest::kBoards;
using standintest::text;

namespace {

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

TEST_CASE("requested faults: an event that never comes, a task that fails, a line that hangs") {
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
