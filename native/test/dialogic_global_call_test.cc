// Lines of Global Call on the stand-in libraries.
#include "dialogic_harness.h"

namespace {

using namespace dialogictest;
using board::FailureReason;

constexpr const char* kHmp = R"({"family":"hmp","channels":4})";
constexpr const char* kPeople =
    R"({"number":"5550001","kind":"live","ringMs":3000},{"number":"5550002","kind":"busy"},)"
    R"({"number":"5550003","kind":"machine","ringMs":3000},{"number":"5550004","kind":"fax","ringMs":3000},)"
    R"({"number":"5550005","kind":"sit"},{"number":"5550006","kind":"no_answer"})";

TEST_CASE("dialogic: a live call on a SIP line is told in order") {
  Bench bench(worldOf(kHmp, kPeople), configOf({sipSpan()}));
  REQUIRE_MESSAGE(bench.state(1) == LineState::kIdle, bench.board->report(board::Topic::kTrace),
                  bench.board->report(board::Topic::kChannels));
  REQUIRE(bench.answered(1, 7, "5550001"));
  const Event verdict = bench.until(1, EventType::kVerdict, 10000);
  REQUIRE(verdict.evidence.has_value());
  CHECK(verdict.evidence->verdict == cpd::Verdict::kLive);
  CHECK(!verdict.evidence->segments.empty());
  CHECK(bench.dropped(1, 7));
  CHECK_MESSAGE(bench.story(7) == "seized dialled proceeding ringing answered verdict released",
                bench.board->report(board::Topic::kTrace));
  CHECK(bench.state(1) == LineState::kIdle);
}

}  // namespace
