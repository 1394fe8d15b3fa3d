// Vendor faults by chance: events that get lost, tasks that fail. Every call ends once, every channel comes
// back.
#include <map>

#include "dialogic_harness.h"

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

}  // namespace
