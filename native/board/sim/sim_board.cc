#include "board/sim/sim_board.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/names.h"
#include "board/sim/channel.h"
#include "board/sim/exchange.h"
#include "board/sim/runner.h"
#include "board/timers.h"

namespace board::sim {
namespace {

class Simulator final : public SimBoard {
 public:
  explicit Simulator(Config config) : exchange_(std::move(config)) {
    if (exchange_.config.trunks.empty()) throw std::invalid_argument("trunks: at least one is needed");
    if (!(exchange_.config.speed > 0)) throw std::invalid_argument("clock.speed: must be more than 0");
    for (const Trunk& trunk : exchange_.config.trunks) {
      if (trunk.channels < 1) throw std::invalid_argument("trunks.channels: at least one is needed");
      Span span{
          static_cast<uint32_t>(spans_.size() + 1), trunk.kind, {}, {Cpa::kBoard, Cpa::kOurs, Cpa::kBoth}};
      for (int32_t i = 0; i < trunk.channels; ++i) {
        const auto id = static_cast<ChannelId>(channels_.size() + 1);
        channels_.emplace_back(id, span.span, trunk.kind, exchange_);
        span.channels.push_back(id);
      }
      spans_.push_back(std::move(span));
    }
    for (const Fault& fault : exchange_.config.world.faults) {
      check(fault);
      exchange_.faults.add(fault);
    }
  }

  ~Simulator() override { shut(); }

  Inventory inventory() const override { return {"sim", exchange_.config.name, spans_}; }

  void open(EventSink& sink) override {
    exchange_.loadSounds();
    {
      const std::lock_guard lock(mutex_);
      if (sink_ != nullptr) throw std::logic_error("the board was opened before");
      sink_ = &sink;
      running_ = true;
    }
    if (!exchange_.config.stepped) {
      runner_.start(exchange_.config.speed, [this] { runTick(); });
    }
  }

  Status seize(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.seize(ref); });
  }

  Status dial(ChannelId channel, CallRef ref, const std::string& number,
              const DialParameters& parameters) override {
    return command(channel, [&](Channel& c) { return c.dial(ref, number, parameters); });
  }

