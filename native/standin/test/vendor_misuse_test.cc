// Each trap, and the counter that it moves.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <thread>

#include "standin/test/vendor_functions.h"

using standintest::analogChannel;
using standintest::Bench;
using standintest::fullCap;
using standintest::text;

namespace {

const char* const kBoards = R"({"clock": "free", "boards": [{"family": "springware", "channels": 4},
  {"family": "dm3", "network": "t1", "channels": 4}, {"family": "hmp", "channels": 2}],
  "world": {"unlisted": "live"}})";

const char* const kLine = ":N_dtiB1T1:P_isdn:V_dxxxB2C1";

int gcError() {
  GcInfo info{};
  gc_ErrorInfo(&info);
  return info.value;
}

}  // namespace

TEST_CASE("a call on a thread that did not open the device") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  CHECK(standin_misuse("wrong_thread") == 0);
  std::thread([ch] { ATDX_STATE(ch); }).join();
  CHECK(standin_misuse("wrong_thread") == 1);
  dx_sethook(ch, 1, kAsync);
  std::thread([] { sr_waitevt(1000); }).join();
  CHECK(standin_misuse("wrong_thread") == 2);
}

TEST_CASE("waking the waiting thread from another is no misuse") {
  Bench bench(R"({"clock": {"speed": 100}})");
  std::thread other([] { sr_putevt(0, 0x4711, 0, nullptr, 0); });
  CHECK(sr_waitevt(-1) == 0);
  CHECK(sr_getevttype(0) == 0x4711);
  other.join();
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("a handle after its close, and one that never was") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  CHECK(dx_close(ch) == 0);
  CHECK(dx_sethook(ch, 1, kAsync) == -1);
  CHECK(standin_misuse("closed_handle") == 1);
  CHECK(ATDX_STATE(999) == -1);
  CHECK(standin_misuse("unknown_handle") == 1);
  CHECK(standin_misuse("event_left_behind") == 0);
}

TEST_CASE("an event left behind: at the next operation, and at the close") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  CHECK(dx_sethook(ch, 1, kAsync) == 0);
  // Another device's event is waited for meanwhile.
  const int other = analogChannel("dxxxB1C2");
  vlong handles[1] = {other}, event = 0;
  CHECK(sr_waitevtEx(handles, 1, 1000, &event) == -1);
  CHECK(dx_sethook(ch, 0, kAsync) == 0);
  CHECK(standin_misuse("event_left_behind") == 1);
  CHECK(sr_waitevtEx(handles, 1, 1000, &event) == -1);
  CHECK(dx_close(ch) == 0);
  CHECK(standin_misuse("event_left_behind") == 4);  // loop current on, two hooks
}

TEST_CASE("gc_GetMetaEvent anywhere but right after the wait") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  vlong line = 0;
  std::string name = kLine;
  REQUIRE(gc_OpenEx(&line, name.data(), kAsync, nullptr) == 0);
  MetaEvent meta{};
  REQUIRE(sr_waitevt(1000) >= 0);
  CHECK(gc_GetMetaEvent(&meta) == 0);
  CHECK(standin_misuse("meta_event_late") == 0);
  CHECK(static_cast<uint32_t>(meta.magic) == 0xBAD012FBu);
  CHECK(meta.type == GCEV_OPENEX);
  REQUIRE(sr_waitevt(1000) >= 0);
  CHECK(sr_getevttype(0) == GCEV_UNBLOCKED);
  CHECK(gc_GetMetaEvent(&meta) == 0);
  CHECK(standin_misuse("meta_event_late") == 1);
}

TEST_CASE("gc_ResultInfo of an event that is over") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  REQUIRE(bench.open(kLine) > 0);
  const MetaEvent old = bench.meta;
  CHECK(sr_waitevt(1000) == -1);
  MetaEvent copy = old;
  GcInfo info{};
  CHECK(gc_ResultInfo(&copy, &info) == -1);
  CHECK(standin_misuse("meta_event_stale") == 1);
}

