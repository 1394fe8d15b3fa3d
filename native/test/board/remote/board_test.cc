// The board port over the board host's protocol, and what comes of a board host that misbehaves.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>

#include "board/remote/outbox.h"
#include "board/remote/protocol.h"
#include "board/remote/socket.h"
#include "test/board/remote/harness.h"

using namespace board;
using namespace board::remote;
using remotetest::Ends;
using remotetest::Hosted;
using remotetest::Waiting;
using simtest::subscriber;

namespace {

sim::Config world() { return simtest::config(TrunkKind::kIsdn, {subscriber("5550001", sim::Kind::kLive)}); }

// What a command waits for comes, however slow the machine is.
const BoardHostOptions kPatient{.build = "1", .answerMs = 60'000, .commandMs = 60'000, .pingMs = 60'000};

// A board host that greets and opens like a real one and then does as `behave` says.
struct Rogue {
  explicit Rogue(std::function<void(int, FrameBuffer&)> behave, BoardHostOptions options = kPatient) {
    board = makeRemoteBoard(
        world(),
        [this, behave] {
          Ends ends;
          thread = std::thread([behave, fd = std::move(ends.host)] {
            FrameBuffer in;
            sendAll(fd.get(), encode(Hello{.build = "1"}), 1000);
            receiveFrame(fd.get(), in, 1000);
            receiveFrame(fd.get(), in, 1000);
            tell::Opened opened{{"sim", "rogue", {{1, TrunkKind::kIsdn, {1, 2}, {}}}}};
            sendAll(fd.get(), encode(ReplyFrame{1, 40, std::move(opened)}), 1000);
            behave(fd.get(), in);
          });
          return Child{std::move(ends.daemon), 0};
        },
        std::move(options));
    board->open(events);
  }
  ~Rogue() {
    board->close();
    thread.join();
  }

  Waiting events;
  std::thread thread;
  std::unique_ptr<RemoteBoard> board;
};

// The board is dead by the port's rules, for this reason.
void checkDead(RemoteBoard& board, Waiting& events, const std::string& reason) {
  Event dead{.type = EventType::kDead};
  REQUIRE(events.wait(EventType::kDead, &dead));
  CHECK(dead.text == reason);
  CHECK(board.seize(1, 9) == Status::kBoardDead);
  const auto channels = board.channels();
  REQUIRE(channels.size() == 2);
  CHECK(channels[0].state == LineState::kOutOfService);
  CHECK(channels[0].reason == "board_dead");
  board.setTimer(1, 10);
  board.clearTimer(1);
  board.close();
  int deaths = 0;
  for (const Event& event : events.all()) deaths += event.type == EventType::kDead ? 1 : 0;
  CHECK(deaths == 1);
}

}  // namespace

TEST_CASE("remote: a call is the same call as in process, event by event") {
  // Plays one call, a frame at a time, and writes down what comes.
  const auto play = [](auto& board, const std::function<std::vector<Event>()>& events) {
    DialParameters parameters;
    parameters.plan = "US";
    REQUIRE(board.seize(1, 7) == Status::kOk);
    for (int frame = 0; frame < 800; ++frame) {
      if (frame == 50) REQUIRE(board.dial(1, 7, "5550001", parameters) == Status::kOk);
      if (frame == 700) REQUIRE(board.drop(1, 7) == Status::kOk);
      board.advance(20);
    }
    // Encoded, they show every field.
    std::vector<Bytes> told;
    for (Event& event : events()) told.push_back(encode(ReplyFrame{0, 0, std::move(event)}));
    return told;
  };
  simtest::Bench here(world());
  const auto inProcess = play(*here.board, [&] { return here.events.all; });
  Waiting events;
  Hosted hosted(world());
  hosted.board->open(events);
  CHECK(hosted.board->bits() == sizeof(void*) * 8);
  CHECK(hosted.board->inventory().spans.size() == 1);
  const auto inHost = play(*hosted.board, [&] { return events.all(); });
  CHECK(inProcess.size() > 10);
  CHECK(inHost == inProcess);
  CHECK(hosted.board->groundTruth().size() == 1);
}

TEST_CASE("remote: events of a stepped board are all there when advance returns") {
  Waiting events;
  Hosted hosted(world());
  hosted.board->open(events);
  CHECK(hosted.board->now() == 0);
  hosted.board->setTimer(3, 100);
  hosted.board->setTimer(4, 60);
  hosted.board->setTimer(5, 80);
  hosted.board->clearTimer(5);
  hosted.board->advance(100);
  const auto all = events.all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].timer == 4);
  CHECK(all[1].timer == 3);
  CHECK(hosted.board->now() == 100);
}

