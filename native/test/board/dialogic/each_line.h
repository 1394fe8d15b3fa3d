// Every kind of line on the stand-in libraries, each with the same people behind it.
#pragma once

#include "test/board/dialogic/harness.h"

namespace dialogictest {

using board::Cpa;
using board::FailureReason;
using board::Topic;
using board::TransferStyle;
using cpd::Verdict;

constexpr const char* kAnalogBoard = R"({"family":"springware","channels":4})";
constexpr const char* kIsdnBoard = R"({"family":"dm3","network":"t1","channels":4})";
constexpr const char* kHmpBoard = R"({"family":"hmp","channels":4})";

constexpr const char* kPeople =
    R"({"number":"5550001","kind":"live","ringMs":3000},{"number":"5550002","kind":"busy"},)"
    R"({"number":"5550003","kind":"machine","ringMs":3000},{"number":"5550004","kind":"fax","ringMs":3000},)"
    R"({"number":"5550005","kind":"sit","sit":"IC"},{"number":"5550006","kind":"no_answer"},)"
    R"({"number":"5550007","kind":"live","ringMs":3000,"dtmf":"42#"})";

struct Line {
  const char* name;
  const char* board;
  SpanConfig span;
};

inline SpanConfig with(SpanConfig span, Cpa cpa) {
  span.cpa = cpa;
  return span;
}

inline SpanConfig byDial(SpanConfig span) {
  span.method = board::dialogic::CpaMethod::kDial;
  return span;
}

inline std::vector<Line> lines() {
  return {
      {"analog, board", kAnalogBoard, analogSpan()},
      {"ISDN, board", kIsdnBoard, isdnSpan()},
      {"SIP, board", kHmpBoard, sipSpan()},
      {"SIP, board by dx_dial", kHmpBoard, byDial(sipSpan())},
      {"analog, ours", kAnalogBoard, with(analogSpan(), Cpa::kOurs)},
      {"ISDN, ours", kIsdnBoard, with(isdnSpan(), Cpa::kOurs)},
      {"SIP, both", kHmpBoard, with(sipSpan(), Cpa::kBoth)},
  };
}

template <typename Run>
void onEach(Run&& run) {
  for (const Line& line : lines()) {
    const std::string name = line.name;
    CAPTURE(name);
    Bench bench(worldOf(line.board, kPeople), configOf({line.span}));
    run(bench, line);
  }
}

}  // namespace dialogictest
