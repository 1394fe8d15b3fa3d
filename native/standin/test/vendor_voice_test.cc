// The analog line and the voice channel: sound in and out, tones, digits, hook flash.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <cstring>

#include "standin/test/vendor_functions.h"

using standintest::analogChannel;
using standintest::Bench;
using standintest::fullCap;
using standintest::text;

namespace {

std::string boards(const std::string& more = "") {
  return R"({"clock": "free", "uioBytes": 160, "boards": [{"family": "springware", "channels": 4, "access": "9")" +
         more + R"(}], "world": {"unlisted": "live", "subscribers": [
    {"number": "5550001", "kind": "busy"}, {"number": "5550007", "kind": "live", "dtmf": "12#", "patienceMs": 60000},
    {"number": "5550009", "kind": "live", "patienceMs": 3000}, {"number": "5550002", "kind": "machine"}],
    "extensions": [{"extension": "7666", "behaviour": "busy"}, {"extension": "7xxx"}]}})";
}

void offHook(Bench& bench, int ch) {
  REQUIRE(dx_sethook(ch, 1, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
}

long dialled(Bench& bench, int ch, const char* digits) {
  static DxCap cap;
  cap = fullCap();
  REQUIRE(dx_dial(ch, digits, &cap, kCallp | kAsync) == 0);
  REQUIRE(bench.until(TDX_CALLP, ch));
  return ATDX_CPTERM(ch);
}

// Waits for a call-status event of that kind; -1: it did not come.
int status(Bench& bench, int ch, int kind, double ms = 60'000) {
  const double end = standin_now() + ms;
  while (standin_now() < end && bench.until(TDX_CST, ch, end - standin_now())) {
    const auto* cst = static_cast<const DxCst*>(bench.meta.data);
    if (cst->event == kind) return cst->data;
  }
  return -1;
}

std::vector<char> heard;
int calls = 0;
int writes(int file, char* bytes, unsigned count) {
  CHECK(file == 42);
  CHECK(count <= 160);
  heard.insert(heard.end(), bytes, bytes + count);
  ++calls;
  return static_cast<int>(count);
}

int reads(int, char* bytes, unsigned count) {
  if (calls++ == 100) return 0;
  // A square wave of 1 kHz in mu-law.
  for (unsigned i = 0; i < count; ++i) bytes[i] = static_cast<char>(i / 4 % 2 == 0 ? 0x90 : 0x10);
  return static_cast<int>(count);
}

DxIott streamed() {
  DxIott iott{};
  iott.type = IO_DEV | IO_UIO | IO_EOT;
  iott.fhandle = 42;
  iott.length = -1;
  return iott;
}

DxXpb mulaw() {
  DxXpb xpb{};
  xpb.fileFormat = 1;
  xpb.dataFormat = 7;
  xpb.samplesPerSec = 8000;
  xpb.bitsPerSample = 8;
  return xpb;
}

}  // namespace

TEST_CASE("the line's sound is recorded in small pieces, to the last one before the event") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  heard.clear();
  calls = 0;
  CHECK(dx_setuio({nullptr, writes, nullptr}) == 0);
  DxIott iott = streamed();
  DxXpb xpb = mulaw();
  DvTpt time{};
  time.type = IO_EOT;
  time.termno = DX_MAXTIME;
  time.length = 20;
  REQUIRE(dx_reciottdata(ch, &iott, &time, &xpb, kAsync) == 0);
  CHECK(ATDX_STATE(ch) == CS_RECD);
  REQUIRE(bench.until(TDX_RECORD, ch));
  CHECK(ATDX_TERMMSK(ch) == TM_MAXTIME);
  CHECK(heard.size() == 16'000);
  CHECK(ATDX_TRCOUNT(ch) == 16'000);
  CHECK(calls == 100);
  // It is dial tone: loud.
  int loud = 0;
  for (size_t i = 8000; i < heard.size(); ++i) loud += (heard[i] & 0x7F) < 0x40 ? 1 : 0;
  CHECK(loud > 1000);
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("a recording is stopped and says so") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  CHECK(dx_setuio({nullptr, writes, nullptr}) == 0);
  DxIott iott = streamed();
  DxXpb xpb = mulaw();
  REQUIRE(dx_reciottdata(ch, &iott, nullptr, &xpb, kAsync) == 0);
  bench.pass(500);
  CHECK(dx_stopch(ch, kAsync) == 0);
  CHECK(ATDX_STATE(ch) == CS_STOPD);
  REQUIRE(bench.until(TDX_RECORD, ch));
  CHECK(ATDX_TERMMSK(ch) == TM_USRSTOP);
  CHECK(ATDX_STATE(ch) == CS_IDLE);
  const int after = calls;
  bench.pass(500);
  CHECK(calls == after);
  CHECK(dx_stopch(ch, kAsync) == 0);  // nothing runs: no event
  CHECK_FALSE(bench.until(TDX_RECORD, ch, 1000));
  CHECK(dx_stopch(ch, kAsync | kNoStop) == 0);
  CHECK(bench.until(TDX_NOSTOP, ch, 1000));
}

TEST_CASE("what is played reaches the far end") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  REQUIRE(dialled(bench, ch, "T95550007") == CR_CNCT);
  calls = 0;
  CHECK(dx_setuio({reads, nullptr, nullptr}) == 0);
  DxIott iott = streamed();
  DxXpb xpb = mulaw();
  REQUIRE(dx_playiottdata(ch, &iott, nullptr, &xpb, kAsync) == 0);
  bench.pass(500);
  CHECK(standin_sent_dbm0("dxxxB1C1") > -20);
  REQUIRE(bench.until(TDX_PLAY, ch));
  CHECK(ATDX_TERMMSK(ch) == TM_EOD);
  CHECK(ATDX_TRCOUNT(ch) == 16'000);
  bench.pass(20);
  CHECK(standin_sent_dbm0("dxxxB1C1") == -100);
  SUBCASE("and the person presses keys") {
    DvDigit digits{};
    DvTpt ends[2] = {};
    ends[0].type = IO_CONT;
    ends[0].termno = DX_MAXDTMF;
    ends[0].length = 3;
    ends[1].type = IO_EOT;
    ends[1].termno = DX_MAXTIME;
    ends[1].length = 100;
    REQUIRE(dx_getdig(ch, ends, &digits, kAsync) == 0);
    REQUIRE(bench.until(TDX_GETDIG, ch));
    CHECK(std::string(digits.value) == "12#");
    CHECK(ATDX_TERMMSK(ch) == TM_MAXDTMF);
  }
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("the far end's hang-up breaks loop current") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  CHECK((ATDX_LINEST(ch) & RLS_LCSENSE) != 0);
  REQUIRE(dialled(bench, ch, "T95550009") == CR_CNCT);
  CHECK(status(bench, ch, DE_LCOF) == 0);
  CHECK((ATDX_LINEST(ch) & RLS_LCSENSE) == 0);
  CHECK(status(bench, ch, DE_LCON) == 0);
}

TEST_CASE("or, where the exchange breaks none, is told by a tone the application defined") {
  Bench bench(boards(R"(, "disconnectTone": true)"));
  const int ch = dx_open("dxxxB1C1", 0);
  CHECK(dx_deltones(ch) == 0);
  CHECK(dx_blddtcad(301, 480, 30, 620, 30, 50, 5, 50, 5, 2) == 0);
  CHECK(dx_addtone(ch, 0, 0) == 0);
  CHECK(dx_addtone(ch, 0, 0) == -1);  // once
  CHECK(dx_enbtone(ch, 301, 1) == 0);
  CHECK(dx_enbtone(ch, 302, 1) == -1);
  CHECK(ATDV_LASTERR(ch) == EDX_TONEID);
  CHECK(dx_initcallp(ch) == 0);
  CHECK(dx_setevtmsk(ch, 0x18) == 0);
  offHook(bench, ch);
  REQUIRE(dialled(bench, ch, "T95550009") == CR_CNCT);
  CHECK(status(bench, ch, DE_TONEON) == 301);
  CHECK((ATDX_LINEST(ch) & RLS_LCSENSE) != 0);
}

TEST_CASE("dial tone is waited for, in vain where there is none") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  const double began = standin_now();
  CHECK(dialled(bench, ch, "TL95551234") == CR_CNCT);
  CHECK(standin_now() - began > 1000);
  CHECK(dx_sethook(ch, 0, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
  CHECK(standin_fault(R"({"kind": "no_dial_tone", "device": "dxxxB1C1"})") == 0);
  offHook(bench, ch);
  CHECK(dialled(bench, ch, "TL95551234") == CR_NODIALTONE);
  CHECK(ATDX_DTNFAIL(ch) == 'L');
}

TEST_CASE("an analysis is stopped, plain dialling is not") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  const DxCap cap = fullCap();
  REQUIRE(dx_dial(ch, "T95551234", &cap, kCallp | kAsync) == 0);
  bench.pass(2000);
  CHECK(ATDX_STATE(ch) == CS_CALL);
  CHECK(dx_stopch(ch, kAsync) == 0);
  REQUIRE(bench.until(TDX_CALLP, ch));
  CHECK(ATDX_CPTERM(ch) == CR_STOPD);
  REQUIRE(dx_dial(ch, "T1234567890", nullptr, kAsync) == 0);
  CHECK(dx_stopch(ch, kAsync) == 0);
  const double began = standin_now();
  REQUIRE(bench.until(TDX_DIAL, ch));
  CHECK(standin_now() - began >= 900);
}

TEST_CASE("hook flash hands a live call to an extension") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  REQUIRE(dialled(bench, ch, "T95550007") == CR_CNCT);
  SUBCASE("blind: dial and go on hook") {
    REQUIRE(dx_dial(ch, "T&,7123", nullptr, kAsync) == 0);
    REQUIRE(bench.until(TDX_DIAL, ch));
  }
  SUBCASE("screened: with analysis; the switch reverses the loop when the extension answers") {
    REQUIRE(dialled(bench, ch, "T&,7123") == CR_CNCT);
    CHECK(ATDX_CONNTYPE(ch) == CON_LPC);
  }
  REQUIRE(dx_sethook(ch, 0, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
  bench.pass(60'000);
  const std::string calls = text(standin_calls);
  // The customer hangs up in the end, not we.
  CHECK_MESSAGE(calls.find("\"5550007\", \"kind\": \"live\", \"extension\": false") != std::string::npos,
                calls);
  CHECK(calls.find("\"endedBy\": \"far_end\"") != std::string::npos);
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("a busy extension is left again by a second flash") {
  Bench bench(boards());
  const int ch = analogChannel("dxxxB1C1");
  offHook(bench, ch);
  REQUIRE(dialled(bench, ch, "T95550007") == CR_CNCT);
  CHECK(dialled(bench, ch, "T&,7666") == CR_BUSY);
  REQUIRE(dx_dial(ch, "T&", nullptr, kAsync) == 0);
  REQUIRE(bench.until(TDX_DIAL, ch));
  // The customer is back: keys are heard again.
  calls = 0;
  CHECK(dx_setuio({reads, nullptr, nullptr}) == 0);
  DxIott iott = streamed();
  DxXpb xpb = mulaw();
  REQUIRE(dx_playiottdata(ch, &iott, nullptr, &xpb, kAsync) == 0);
  REQUIRE(bench.until(TDX_PLAY, ch));
  DvDigit digits{};
  DvTpt end{};
  end.type = IO_EOT;
  end.termno = DX_MAXTIME;
  end.length = 50;
  REQUIRE(dx_getdig(ch, &end, &digits, kAsync) == 0);
  REQUIRE(bench.until(TDX_GETDIG, ch));
  CHECK(std::string(digits.value) == "12#");
}

TEST_CASE("two lines are bridged on the bus") {
  Bench bench(boards());
  const int a = analogChannel("dxxxB1C1");
  const int b = analogChannel("dxxxB1C2");
  offHook(bench, a);
  offHook(bench, b);
  REQUIRE(dialled(bench, a, "T95550007") == CR_CNCT);
  REQUIRE(dialled(bench, b, "T7123") == CR_CNCT);
  vlong slot = 0;
  ScTsinfo info{1, &slot};
  CHECK(ag_getxmitslot(a, &info) == 0);
  CHECK(ag_listen(b, &info) == 0);
  CHECK(ag_getxmitslot(b, &info) == 0);
  CHECK(ag_listen(a, &info) == 0);
  bench.pass(3'000);
  double loudest = -100;
  for (int i = 0; i < 200; ++i) {
    bench.pass(20);
    loudest = std::max(loudest, standin_sent_dbm0("dxxxB1C1"));
  }
  CHECK(loudest > -30);  // the customer hears the agent
  slot = 9;
  CHECK(ag_listen(a, &info) == -1);
  CHECK(ATDV_LASTERR(a) == EDX_SH_BADEXTTS);
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("the inventory names boards and channels") {
  Bench bench(R"({"clock": "free", "boards": [{"family": "springware", "channels": 6},
    {"family": "dm3", "network": "e1", "channels": 30}, {"family": "hmp", "channels": 2}]})");
  int count = 0;
  char voice[] = "Voice", dti[] = "DTI", ipt[] = "IPT";
  CHECK(sr_getboardcnt(voice, &count) == 0);
  CHECK(count == 2 + 8 + 1);
  CHECK(sr_getboardcnt(dti, &count) == 0);
  CHECK(count == 1);
  CHECK(sr_getboardcnt(ipt, &count) == 0);
  CHECK(count == 1);
  const int board = dx_open("dxxxB2", 0);
  CHECK(ATDV_SUBDEVS(board) == 2);
  vlong ids[4] = {};
  count = 1;
  CHECK(SRLGetAllPhysicalBoards(&count, ids) == -1);
  CHECK(ATDV_LASTERR(0) == ESR_INSUFBUF);
  CHECK(count == 3);
  CHECK(SRLGetAllPhysicalBoards(&count, ids) == 0);
  DeviceInfo devices[40] = {};
  count = 40;
  CHECK(SRLGetVirtualBoardsOnPhysicalBoard(ids[1], &count, devices) == 0);
  CHECK(count == 9);
  CHECK(std::string(devices[0].name) == "dtiB1");
  CHECK(devices[0].type == 503);
  char span[] = "dtiB1";
  count = 40;
  CHECK(SRLGetSubDevicesOnVirtualBoard(span, &count, devices) == 0);
  CHECK(count == 30);
  CHECK(std::string(devices[29].name) == "dtiB1T30");
  CtDevinfo info{};
  const int slot = dt_open(devices[0].name, 0);
  CHECK(dt_getctinfo(slot, &info) == 0);
  CHECK(info.devfamily == CT_DFDM3);
  CHECK(info.nettype == CT_NTE1);
}