TEST_CASE("the data of an event are undefined after the next wait") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  dx_sethook(ch, 1, kAsync);
  REQUIRE(sr_waitevt(1000) == 4);
  const auto* cst = static_cast<const DxCst*>(sr_getevtdatap(0));
  CHECK(cst->event == DE_LCON);
  REQUIRE(sr_waitevt(1000) >= 0);
  CHECK(cst->event == 0xDBDB);
}

TEST_CASE("drop and release are both needed, in this order, once") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(kLine);
  const vlong crn = bench.call(line, "5551234");
  REQUIRE(bench.until(GCEV_CONNECTED, line));
  CHECK(gc_ReleaseCallEx(crn, kAsync) == -1);
  CHECK(gcError() == EGC_INVSTATE);
  CHECK(standin_misuse("release_before_drop") == 1);
  CHECK(gc_DropCall(crn, 0x10, kAsync) == 0);
  CHECK(gc_DropCall(crn, 0x10, kAsync) == -1);
  CHECK(standin_misuse("drop_twice") == 1);
  REQUIRE(bench.until(GCEV_DROPCALL, line));
  vlong second = 0;
  std::string number = "5551235";
  CHECK(gc_MakeCall(line, &second, number.data(), nullptr, 0, kAsync) == -1);
  CHECK(standin_misuse("line_busy") == 1);
  CHECK(gc_ReleaseCallEx(crn, kAsync) == 0);
  REQUIRE(bench.until(GCEV_RELEASECALL, line));
  CHECK(gc_ReleaseCallEx(crn, kAsync) == -1);
  CHECK(gcError() == EGC_INVCRN);
  CHECK(standin_misuse("released_call") == 1);
  CHECK(bench.call(line, "5551235") != 0);
}

TEST_CASE("a call that never connected wants both too, and none is forgotten") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(kLine);
  CHECK(bench.call(line, "5551234") != 0);
  CHECK(gc_Close(line) == 0);
  CHECK(standin_misuse("call_not_released") == 1);
}

TEST_CASE("gc_Start once in a process") {
  Bench bench(kBoards);
  vlong line = 0;
  std::string name = kLine;
  CHECK(gc_OpenEx(&line, name.data(), kAsync, nullptr) == -1);
  CHECK(gcError() == EGC_GCNOTSTARTED);
  CHECK(gc_Start(nullptr) == 0);
  CHECK(gc_Start(nullptr) == -1);
  CHECK(gcError() == EGC_GC_STARTED);
  CHECK(standin_misuse("double_start") == 1);
  REQUIRE(bench.open(kLine) > 0);
  CHECK(gc_Stop() == 0);
  CHECK(standin_misuse("device_left_open") == 1);
  CHECK(gc_Start(nullptr) == -1);
  CHECK(gcError() == EGC_GC_FUNC_AFTER_STOP);
  CHECK(standin_misuse("start_after_stop") == 1);
}

TEST_CASE("gc_MakeCall before the line is unblocked") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  vlong line = 0, crn = 0;
  std::string name = kLine, number = "5551234";
  REQUIRE(gc_OpenEx(&line, name.data(), kAsync, nullptr) == 0);
  REQUIRE(bench.until(GCEV_OPENEX, line));
  CHECK(gc_MakeCall(line, &crn, number.data(), nullptr, 0, kAsync) == -1);
  CHECK(standin_misuse("call_before_unblocked") == 1);
}

TEST_CASE("polled mode is set before the first open") {
  standin_reset();
  standin_configure(kBoards);
  CHECK(dx_open("dxxxB1C1", 0) > 0);
  CHECK(standin_misuse("poll_mode_not_set") == 1);
  int poll = 0;
  CHECK(sr_setparm(0, 2, &poll) == 0);
  CHECK(standin_misuse("mode_after_open") == 1);
  standin_reset();
}

