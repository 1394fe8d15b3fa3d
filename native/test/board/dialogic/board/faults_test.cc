// Vendor faults by chance: events that get lost, tasks that fail. Every call ends once, every channel comes
// back.
#include <cmath>
#include <map>

#include "test/board/dialogic/harness.h"

namespace {

using namespace dialogictest;
using board::Topic;

constexpr int kCalls = 300;

// Short watches, so that a fault costs seconds; longer than anything takes that is not faulty.
Config patient(std::vector<SpanConfig> spans) {
  Config config = configOf(std::move(spans));
  config.watchdogs = {.openMs = 2'000,
                      .hookMs = 1'000,
                      .dialMs = 3'000,
                      .stopMs = 1'000,
                      .dropMs = 2'000,
                      .releaseMs = 2'000,
                      .resetMs = 2'000,
                      .transferMs = 10'000,
                      .playMs = 1'000,
                      .retryFirstMs = 1'000,
                      .retryLongestMs = 4'000};
  return config;
}

struct Record {
  ChannelId channel = 0;
  double since = 0;
  bool dialled = false, dropped = false;
  int ends = 0;
};

void storm(const char* boards, SpanConfig span) {
  Bench bench(worldOf(boards, "", R"(,"random":{"seed":7,"lostEvent":0.01,"taskFail":0.01})"),
              patient({span}));
  board::DialParameters parameters;
  parameters.plan = "US";
  parameters.ringTimeoutMs = 8'000;
  std::map<CallRef, Record> records;
  CallRef next = 0;
  size_t read = 0;
  constexpr double kLongestMs = 60'000;
  for (int turn = 0; turn < 200'000; ++turn) {
    bench.pass(100);
    const std::vector<Event> all = bench.events.all();
    for (; read < all.size(); ++read) {
      const Event& event = all[read];
      if (event.ref == 0) continue;
      Record& record = records[event.ref];
      switch (event.type) {
        case EventType::kSeized:
          record.dialled = bench.board->dial(event.channel, event.ref, "55501" + std::to_string(event.ref),
                                             parameters) == Status::kOk;
          break;
        case EventType::kVerdict:
        case EventType::kNoAnswer:
        case EventType::kDisconnected:
          if (!record.dropped) record.dropped = bench.board->drop(event.channel, event.ref) == Status::kOk;
          break;
        case EventType::kFailed:
          if (event.text == "seize") ++record.ends;
          if (event.text == "dial" && !record.dropped) {
            record.dropped = bench.board->drop(event.channel, event.ref) == Status::kOk;
          }
          break;
        case EventType::kReleased:
        case EventType::kReset:
        case EventType::kOutOfService:
          ++record.ends;
          break;
        default:
          break;
      }
    }
    bool open = false;
    for (auto& [ref, record] : records) {
      if (record.ends > 0) continue;
      open = true;
      // What a watchdog of the call does: an event that the caller waits for did not come.
      if (!record.dropped && bench.board->now() - record.since > kLongestMs) {
        record.dropped = bench.board->drop(record.channel, ref) == Status::kOk;
      }
    }
    for (const auto& state : bench.board->channels()) {
      if (state.state != LineState::kIdle || next >= kCalls) continue;
      const CallRef ref = next + 1;
      if (bench.board->seize(state.channel, ref) != Status::kOk) continue;
      next = ref;
      records[ref].channel = state.channel;
      records[ref].since = bench.board->now();
      open = true;
    }
    if (next >= kCalls && !open) break;
  }
  CHECK(records.size() == kCalls);
  for (const auto& [ref, record] : records) {
    CHECK_MESSAGE(record.ends == 1, ref, ": ", bench.story(ref));
  }
  // The last ones out of service are tried again until they are back.
  bench.pass(60'000);
  for (const auto& state : bench.board->channels()) {
    CHECK_MESSAGE(state.state == LineState::kIdle, bench.board->report(Topic::kTrace, state.channel));
  }
  CHECK(bench.board->report(Topic::kChannels).find("\"illegalMoves\":0") != std::string::npos);
}

TEST_CASE("dialogic: analog lines under random vendor faults lose no call and no channel") {
  storm(R"({"family":"springware","channels":4})", analogSpan());
}

TEST_CASE("dialogic: SIP lines under random vendor faults lose no call and no channel") {
  storm(R"({"family":"hmp","channels":4})", sipSpan());
}

// When a function was called, ms of board time, by the trace.
std::vector<double> timesOf(const Bench& bench, const std::string& function) {
  const std::string trace = bench.board->report(Topic::kTrace, 1);
  std::vector<double> times;
  for (size_t at = trace.find(function + "("); at != std::string::npos;
       at = trace.find(function + "(", at + 1)) {
    const size_t from = trace.rfind("\"at\":", at);
    times.push_back(std::stod(trace.substr(from + 5)));
  }
  return times;
}

// A channel that answers nothing until it was reset once more than there are pauses: each is waited for 2 s,
// then comes the pause.
void hangs(const char* boards, SpanConfig span, const char* device, const std::string& reset,
           const std::vector<double>& pausesMs) {
  Bench bench(worldOf(boards, ""), patient({span}));
  REQUIRE(bench.answered(1, 7, "5550001"));
  const std::string fault = std::string(R"({"kind":"hang","device":")") + device + R"(","resets":)" +
                            std::to_string(pausesMs.size() + 1) + "}";
  REQUIRE(standIn().fault(fault.c_str()) == 0);
  const size_t from = bench.mark();
  REQUIRE(bench.board->drop(1, 7) == Status::kOk);
  const Event out = bench.until(1, EventType::kOutOfService, 20'000, from);
  CHECK(out.text == "no_event_from_board");
  CHECK(bench.board->channels()[0].reason == "no_event_from_board");
  CHECK(bench.board->seize(1, 8) == Status::kChannelOutOfService);
  REQUIRE_MESSAGE(bench.came(1, EventType::kInService, 120'000, from), bench.board->report(Topic::kTrace, 1));
  const std::vector<double> resets = timesOf(bench, reset);
  REQUIRE(resets.size() == pausesMs.size() + 1);
  for (size_t i = 0; i < pausesMs.size(); ++i) {
    CHECK(std::abs(resets[i + 1] - resets[i] - 2'000 - pausesMs[i]) <= 100);
  }
  CHECK(bench.answered(1, 9, "5550001"));
  CHECK(bench.dropped(1, 9));
}

TEST_CASE(
    "dialogic: a line that hangs is reset, out of service with a reason, and tried after growing pauses") {
  hangs(R"({"family":"springware","channels":4})", analogSpan(), "dxxxB1C1", "dx_resetch",
        {1'000, 2'000, 4'000, 4'000});
  // Its third time is no reset: the line is closed and opened anew.
  hangs(R"({"family":"dm3","network":"t1","channels":4})", isdnSpan(), "dtiB1T1", "gc_ResetLineDev",
        {1'000, 2'000});
}

}  // namespace
