#include "board/remote/remote_board.h"

#include <sys/socket.h>
#include <csignal>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "board/remote/protocol.h"
#include "board/remote/socket.h"

namespace board::remote {
namespace {

// A host whose socket is closed has this long to end by itself.
constexpr int kReapMs = 2'000;

class Remote final : public RemoteBoard {
 public:
  Remote(DriverConfig config, std::function<Child()> start, HostOptions options)
      : config_(std::move(config)), start_(std::move(start)), options_(std::move(options)) {}

  ~Remote() override { shut(); }

  int bits() const override { return bits_; }

  void abandon() override {
    const std::lock_guard lock(state_);
    if (!opened_ && !dead_) dieLocked("was not waited for");
  }

  Inventory inventory() const override { return inventory_; }

  void open(EventSink& sink) override {
    connect(sink);
    std::optional<tell::Opened> opened;
    try {
      opened = ask<tell::Opened>(ask::Open{std::move(config_)}, options_.openMs);
    } catch (const OpenError&) {
      shut();
      throw;
    }
    config_ = {};
    if (opened) inventory_ = std::move(opened->inventory);
    {
      const std::lock_guard lock(state_);
      opened_ = !dead_;
    }
    if (!opened_) {
      shut();
      throw OpenError("BOARD_ERROR", whyDead());
    }
    pinger_ = std::thread([this] { ping(); });
  }

  // Instead of open().
  std::string check(EventSink& sink) {
    connect(sink);
    auto found = ask<tell::Text>(ask::CheckHost{std::move(config_)}, options_.openMs);
    shut();
    if (!found) throw OpenError("BOARD_ERROR", whyDead());
    return std::move(found->text);
  }

  Status seize(ChannelId channel, CallRef ref) override { return status(ask::Seize{channel, ref}); }
  Status dial(ChannelId channel, CallRef ref, const std::string& number,
              const DialParameters& parameters) override {
    return status(ask::Dial{channel, ref, number, parameters});
  }
  Status rearm(ChannelId channel, CallRef ref) override { return status(ask::Rearm{channel, ref}); }
  Status transfer(ChannelId channel, CallRef ref, const std::string& extension,
                  TransferStyle style) override {
    return status(ask::Transfer{channel, ref, extension, style});
  }
  Status join(ChannelId channel, CallRef ref, ChannelId other) override {
    return status(ask::Join{channel, ref, other});
  }
  Status part(ChannelId channel, CallRef ref) override { return status(ask::Part{channel, ref}); }
  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    return status(ask::Play{channel, ref, file});
  }
  Status stopPlay(ChannelId channel, CallRef ref) override { return status(ask::StopPlay{channel, ref}); }
  Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) override {
    return status(ask::CollectDigits{channel, ref, limits});
  }
  Status drop(ChannelId channel, CallRef ref) override { return status(ask::Drop{channel, ref}); }
  Status reset(ChannelId channel) override { return status(ask::Reset{channel}); }
  Status setInService(ChannelId channel, bool inService) override {
    return status(ask::SetInService{channel, inService});
  }

  std::vector<ChannelState> channels() const override {
    if (auto reply = ask<tell::ChannelList>(ask::Channels{}, options_.answerMs))
      return std::move(reply->channels);
    std::vector<ChannelState> lost;
    for (const Span& span : inventory_.spans) {
      for (const ChannelId channel : span.channels) {
        lost.push_back(
            {channel, span.span, span.kind, LineState::kOutOfService, "board_dead", 0, nullptr, -1});
      }
    }
    return lost;
  }

  std::string report(Topic topic, ChannelId channel) const override {
    auto reply = ask<tell::Text>(ask::Report{topic, channel}, options_.answerMs);
    return reply ? std::move(reply->text) : "null";
  }

  double now() const override { return now_.load(std::memory_order_relaxed); }
  void setTimer(uint32_t timer, double afterMs) override { status(ask::SetTimer{timer, afterMs}); }
  void clearTimer(uint32_t timer) override { status(ask::ClearTimer{timer}); }

  void close() override { shut(); }