TEST_CASE("remote: what the board host's board refuses is refused here with the same status") {
  Waiting events;
  Hosted hosted(world());
  hosted.board->open(events);
  CHECK(hosted.board->seize(99, 1) == Status::kUnknownChannel);
  CHECK(hosted.board->drop(1, 1) == Status::kIllegalState);
  CHECK(hosted.board->play(1, 1, "/nowhere.wav") == Status::kBadArgument);
  CHECK(hosted.board->seize(1, 1) == Status::kOk);
  CHECK(hosted.board->seize(1, 2) == Status::kChannelBusy);
  sim::Fault fault{.kind = sim::FaultKind::kHang, .event = {}, .number = {}};
  fault.channel = 77;
  CHECK_THROWS_WITH(hosted.board->injectFault(fault), "faults: channel 77 does not exist");
  CHECK(hosted.board->report(Topic::kAlarms, 0) == "null");
}

TEST_CASE("remote: a configuration that the board host refuses says which field and why") {
  sim::Config config = world();
  config.trunks.clear();
  Waiting events;
  Hosted hosted(config);
  try {
    hosted.board->open(events);
    FAIL("it opened");
  } catch (const OpenError& error) {
    CHECK(error.code() == "BAD_WORLD");
    CHECK(std::string(error.what()) == "trunks: at least one is needed");
  }
  CHECK(hosted.board->seize(1, 1) == Status::kBoardDead);
}

TEST_CASE("remote: a board host of another version is refused") {
  Waiting events;
  Hosted hosted(world(), {.build = "1"}, {.build = "2"});
  CHECK_THROWS_WITH(hosted.board->open(events),
                    "board host: hello: found version 2, expected 1: daemon and boardhost are of different "
                    "installations");
}

TEST_CASE("remote: a program that is not there, or is no board host, is said to be so") {
  Waiting events;
  const auto missing =
      makeRemoteBoard(world(), [] { return startChild("/nowhere/boardhost"); }, {.build = "1"});
  CHECK_THROWS_WITH(missing->open(events),
                    "the board host /nowhere/boardhost cannot be run: No such file or directory");
  const auto other = makeRemoteBoard(world(), [] { return startChild("/bin/false"); }, {.build = "1"});
  CHECK_THROWS_WITH(other->open(events), "the board host said nothing: it ended with exit code 1");
}

TEST_CASE("remote: a board host that leaves takes its board along, once") {
  Rogue rogue([](int fd, FrameBuffer& in) { receiveFrame(fd, in, kForEver); });
  CHECK(rogue.board->seize(1, 1) == Status::kOk);  // sent, so it counts as taken
  checkDead(*rogue.board, rogue.events, "the board host left");
}

