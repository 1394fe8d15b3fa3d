// Calls as an application makes them, start to end, without a misuse counted.
#include <doctest/doctest.h>

#include <algorithm>

#include "standin/test/vendor_functions.h"

using standintest::analogChannel;
using standintest::Bench;
using standintest::fullCap;
using standintest::text;

namespace {

const char* const kAnalog = R"({"clock": "free", "boards": [{"family": "springware", "channels": 4}],
  "world": {"unlisted": "live", "subscribers": [
    {"number": "5550001", "kind": "busy"}, {"number": "5550002", "kind": "machine"},
    {"number": "5550003", "kind": "sit", "sit": "VC"}, {"number": "5550004", "kind": "fax"},
    {"number": "5550005", "kind": "no_answer"}, {"number": "5550006", "kind": "silence"},
    {"number": "5550007", "kind": "live", "dtmf": "12#"}]}})";

const char* const kDigital =
    R"({"clock": "free", "boards": [{"family": "dm3", "network": "t1", "channels": 4},
  {"family": "hmp", "channels": 2}], "world": {"unlisted": "live", "subscribers": [
    {"number": "5550001", "kind": "busy", "cause": 17}, {"number": "5550002", "kind": "machine"},
    {"number": "5550003", "kind": "sit", "sit": "VC"}, {"number": "5550004", "kind": "fax"},
    {"number": "5550008", "kind": "busy"}],
    "extensions": [{"extension": "7xxx"}, {"extension": "7666", "behaviour": "busy"},
    {"extension": "7777", "behaviour": "refuse"}]}})";

