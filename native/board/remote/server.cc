#include "board/remote/server.h"

#include <sys/socket.h>
#include <sysexits.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

#include "board/remote/outbox.h"
#include "board/remote/protocol.h"
#include "board/remote/socket.h"
#include "board/sim/simulation.h"

namespace board::remote {
namespace {

// A daemon that takes nothing for so long while the socket is full has hung up, in effect.
constexpr int kStalledMs = 60'000;

// How often the daemon hears the time when it hears nothing else; board time that runs faster is told more
// often.
constexpr int kClockMs = 20;

int clockMs(const DriverConfig& config) {
  const double speed = clockOf(config).speed;
  return speed > 1 ? std::max(1, static_cast<int>(kClockMs / speed)) : kClockMs;
}

class Server {
 public:
  Server(int fd, const ServerOptions& options) : fd_(fd), options_(options) {}
  ~Server() { end(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int run() {
    try {
      if (!greet()) return EX_OK;
      writer_ = std::thread([this] { write(); });
      while (!closed_) {
        const auto frame = receiveFrame(fd_, incoming_, kForEver);
        if (!frame) break;
        const RequestFrame message = decodeRequest(*frame, names_);
        answer(message.id, std::visit([this](const auto& each) { return obey(each); }, message.request));
      }
    } catch (const ProtocolError& error) {
      return fail(EX_PROTOCOL, error.what());
    }
    if (outbox_.overflowed()) {
      return fail(EX_SOFTWARE, "the daemon does not read the board's events; its calls are dropped");
    }
    return EX_OK;
  }

 private:
  bool greet() {
    // First, so that a daemon of another version learns what it met.
    if (!sendAll(fd_, encode(Hello{.build = options_.build}), options_.helloMs)) return false;
    const auto hello = receiveFrame(fd_, incoming_, options_.helloMs, kMaxHello);
    if (!hello) return false;
    decodeHello(*hello);
    return true;
  }

  static int fail(int code, const char* why) {
    std::fprintf(stderr, "boardhost: %s\n", why);
    return code;
  }

  double now() const { return made_.board != nullptr && opened_ ? made_.board->now() : 0; }

  void answer(uint32_t id, Reply reply) {
    Bytes frame;
    try {
      frame = encode(ReplyFrame{id, now(), std::move(reply)});
    } catch (const std::length_error& error) {
      frame = encode(ReplyFrame{id, now(), tell::Refused{"INTERNAL", error.what()}});
    }
    outbox_.answer(std::move(frame));
  }

  // Sends what waits, and the time when nothing does.
  void write() {
    while (!outbox_.done()) {
      std::optional<Bytes> frame = outbox_.take(clockMs_);
      if (!frame) {
        if (!clockRuns_.load(std::memory_order_acquire)) continue;
        frame = encode(ReplyFrame{0, made_.board->now(), tell::Clock{}});
      }
      if (!sendAll(fd_, *frame, kStalledMs)) break;
    }
    // The reading side ends, if it has not.
    ::shutdown(fd_, SHUT_RDWR);
  }

  void end() {
    if (made_.board != nullptr) made_.board->close();
    outbox_.close();
    if (!closed_) ::shutdown(fd_, SHUT_RDWR);  // the daemon left: nothing that waits can be sent
    if (writer_.joinable()) writer_.join();
  }

  Reply obey(const ask::Open& request) {
    if (made_.board != nullptr) return tell::Refused{"ILLEGAL_STATE", "open: the board was opened before"};
    clockMs_ = clockMs(request.config);
    try {
      made_ = options_.make(request.config);
      openBoard(made_, outbox_);
    } catch (const OpenError& error) {
      return tell::Refused{error.code(), error.what()};
    }
    opened_ = true;
    clockRuns_.store(true, std::memory_order_release);
    return tell::Opened{made_.board->inventory()};
  }

  // Runs what needs an open board.
  template <typename Run>
  Reply command(Run&& run) {
    if (!opened_) return tell::Done{Status::kBoardDead};
    return run(*made_.board);
  }

  template <typename Run>
  Reply status(Run&& run) {
    return command([&](Board& on) -> Reply { return tell::Done{run(on)}; });
  }

  template <typename Run>
  Reply simulated(Run&& run) {
    if (made_.simulation == nullptr || !opened_) {
      return tell::Refused{"NOT_SUPPORTED", "the board is not a simulated one"};
    }
    try {
      return run(*made_.simulation);
    } catch (const std::exception& error) {
      return tell::Refused{"BAD_ARGUMENT", error.what()};
    }
  }

  Reply obey(const ask::Seize& r) {
    return status([&](Board& on) { return on.seize(r.channel, r.ref); });
  }
  Reply obey(const ask::Dial& r) {
    return status([&](Board& on) { return on.dial(r.channel, r.ref, r.number, r.parameters); });
  }
  Reply obey(const ask::Rearm& r) {
    return status([&](Board& on) { return on.rearm(r.channel, r.ref); });
  }
  Reply obey(const ask::Transfer& r) {
    return status([&](Board& on) { return on.transfer(r.channel, r.ref, r.extension, r.style); });
  }
  Reply obey(const ask::Join& r) {
    return status([&](Board& on) { return on.join(r.channel, r.ref, r.other); });
  }
  Reply obey(const ask::Part& r) {
    return status([&](Board& on) { return on.part(r.channel, r.ref); });
  }
  Reply obey(const ask::Play& r) {
    return status([&](Board& on) { return on.play(r.channel, r.ref, r.file); });
  }
  Reply obey(const ask::StopPlay& r) {
    return status([&](Board& on) { return on.stopPlay(r.channel, r.ref); });
  }
  Reply obey(const ask::CollectDigits& r) {
    return status([&](Board& on) { return on.collectDigits(r.channel, r.ref, r.limits); });
  }
  Reply obey(const ask::Drop& r) {
    return status([&](Board& on) { return on.drop(r.channel, r.ref); });
  }
  Reply obey(const ask::Reset& r) {
    return status([&](Board& on) { return on.reset(r.channel); });
  }
  Reply obey(const ask::SetInService& r) {
    return status([&](Board& on) { return on.setInService(r.channel, r.inService); });
  }
  Reply obey(const ask::TellScores& r) {
    return status([&](Board& on) { return on.tellScores(r.channel, r.on); });
  }
  Reply obey(const ask::Channels&) {
    return command([](Board& on) -> Reply { return tell::ChannelList{on.channels()}; });
  }
  Reply obey(const ask::Report& r) {
    if (made_.diagnostics == nullptr) return tell::Text{"null"};
    return tell::Text{made_.diagnostics->report(r.topic, r.channel)};
  }
  Reply obey(const ask::SetTimer& r) {
    return status([&](Board& on) {
      on.setTimer(r.timer, r.afterMs);
      return Status::kOk;
    });
  }
  Reply obey(const ask::ClearTimer& r) {
    return status([&](Board& on) {
      on.clearTimer(r.timer);
      return Status::kOk;
    });
  }
  Reply obey(const ask::CheckBoardHost& r) { return tell::Text{checkBoardHost(r.config)}; }
  Reply obey(const ask::Ping&) { return tell::Done{}; }
  Reply obey(const ask::Close&) {
    if (made_.board != nullptr) made_.board->close();
    closed_ = true;
    return tell::Done{};
  }
  Reply obey(const ask::Advance& r) {
    return simulated([&](Simulation& on) -> Reply {
      on.advance(r.ms);
      return tell::Done{};
    });
  }
  Reply obey(const ask::GroundTruth&) {
    return simulated([](Simulation& on) -> Reply { return tell::GroundTruthList{on.groundTruth()}; });
  }
  Reply obey(const ask::InjectFault& r) {
    return simulated([&](Simulation& on) -> Reply {
      on.injectFault(r.fault);
      return tell::Done{};
    });
  }
  Reply obey(const ask::RaiseAlarm& r) {
    return simulated([&](Simulation& on) -> Reply {
      on.raiseAlarm(r.span, r.kind);
      return tell::Done{};
    });
  }
  Reply obey(const ask::EndAlarm& r) {
    return simulated([&](Simulation& on) -> Reply {
      on.endAlarm(r.span);
      return tell::Done{};
    });
  }
  Reply obey(const ask::SentLevel& r) {
    return simulated([&](Simulation& on) -> Reply { return tell::Level{on.sentDbm0(r.channel)}; });
  }

  const int fd_;
  const ServerOptions& options_;
  FrameBuffer incoming_;
  Names names_;
  Outbox outbox_;  // before the board, which posts to it until it is closed
  MadeBoard made_;
  std::atomic<int> clockMs_ = kClockMs;
  bool opened_ = false;
  bool closed_ = false;                  // by the daemon's wish
  std::atomic<bool> clockRuns_ = false;  // the writer may ask the board for its time
  std::thread writer_;
};

}  // namespace

int serve(int fd, const ServerOptions& options) { return Server(fd, options).run(); }

}  // namespace board::remote