TEST_CASE("remote: a board host that does not answer is given up") {
  Rogue rogue(
      [](int fd, FrameBuffer& in) {
        while (receiveFrame(fd, in, kForEver)) {
        }
      },
      {.build = "1", .answerMs = 50, .commandMs = 60'000});
  CHECK(rogue.board->seize(1, 1) == Status::kOk);  // sent, so it counts as taken
  checkDead(*rogue.board, rogue.events, "the board host did not answer within 50 ms");
}

TEST_CASE("remote: a board host that hangs is found also when nobody asks it anything") {
  Rogue rogue(
      [](int fd, FrameBuffer& in) {
        while (receiveFrame(fd, in, kForEver)) {
        }
      },
      {.build = "1", .answerMs = 50, .pingMs = 10});
  checkDead(*rogue.board, rogue.events, "the board host did not answer within 50 ms");
}

TEST_CASE(
    "remote: a board host that hangs for a while holds nobody up, and what it refuses later is told by "
    "events") {
  std::promise<void> over;
  std::atomic<int> seen{0};
  Rogue rogue(
      [&, goOn = over.get_future().share()](int fd, FrameBuffer& in) {
        Names names;
        std::vector<RequestFrame> requests;
        const auto answer = [&](Reply reply) {
          sendAll(fd, encode(ReplyFrame{requests.front().id, 60, std::move(reply)}), 1000);
          requests.erase(requests.begin());
        };
        // The first is answered at once, the others when the test says so.
        while (requests.size() < 6) {
          const auto frame = receiveFrame(fd, in, kForEver);
          if (!frame) return;
          requests.push_back(decodeRequest(*frame, names));
          if (seen++ == 0)
            answer(tell::ChannelList{{{1, 1, TrunkKind::kIsdn, LineState::kIdle, "", 0, nullptr, -1}}});
        }
        goOn.wait();
        answer(tell::Done{Status::kOk});            // seize
        answer(tell::Done{Status::kChannelBusy});   // the second seize
        answer(tell::Done{Status::kNotSupported});  // dial
        answer(tell::Done{Status::kIllegalState});  // drop
        answer(tell::ChannelList{});                // channels
        answer(tell::Done{Status::kOk});            // the timer
        while (const auto frame = receiveFrame(fd, in, kForEver)) {
          const RequestFrame request = decodeRequest(*frame, names);
          sendAll(fd, encode(ReplyFrame{request.id, 80, tell::Done{}}), 1000);
        }
      },
      {.build = "1", .answerMs = 60'000, .commandMs = 20, .pingMs = 60'000});
  REQUIRE(rogue.board->channels().size() == 1);
  // None of these has an answer before it returns.
  CHECK(rogue.board->seize(1, 7) == Status::kOk);
  CHECK(rogue.board->seize(2, 8) == Status::kOk);
  CHECK(rogue.board->dial(1, 7, "5550001", {}) == Status::kOk);
  CHECK(rogue.board->drop(1, 7) == Status::kOk);
  CHECK(rogue.board->channels().size() == 1);  // as the board host said last
  rogue.board->setTimer(1, 10);
  CHECK(rogue.events.all().empty());
  over.set_value();
  Event event;
  REQUIRE(rogue.events.wait(EventType::kReleased, &event));
  CHECK(event.ref == 7);
  CHECK(event.at == 60);
  std::vector<std::string> failed;
  for (const Event& each : rogue.events.all()) {
    if (each.type == EventType::kFailed) failed.push_back(each.text + " " + std::to_string(each.ref));
  }
  CHECK(failed == std::vector<std::string>{"seize 8", "dial 7"});
  CHECK(rogue.board->seize(1, 9) == Status::kOk);
}

TEST_CASE("remote: a timer is set without waiting for the board host") {
  std::promise<void> returned;
  std::atomic<bool> waited{true};
  Rogue rogue(
      [&, goOn = returned.get_future().share()](int fd, FrameBuffer& in) {
        Names names;
        const auto frame = receiveFrame(fd, in, kForEver);
        if (!frame) return;
        // Who waits for the answer is let go after a while, and seen.
        waited = goOn.wait_for(std::chrono::seconds(2)) != std::future_status::ready;
        sendAll(fd, encode(ReplyFrame{decodeRequest(*frame, names).id, 60, tell::Done{}}), 1000);
        while (const auto frame = receiveFrame(fd, in, kForEver)) {
          const RequestFrame request = decodeRequest(*frame, names);
          sendAll(fd, encode(ReplyFrame{request.id, 80, tell::Done{}}), 1000);
        }
      },
      {.build = "1", .answerMs = 60'000, .commandMs = 60'000, .pingMs = 60'000});
  rogue.board->setTimer(1, 10);
  rogue.board->clearTimer(1);
  returned.set_value();
  // Its answer comes after those of the timers, which nobody took.
  CHECK(rogue.board->seize(1, 7) == Status::kOk);
  CHECK_FALSE(waited);
}

TEST_CASE("remote: a board host that breaks the protocol is given up, and told how") {
  Rogue rogue([](int fd, FrameBuffer& in) {
    receiveFrame(fd, in, kForEver);
    sendAll(fd, Bytes{3, 0, 0, 0, 1, 2, 3}, 1000);
  });
  CHECK(rogue.board->seize(1, 1) == Status::kOk);  // sent, so it counts as taken
  checkDead(*rogue.board, rogue.events,
            "the board host broke the protocol: message: found 3 bytes, expected 4, at byte 0");
}

TEST_CASE("remote: an answer to another question is a breach") {
  Rogue rogue([](int fd, FrameBuffer& in) {
    receiveFrame(fd, in, kForEver);
    sendAll(fd, encode(ReplyFrame{77, 60, tell::Done{}}), 1000);
  });
  CHECK(rogue.board->seize(1, 1) == Status::kOk);  // sent, so it counts as taken
  checkDead(*rogue.board, rogue.events, "the board host broke the protocol: reply id: found 77, expected 2");
}

TEST_CASE("remote: an answer of another kind is a breach") {
  Rogue rogue([](int fd, FrameBuffer& in) {
    receiveFrame(fd, in, kForEver);
    sendAll(fd, encode(ReplyFrame{2, 60, tell::Text{"?"}}), 1000);
    while (receiveFrame(fd, in, kForEver)) {
    }
  });
  CHECK(rogue.board->seize(1, 1) == Status::kBoardDead);
  checkDead(*rogue.board, rogue.events,
            "the board host broke the protocol: answered a request with a reply of kind 8");
}

TEST_CASE("remote: a daemon that leaves ends its board host") {
  Ends ends;
  int code = -1;
  std::thread host([&] { code = serve(ends.host.get(), {.build = "1"}); });
  FrameBuffer in;
  const int fd = ends.daemon.get();
  sendAll(fd, encode(Hello{.build = "1"}), 1000);
  receiveFrame(fd, in, 1000);
  sendAll(fd, encode(RequestFrame{1, ask::Open{world()}}), 1000);
  receiveFrame(fd, in, 1000);
  sendAll(fd, encode(RequestFrame{2, ask::Seize{1, 1}}), 1000);
  ends.daemon.reset();
  host.join();
  CHECK(code == 0);
}

TEST_CASE("remote: a daemon that breaks the protocol is left") {
  Ends ends;
  int code = -1;
  std::thread host([&] { code = serve(ends.host.get(), {.build = "1"}); });
  FrameBuffer in;
  sendAll(ends.daemon.get(), encode(Hello{.build = "1"}), 1000);
  receiveFrame(ends.daemon.get(), in, 1000);
  sendAll(ends.daemon.get(), Bytes{1, 0, 0, 0, 9}, 1000);
  host.join();
  CHECK(code == 76);  // EX_PROTOCOL
}

TEST_CASE("remote: events that nobody takes are left out by rank, counted, and told once") {
  Outbox outbox(8, 1 << 20);
  const auto post = [&](EventType type) {
    Event event{.type = type};
    if (type == EventType::kObservation) event.observation = cpd::Observation{};
    outbox.post(std::move(event));
  };
  for (int i = 0; i < 6; ++i) post(EventType::kObservation);  // 4 fit
  for (int i = 0; i < 6; ++i) post(EventType::kAlarm);        // 4 fit
  post(EventType::kReleased);                                 // always
  outbox.close();
  std::vector<EventType> types;
  uint64_t dropped = 0;
  Names names;
  while (!outbox.done()) {
    const auto frame = outbox.take(0);
    REQUIRE(frame);
    const ReplyFrame reply = decodeReply(std::span(*frame).subspan(4), names);
    types.push_back(std::get<Event>(reply.reply).type);
    dropped += std::get<Event>(reply.reply).count;
  }
  CHECK(types.size() == 10);
  CHECK(types[8] == EventType::kReleased);
  CHECK(types[9] == EventType::kOverflow);
  CHECK(dropped == 4);
}

TEST_CASE("remote: a queue that grows beyond all measure is closed") {
  Outbox outbox(8, 1'000);
  for (int i = 0; i < 100; ++i) outbox.post({.type = EventType::kReleased});
  CHECK(outbox.overflowed());
  while (outbox.take(0)) {
  }
  CHECK(outbox.done());
}