long analogCall(Bench& bench, int ch, const char* digits) {
  static DxCap cap;
  cap = fullCap();
  REQUIRE(dx_sethook(ch, 1, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
  REQUIRE(dx_dial(ch, digits, &cap, kCallp | kAsync) == 0);
  REQUIRE(bench.until(TDX_CALLP, ch));
  return ATDX_CPTERM(ch);
}

void analogEnd(Bench& bench, int ch) {
  REQUIRE(dx_sethook(ch, 0, kAsync) == 0);
  REQUIRE(bench.until(TDX_SETHOOK, ch));
}

struct Analysis {
  explicit Analysis(int mode) {
    gc_util_insert_parm_val(&parms, 0x460C, 1, 4, static_cast<vulong>(mode));
    gc_util_insert_parm_val(&parms, 0x460C, 2, 4, 3);
    block.ext = parms;
    both.gclib = &block;
  }
  ~Analysis() { gc_util_delete_parm_blk(parms); }

  GcParmBlk* parms = nullptr;
  GcMakeCall block{};
  GcMakeCallBlk both{};
};

}  // namespace

TEST_CASE("analog: each kind of answer has its result") {
  Bench bench(kAnalog);
  const int ch = analogChannel("dxxxB1C1");
  REQUIRE(ch > 0);
  CHECK(analogCall(bench, ch, "T5551234") == CR_CNCT);
  CHECK(ATDX_CONNTYPE(ch) == CON_PVD);
  CHECK(ATDX_ANSRSIZ(ch) > 0);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550001") == CR_BUSY);
  CHECK(ATDX_CRTNID(ch) == TID_BUSY2);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550002") == CR_CNCT);
  CHECK(ATDX_CONNTYPE(ch) == CON_PAMD);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550003") == CR_CEPT);
  CHECK(ATDX_FRQHZ(ch) == 985);
  CHECK(ATDX_FRQHZ2(ch) == 1370);
  CHECK(ATDX_FRQHZ3(ch) == 1776);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550004") == CR_FAXTONE);
  CHECK(ATDX_CRTNID(ch) == TID_FAX1);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550005") == CR_NOANS);
  analogEnd(bench, ch);
  CHECK(analogCall(bench, ch, "T5550006") == CR_CNCT);
  CHECK(ATDX_CONNTYPE(ch) == CON_CAD);
  analogEnd(bench, ch);
  CHECK(dx_close(ch) == 0);
  CHECK_MESSAGE(standin_misuse(nullptr) == 0, text(standin_report));
}

TEST_CASE("ISDN: a live call tells its story, and media is detected") {
  Bench bench(kDigital);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn:V_dxxxB1C1");
  REQUIRE(line > 0);
  Analysis analysis(0x707);
  bench.seen.clear();
  const vlong crn = bench.call(line, "5551234", &analysis.both);
  REQUIRE(crn != 0);
  REQUIRE(bench.until(GCEV_MEDIADETECTED, line));
  char type[8] = {};
  CHECK(gc_GetCallInfo(crn, 0x101, type) == 0);
  CHECK(type[0] == CON_PVD);
  CHECK(bench.seen == std::vector<long>{GCEV_ALERTING, GCEV_CONNECTED, GCEV_MEDIADETECTED});
  CHECK(bench.hangUp(crn));
  CHECK(gc_Close(line) == 0);
  CHECK(gc_Stop() == 0);
  CHECK_MESSAGE(standin_misuse(nullptr) == 0, text(standin_report));
}

TEST_CASE("ISDN: refusals come with their cause, tones in the band by analysis") {
  Bench bench(kDigital);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn:V_dxxxB1C1");
  Analysis analysis(0x707);
  vlong crn = bench.call(line, "5550001", &analysis.both);
  REQUIRE(bench.until(GCEV_DISCONNECTED, line));
  CHECK(bench.result == GCRV_BUSY);
  CHECK(bench.ccValue == 17);
  CHECK(bench.hangUp(crn));
  crn = bench.call(line, "5550008", &analysis.both);
  REQUIRE(bench.until(GCEV_DISCONNECTED, line));
  CHECK(bench.result == GCRV_BUSY);
  CHECK(bench.ccValue == 0);
  CHECK(bench.hangUp(crn));
  crn = bench.call(line, "5550003", &analysis.both);
  REQUIRE(bench.until(GCEV_DISCONNECTED, line));
  CHECK(bench.result == GCRV_UNALLOCATED);
  CHECK(bench.hangUp(crn));
  crn = bench.call(line, "5550004", &analysis.both);
  REQUIRE(bench.until(GCEV_MEDIADETECTED, line));
  char type[8] = {};
  CHECK(gc_GetCallInfo(crn, 0x101, type) == 0);
  CHECK(type[0] == 10);  // GCCT_FAX2
  CHECK(bench.hangUp(crn));
  CHECK(gc_Close(line) == 0);
  CHECK(gc_Stop() == 0);
  CHECK_MESSAGE(standin_misuse(nullptr) == 0, text(standin_report));
}

TEST_CASE("the sound of a Global Call line is heard from the start of the call") {
  static std::vector<char> sound;
  sound.clear();
  Bench bench(kDigital);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_dtiB1T1:P_isdn:V_dxxxB1C1");
  int voice = 0;
  REQUIRE(gc_GetResourceH(line, &voice, 2) == 0);
  REQUIRE(dx_setuio({nullptr,
                     [](int, char* bytes, unsigned count) {
                       sound.insert(sound.end(), bytes, bytes + count);
                       return static_cast<int>(count);
                     },
                     nullptr}) == 0);
  DxIott iott{};
  iott.type = IO_UIO | IO_EOT;
  iott.length = -1;
  REQUIRE(dx_reciottdata(voice, &iott, nullptr, nullptr, kAsync) == 0);
  Analysis off(0);
  const vlong crn = bench.call(line, "5551234", &off.both);
  REQUIRE(bench.until(GCEV_ALERTING, line));
  const size_t ringing = sound.size();
  bench.pass(1'000);
  const auto loud = [](size_t from, size_t to) {
    return std::count_if(sound.begin() + static_cast<std::ptrdiff_t>(from),
                         sound.begin() + static_cast<std::ptrdiff_t>(to),
                         [](char code) { return (~code & 0x7F) > 0x40; });
  };
  CHECK(loud(0, ringing) == 0);
  CHECK(loud(ringing, sound.size()) > 2'000);
  REQUIRE(dx_stopch(voice, kAsync) == 0);
  REQUIRE(bench.until(TDX_RECORD, voice));
  CHECK(static_cast<long>(sound.size()) == ATDX_TRCOUNT(voice));
  CHECK(bench.hangUp(crn));
  CHECK(standin_misuse(nullptr) == 0);
}

TEST_CASE("SIP: dx_dial analyses what Global Call placed") {
  Bench bench(kDigital);
  REQUIRE(gc_Start(nullptr) == 0);
  const vlong line = bench.open(":N_iptB1T1:P_SIP:M_ipmB1C1");
  const int voice = dx_open("dxxxB2C1", 0);
  REQUIRE(line > 0);
  REQUIRE(voice > 0);
  vlong slot = 0;
  ScTsinfo info{1, &slot};
  CHECK(gc_GetXmitSlot(line, &info) == 0);
  CHECK(dx_listen(voice, &info) == 0);
  CHECK(dx_getxmitslot(voice, &info) == 0);
  CHECK(gc_Listen(line, &info, kAsync) == 0);
  CHECK(bench.until(GCEV_LISTEN, line));
  const vlong crn = bench.call(line, "5550002@gateway.example");
  REQUIRE(crn != 0);
  const DxCap cap = fullCap();
  CHECK(dx_dial(voice, "", &cap, kCallp | kAsync) == 0);
  REQUIRE(bench.until(TDX_CALLP, voice));
  CHECK(ATDX_CPTERM(voice) == CR_CNCT);
  CHECK(ATDX_CONNTYPE(voice) == CON_PAMD);
  int state = 0;
  CHECK(gc_GetCallState(crn, &state) == 0);
  CHECK(state == GCST_CONNECTED);
  CHECK(bench.hangUp(crn));
  CHECK(dx_close(voice) == 0);
  CHECK(gc_Close(line) == 0);
  CHECK(gc_Stop() == 0);
  CHECK_MESSAGE(standin_misuse(nullptr) == 0, text(standin_report));
}