  void advance(double ms) override {
    // Minutes of calls on many channels may be worked off in it.
    ask<tell::Done>(ask::Advance{ms}, options_.openMs);
  }
  std::vector<sim::Truth> truths() const override {
    auto reply = ask<tell::TruthList>(ask::Truths{}, options_.answerMs);
    return reply ? std::move(reply->truths) : std::vector<sim::Truth>{};
  }
  void injectFault(const sim::Fault& fault) override {
    try {
      ask<tell::Done>(ask::InjectFault{fault}, options_.answerMs);
    } catch (const OpenError& error) {
      throw std::invalid_argument(error.what());
    }
  }
  void raiseAlarm(uint32_t span, AlarmKind kind) override {
    ask<tell::Done>(ask::RaiseAlarm{span, kind}, options_.answerMs);
  }
  void endAlarm(uint32_t span) override { ask<tell::Done>(ask::EndAlarm{span}, options_.answerMs); }
  float sentDbm0(ChannelId channel) const override {
    const auto reply = ask<tell::Level>(ask::SentLevel{channel}, options_.answerMs);
    return reply ? reply->dbm0 : -100;
  }

 private:
  // Starts the host and hears it.
  void connect(EventSink& sink) {
    if (sink_ != nullptr) throw std::logic_error("the board was opened before");
    sink_ = &sink;
    {
      const std::lock_guard lock(state_);
      if (dead_) throw OpenError("BOARD_DEAD", "the board was closed before it was open");
      child_ = start_();
    }
    greet();
    reader_ = std::thread([this] { read(); });
  }

  // Makes sure that the host is one of ours.
  void greet() {
    try {
      sendAll(child_.socket.get(), encode(Hello{.build = options_.build}), options_.helloMs);
      const auto frame = receiveFrame(child_.socket.get(), incoming_, options_.helloMs, kMaxHello);
      if (!frame) {
        const std::string how = forget();
        throw OpenError("BOARD_ERROR", "the board host said nothing: it " + how);
      }
      const Hello hello = decodeHello(*frame);
      if (hello.build != options_.build) {
        throw ProtocolError("hello: found version " + hello.build + ", expected " + options_.build +
                            ": daemon and boardhost are of different installations");
      }
      bits_ = hello.bits;
    } catch (const ProtocolError& error) {
      forget();
      throw OpenError("NOT_SUPPORTED", std::string("board host: ") + error.what());
    }
  }

  // Closes the socket and waits for the end of the process; says how it ended.
  std::string forget() {
    pid_t pid = 0;
    {
      const std::lock_guard lock(state_);
      dead_ = true;
      ::shutdown(child_.socket.get(), SHUT_RDWR);
      pid = std::exchange(child_.pid, 0);
    }
    return pid > 0 ? reapChild(pid, kReapMs) : "left";
  }

  // Sends a request and waits for its answer; nothing if the board is dead. One at a time.
  std::optional<Reply> exchange(Request request, int waitMs) const {
    const std::lock_guard turn(asking_);
    std::unique_lock lock(state_);
    if (dead_ || sink_ == nullptr) return std::nullopt;
    const uint32_t id = ++lastId_ == 0 ? ++lastId_ : lastId_;
    waitingFor_ = id;
    answer_.reset();
    lock.unlock();
    const Bytes frame = encode(RequestFrame{id, std::move(request)});
    const bool sent = sendAll(child_.socket.get(), frame, options_.answerMs);
    lock.lock();
    if (sent)
      answered_.wait_for(lock, std::chrono::milliseconds(waitMs), [this] { return dead_ || answer_; });
    waitingFor_ = 0;
    if (!answer_ && !dead_) {
      dieLocked("did not answer within " + std::to_string(sent ? waitMs : options_.answerMs) + " ms");
    }
    return std::exchange(answer_, std::nullopt);
  }

  // The same, for an answer of one kind. Throws OpenError if the host refused.
  template <typename Answer>
  std::optional<Answer> ask(Request request, int waitMs) const {
    std::optional<Reply> reply = exchange(std::move(request), waitMs);
    if (!reply) return std::nullopt;
    if (auto* const wanted = std::get_if<Answer>(&*reply)) return std::move(*wanted);
    if (auto* const refused = std::get_if<tell::Refused>(&*reply)) {
      throw OpenError(refused->code, refused->message);
    }
    const std::lock_guard lock(state_);
    dieLocked("broke the protocol: answered a request with a reply of kind " +
              std::to_string(reply->index()));
    return std::nullopt;
  }

  Status status(Request request) const {
    const auto done = ask<tell::Done>(std::move(request), options_.answerMs);
    return done ? done->status : Status::kBoardDead;
  }

  // With the mutex of the state. The reading thread does the rest when it sees the socket closed.
  void dieLocked(std::string how) const {
    if (!dead_) howItDied_ = std::move(how);
    dead_ = true;
    if (child_.socket.get() >= 0) ::shutdown(child_.socket.get(), SHUT_RDWR);
    if (child_.pid > 0) ::kill(child_.pid, SIGKILL);
    answered_.notify_all();
  }