  Status rearm(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.rearm(ref); });
  }

  Status transfer(ChannelId channel, CallRef ref, const std::string& extension,
                  TransferStyle style) override {
    return command(channel, [&](Channel& c) { return c.transfer(ref, extension, style); });
  }

  Status join(ChannelId channel, CallRef ref, ChannelId other) override {
    return command(channel, [&](Channel& c) {
      return known(other) ? c.join(ref, channels_[other - 1]) : Status::kUnknownChannel;
    });
  }

  Status part(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.part(ref); });
  }

  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    ClipPtr clip;
    try {
      clip = exchange_.sounds.wav(file);  // before the lock: the disk must not hold up the lines
    } catch (const std::runtime_error&) {
      return Status::kBadArgument;
    }
    return command(channel, [&](Channel& c) { return c.play(ref, std::move(clip)); });
  }

  Status stopPlay(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.stopPlay(ref); });
  }

  Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) override {
    return command(channel, [&](Channel& c) { return c.collectDigits(ref, limits); });
  }

  Status drop(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.drop(ref); });
  }

  Status reset(ChannelId channel) override {
    return command(channel, [&](Channel& c) { return c.reset(); });
  }

  Status setInService(ChannelId channel, bool inService) override {
    return command(channel, [&](Channel& c) { return c.setInService(inService); });
  }

  std::vector<ChannelState> channels() const override {
    const Turn turn(*this);
    std::vector<ChannelState> states;
    for (const Channel& channel : channels_) states.push_back(channel.state());
    return states;
  }

  double now() const override { return now_.load(std::memory_order_relaxed); }

  void setTimer(uint32_t timer, double afterMs) override {
    const Turn turn(*this);
    timers_.set(timer, exchange_.now + afterMs);
  }

  void clearTimer(uint32_t timer) override {
    const Turn turn(*this);
    timers_.clear(timer);
  }

  void close() override { shut(); }

  void advance(double ms) override {
    if (!exchange_.config.stepped) throw std::logic_error("advance: the board's clock runs by itself");
    const std::lock_guard stepping(stepping_);
    owedMs_ += ms;
    for (; owedMs_ >= cpd::kFrameMs; owedMs_ -= cpd::kFrameMs) runTick();
  }

  std::vector<Truth> truths() const override {
    const Turn turn(*this);
    return exchange_.truths.all();
  }

  void injectFault(const Fault& fault) override {
    check(fault);
    const Turn turn(*this);
    exchange_.faults.add(fault);
  }

  void raiseAlarm(uint32_t span, AlarmKind kind) override {
    Fault fault{.kind = FaultKind::kAlarm, .event = {}, .number = {}};
    fault.span = span;
    fault.alarm = kind;
    injectFault(fault);
  }

  void endAlarm(uint32_t span) override {
    const Turn turn(*this);
    exchange_.faults.endAlarm(span);
  }

  float sentDbm0(ChannelId channel) const override {
    const Turn turn(*this);
    return known(channel) ? channels_[channel - 1].sentDbm0() : -100;
  }

 private:
  // Takes the mutex. A board that cannot keep up with its clock takes it again at once after each frame; it
  // lets those who wait here go first.
  class Turn {
   public:
    explicit Turn(const Simulator& board) : board_(board) {
      ++board_.waiting_;
      board_.mutex_.lock();
      --board_.waiting_;
    }
    ~Turn() { board_.mutex_.unlock(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    const Simulator& board_;
  };

  bool known(ChannelId channel) const { return channel >= 1 && channel <= channels_.size(); }

  template <typename Act>
  Status command(ChannelId channel, Act&& act) {
    const Turn turn(*this);
    if (!running_) return Status::kBoardDead;
    if (!known(channel)) return Status::kUnknownChannel;
    return act(channels_[channel - 1]);
  }

  void check(const Fault& fault) const {
    const std::string where = "faults: ";
    switch (fault.kind) {
      case FaultKind::kNoDialTone:
      case FaultKind::kGlare:
      case FaultKind::kHang:
        if (!known(fault.channel)) {
          throw std::invalid_argument(where + "channel " + std::to_string(fault.channel) + " does not exist");
        }
        if (fault.kind == FaultKind::kNoDialTone &&
            channels_[fault.channel - 1].kind() != TrunkKind::kAnalog) {
          throw std::invalid_argument(where + "no_dial_tone: channel " + std::to_string(fault.channel) +
                                      " is not analog; only analog trunks have a dial tone");
        }
        return;
      case FaultKind::kLostEvent:
        if (!eventTypeNamed(fault.event)) {
          throw std::invalid_argument(where + "lost_event: no event is called " + fault.event);
        }
        return;
      case FaultKind::kAlarm:
        if (fault.span < 1 || fault.span > spans_.size()) {
          throw std::invalid_argument(where + "alarm: span " + std::to_string(fault.span) +
                                      " does not exist");
        }
        return;
      case FaultKind::kDead:
        return;
    }
  }

  // One frame of all channels, then its events. They are posted without the mutex, so that whoever gets them
  // may command; only one thread runs ticks, so their order is kept.
  void runTick() {
    while (waiting_ > 0) std::this_thread::yield();
    std::vector<Event> events;
    {
      const std::lock_guard lock(mutex_);
      if (sink_ == nullptr || closed_) return;
      exchange_.now += cpd::kFrameMs;
      now_.store(exchange_.now, std::memory_order_relaxed);
      timers_.take(exchange_.now,
                   [this](uint32_t timer) { exchange_.post({.type = EventType::kTimer, .timer = timer}); });
      if (running_) tickBoard();
      events.swap(exchange_.outbox);
    }
    for (Event& event : events) {
      if (closed_) return;
      sink_->post(std::move(event));
    }
  }

  void tickBoard() {
    exchange_.faults.takeAlarms(exchange_.now, [this](const SpanAlarm& alarm) { tellAlarm(alarm); });
    bank_.clear();
    listens_.clear();
    for (Channel& channel : channels_) {
      cpd::BankChannel frame;
      listens_.push_back(channel.beginTick(frame));
      if (listens_.back()) bank_.push_back(frame);
    }
    cpd::hearTogether(bank_);
    size_t next = 0;
    for (size_t i = 0; i < channels_.size(); ++i)
      channels_[i].endTick(listens_[i] ? bank_[next++].heard : std::span<const cpd::Observation>());
    exchange_.pbx.tick(exchange_.now, exchange_.truths);
    if (!exchange_.faults.boardDies(exchange_.now)) return;
    running_ = false;
    for (Channel& channel : channels_) channel.boardDied();
    exchange_.post({.type = EventType::kDead, .text = "fault"});
  }

  void tellAlarm(const SpanAlarm& alarm) {
    const Span& span = spans_[alarm.span - 1];
    exchange_.post({.type = EventType::kAlarm,
                    .channel = span.channels.front(),
                    .alarm = alarm.kind,
                    .span = alarm.span,
                    .on = alarm.on});
    for (const ChannelId channel : span.channels) channels_[channel - 1].alarm(alarm.kind, alarm.on);
  }

  void shut() {
    closed_ = true;
    runner_.stop();
    const std::lock_guard stepping(stepping_);
    const std::lock_guard lock(mutex_);
    running_ = false;
    for (Channel& channel : channels_) channel.saveRecording();
    exchange_.recordings.close();
  }

  Exchange exchange_;
  std::vector<Span> spans_;
  std::deque<Channel> channels_;
  std::vector<cpd::BankChannel> bank_;  // of this tick
  std::vector<bool> listens_;           // by channel: it has a frame in the bank
  Timers timers_;

  mutable std::mutex mutex_;             // all above
  mutable std::atomic<int> waiting_{0};  // for the mutex
  std::mutex stepping_;                  // held while a stepped board moves on
  double owedMs_ = 0;                    // less than a frame
  EventSink* sink_ = nullptr;
  bool running_ = false;  // open, and neither dead nor closed
  std::atomic<bool> closed_{false};
  std::atomic<double> now_{0};
  Runner runner_;
};

}  // namespace

std::unique_ptr<SimBoard> makeSimBoard(Config config) {
  return std::make_unique<Simulator>(std::move(config));
}

}  // namespace board::sim