TEST_CASE("a channel does one thing at a time") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  CHECK(dx_sethook(ch, 1, kAsync) == 0);
  CHECK(ATDX_STATE(ch) == CS_HOOK);
  CHECK(dx_dial(ch, "T1", nullptr, kAsync) == -1);
  CHECK(ATDV_LASTERR(ch) == EDX_BUSY);
  CHECK(standin_misuse("channel_busy") == 1);
}

TEST_CASE("the DX_CAP is kept until the analysis ends") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  REQUIRE(dx_sethook(ch, 1, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
  DxCap cap = fullCap();
  REQUIRE(dx_dial(ch, "T5551234", &cap, kCallp | kAsync) == 0);
  std::memset(&cap, 0, sizeof cap);
  REQUIRE(bench.until(TDX_CALLP, ch));
  CHECK(standin_misuse("cap_changed") == 1);
}

TEST_CASE("Springware wants its order, its mode letter and its template") {
  Bench bench(kBoards);
  const int ch = dx_open("dxxxB1C1", 0);
  CHECK(dx_initcallp(ch) == 0);
  CHECK(standin_misuse("initcallp_without_deltones") == 1);
  CHECK(dx_dial(ch, "5551234", nullptr, kAsync) == 0);
  CHECK(standin_misuse("dial_without_mode") == 1);
  REQUIRE(bench.until(TDX_DIAL, ch));
  DxCap cap = fullCap();
  cap.pamdQtemp = 0;
  CHECK(dx_dial(ch, "T5551234", &cap, kCallp | kAsync) == 0);
  CHECK(standin_misuse("pamd_template_not_set") == 1);
  CHECK(standin_misuse("dial_on_hook") == 1);
}

TEST_CASE("DM3 takes no number for its analysis, and no dx_initcallp") {
  Bench bench(kBoards);
  const int voice = dx_open("dxxxB2C1", 0);
  CHECK(dx_initcallp(voice) == -1);
  CHECK(ATDV_LASTERR(voice) == EDX_NOSUPPORT);
  CHECK(dx_dial(voice, "5551234", nullptr, kCallp | kAsync) == -1);
  CHECK(ATDV_LASTERR(voice) == EDX_BADPARM);
  CHECK(standin_misuse("number_in_dm3_analysis") == 1);
  CHECK(dx_dial(voice, " ", nullptr, kCallp | kAsync) == 0);
  CHECK(standin_misuse("analysis_of_nothing") == 1);
}

TEST_CASE("Global Call's analysis and dx_dial's do not run together") {
  Bench bench(kBoards);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(kLine);  // with a voice device: analysis before the connect is on by itself
  int voice = 0;
  REQUIRE(gc_GetResourceH(line, &voice, 2) == 0);
  REQUIRE(bench.call(line, "5551234") != 0);
  REQUIRE(dx_dial(voice, "", nullptr, kCallp | kAsync) == 0);
  CHECK(standin_misuse("analysis_mixed") == 1);
}

TEST_CASE("after a bridge the voice device hears its own line again") {
  Bench bench(kBoards);
  const int a = analogChannel("dxxxB1C1");
  const int b = analogChannel("dxxxB1C2");
  vlong slot = 0;
  ScTsinfo info{1, &slot};
  CHECK(ag_getxmitslot(b, &info) == 0);
  CHECK(dx_listen(a, &info) == 0);
  CHECK(standin_misuse("listen_without_unlisten") == 1);  // a note, not a misuse
  CHECK(standin_misuse(nullptr) == 0);
  REQUIRE(dx_sethook(a, 1, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, a));
  CHECK(dx_dial(a, "T5551234", nullptr, kCallp | kAsync) == 0);
  CHECK(standin_misuse("voice_not_routed_back") == 1);
}

TEST_CASE("a handler makes no synchronous call, and does not wait") {
  Bench bench(kBoards);
  static int ch = 0;
  ch = analogChannel("dxxxB1C1");
  CHECK(sr_enbhdlr(-1, 0xFFFFFFFFu, [](vulong) -> vlong {
          dx_stopch(ch, 0);
          sr_waitevt(0);
          return 0;
        }) == 0);
  dx_sethook(ch, 1, kAsync);
  CHECK(sr_waitevt(200) == -1);  // the handler consumed what came
  CHECK(standin_misuse("synchronous_in_handler") == 2);
  CHECK(standin_misuse("wait_in_handler") == 2);
}

TEST_CASE("sr_waitevt and sr_waitevtEx do not mix on a device") {
  Bench bench(kBoards);
  const int ch = analogChannel("dxxxB1C1");
  dx_sethook(ch, 1, kAsync);
  REQUIRE(sr_waitevt(1000) >= 0);
  vlong handles[1] = {ch}, event = 0;
  REQUIRE(sr_waitevtEx(handles, 1, 1000, &event) >= 0);
  CHECK(standin_misuse("waits_mixed") == 1);
}

TEST_CASE("a tone is queried before it is deleted and created") {
  Bench bench(kBoards);
  const int board = dx_open("brdB2", 0);
  REQUIRE(board > 0);
  CHECK(dx_deletetone(board, TID_BUSY1, kAsync) == 0);
  CHECK(standin_misuse("tone_not_queried") == 1);
  CHECK(bench.until(TDX_DELETETONE_FAIL, board));
  ToneData tone{};
  CHECK(dx_querytone(board, TID_BUSY1, &tone, kAsync) == 0);
  CHECK(bench.until(TDX_QUERYTONE, board));
  CHECK(tone.segments == 1);
  CHECK(tone.seg[0].tn1min == 450);
  CHECK(dx_deletetone(board, TID_BUSY1, kAsync) == 0);
  CHECK(bench.until(TDX_DELETETONE, board));
  tone.seg[0].tn1min = 400;
  CHECK(dx_createtone(board, TID_BUSY1, &tone, kAsync) == 0);
  CHECK(bench.until(TDX_CREATETONE, board));
}

TEST_CASE("own tones keep out of the library's ids") {
  Bench bench(kBoards);
  CHECK(dx_blddt(257, 480, 50, 620, 50, 2) == 0);
  CHECK(standin_misuse("tone_id_taken") == 1);
}

TEST_CASE("parameter blocks move when they grow, and are deleted once") {
  Bench bench(kBoards);
  GcParmBlk* block = nullptr;
  CHECK(gc_util_insert_parm_val(&block, 0x460C, 1, 4, 7) == 0);
  GcParmBlk* const before = block;
  CHECK(gc_util_insert_parm_val(&block, 0x460C, 2, 4, 3) == 0);
  const GcParmData* first = gc_util_next_parm(block, nullptr);
  REQUIRE(first != nullptr);
  CHECK(first->set == 0x460C);
  CHECK(first->size == 4);
  CHECK(first->value[0] == 7);
  gc_util_delete_parm_blk(block);
  gc_util_delete_parm_blk(before);
  CHECK(standin_misuse("unknown_parm_block") == (before == block ? 0 : 1));
}

TEST_CASE("a fork after the first vendor call") {
  Bench bench(kBoards);
  std::cout.flush();  // or the child says it again
  const pid_t child = fork();
  if (child == 0) {
    ATDV_LASTERR(0);
    _exit(static_cast<int>(standin_misuse("used_after_fork")));
  }
  int how = 0;
  REQUIRE(waitpid(child, &how, 0) == child);
  CHECK(WEXITSTATUS(how) == 1);
}

TEST_CASE("a bad configuration is said and nothing works") {
  standin_reset();
  CHECK(standin_configure(R"({"boards": [{"famly": "dm3"}]})") == -1);
  CHECK(std::string(standin_error()).find("boards.0.famly") != std::string::npos);
  CHECK(dx_open("dxxxB1C1", 0) == -1);
  standin_reset();
  CHECK(standin_configure(R"({"boards": [{"channels": 0}]})") == -1);
  CHECK(std::string(standin_error()) == "boards.0.channels: found 0.000000, expected 1 to 480");
  standin_reset();
  CHECK(standin_configure("{") == -1);
  standin_reset();
}