  std::string whyDead() const {
    const std::lock_guard lock(state_);
    return "the board host " + howItDied_;
  }

  // The reading thread: everything that the host says, in order, until it leaves.
  void read() {
    std::string broken;
    try {
      for (;;) {
        const auto frame = receiveFrame(child_.socket.get(), incoming_, kForEver);
        if (!frame) break;
        handle(decodeReply(*frame, names_));
      }
    } catch (const ProtocolError& error) {
      broken = std::string("broke the protocol: ") + error.what();
    }
    pid_t pid = 0;
    {
      const std::lock_guard lock(state_);
      if (!broken.empty()) dieLocked(broken);
      pid = std::exchange(child_.pid, 0);
    }
    ::shutdown(child_.socket.get(), SHUT_RDWR);
    const std::string ended = pid > 0 ? reapChild(pid, kReapMs) : "left";
    bool told = false;
    {
      const std::lock_guard lock(state_);
      if (howItDied_.empty()) howItDied_ = ended;
      dead_ = true;
      answered_.notify_all();
      told = opened_ && !closing_;
    }
    if (!told) return;
    Event dead{.type = EventType::kDead};
    dead.at = now();
    dead.text = whyDead();
    sink_->post(std::move(dead));
  }

  void handle(ReplyFrame frame) {
    now_.store(frame.now, std::memory_order_relaxed);
    if (auto* const event = std::get_if<Event>(&frame.reply)) {
      sink_->post(std::move(*event));
    } else if (frame.id != 0) {
      const std::lock_guard lock(state_);
      if (frame.id != waitingFor_) {
        throw ProtocolError("reply id: found " + std::to_string(frame.id) + ", expected " +
                            std::to_string(waitingFor_));
      }
      answer_ = std::move(frame.reply);
      answered_.notify_all();
    }
  }

  // The pinging thread: finds a host that hangs while nobody asks it anything.
  void ping() {
    std::unique_lock lock(pinging_);
    while (
        !pingEnds_.wait_for(lock, std::chrono::milliseconds(options_.pingMs), [this] { return !pings_; })) {
      lock.unlock();
      status(ask::Ping{});
      lock.lock();
    }
  }

  void shut() {
    const std::lock_guard once(shutting_);
    if (sink_ == nullptr || shut_) return;
    shut_ = true;
    {
      const std::lock_guard lock(state_);
      closing_ = true;
    }
    {
      const std::lock_guard lock(pinging_);
      pings_ = false;
      pingEnds_.notify_all();
    }
    if (pinger_.joinable()) pinger_.join();
    if (reader_.joinable()) {
      exchange(ask::Close{}, options_.closeMs);
      {
        const std::lock_guard lock(state_);
        dead_ = true;
      }
      ::shutdown(child_.socket.get(), SHUT_WR);
      reader_.join();
    }
  }

  DriverConfig config_;
  const std::function<Child()> start_;
  const HostOptions options_;

  EventSink* sink_ = nullptr;
  Inventory inventory_;
  int bits_ = 0;
  FrameBuffer incoming_;  // of the reading thread, once it runs
  Names names_;           // the same; what it keeps lives as long as the board
  std::atomic<double> now_{0};
  std::thread reader_;
  std::thread pinger_;

  mutable std::mutex asking_;  // one request at a time
  mutable std::mutex state_;   // all to the next blank line
  mutable std::condition_variable answered_;
  mutable Child child_;
  mutable uint32_t lastId_ = 0;
  mutable uint32_t waitingFor_ = 0;
  mutable std::optional<Reply> answer_;
  bool opened_ = false;
  bool closing_ = false;
  mutable bool dead_ = false;
  mutable std::string howItDied_;  // "did not answer ...", "was killed by signal 11 ..."

  std::mutex pinging_;
  std::condition_variable pingEnds_;
  bool pings_ = true;

  std::mutex shutting_;
  bool shut_ = false;
};

}  // namespace

std::unique_ptr<RemoteBoard> makeRemoteBoard(DriverConfig config, std::function<Child()> start,
                                             HostOptions options) {
  return std::make_unique<Remote>(std::move(config), std::move(start), std::move(options));
}

std::string checkRemoteHost(DriverConfig config, const std::function<Child()>& start,
                            const HostOptions& options) {
  struct Nobody final : EventSink {
    void post(Event&& /*event*/) override {}
  } nobody;
  return Remote(std::move(config), start, options).check(nobody);
}

}  // namespace board::remote
