#include "board/sim/sim_board.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/channel_commands.h"
#include "board/names.h"
#include "board/sim/channel.h"
#include "board/sim/exchange.h"
#include "board/sim/runner.h"
#include "board/timers.h"
#include "board/turn_mutex.h"

namespace board::sim {
namespace {

class Simulator final : public ChannelCommands<Simulator, SimBoard> {
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

  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    ClipPtr clip;
    try {
      clip = exchange_.sounds.wav(file);  // before the lock: the disk must not hold up the lines
    } catch (const std::runtime_error&) {
      return Status::kBadArgument;
    }
    return command(channel, [&](Channel& c) { return c.play(ref, file, std::move(clip)); });
  }

  std::vector<ChannelState> channels() const override {
    const std::lock_guard turn(mutex_);
    std::vector<ChannelState> states;
    for (const Channel& channel : channels_) states.push_back(channel.state());
    return states;
  }

  double now() const override { return now_.load(std::memory_order_relaxed); }

  void setTimer(uint32_t timer, double afterMs) override {
    const std::lock_guard lock(timersMutex_);
    timers_.set(timer, now() + afterMs);
  }

  void clearTimer(uint32_t timer) override {
    const std::lock_guard lock(timersMutex_);
    timers_.clear(timer);
  }

  void close() override { shut(); }

  void advance(double ms) override {
    if (!exchange_.config.stepped) throw std::logic_error("advance: the board's clock runs by itself");
    const std::lock_guard stepping(stepping_);
    owedMs_ += ms;
    for (; owedMs_ >= cpd::kFrameMs; owedMs_ -= cpd::kFrameMs) runTick();
  }

  std::vector<GroundTruth> groundTruth() const override {
    const std::lock_guard turn(mutex_);
    return exchange_.groundTruth.all();
  }

  void injectFault(const Fault& fault) override {
    check(fault);
    const std::lock_guard turn(mutex_);
    exchange_.faults.add(fault);
  }

  void raiseAlarm(uint32_t span, AlarmKind kind) override {
    Fault fault{.kind = FaultKind::kAlarm, .event = {}, .number = {}};
    fault.span = span;
    fault.alarm = kind;
    injectFault(fault);
  }

  void endAlarm(uint32_t span) override {
    const std::lock_guard turn(mutex_);
    exchange_.faults.endAlarm(span);
  }

  float sentDbm0(ChannelId channel) const override {
    const std::lock_guard turn(mutex_);
    return known(channel) ? channels_[channel - 1].sentDbm0() : -100;
  }

 private:
  // Channels that get their frame in one turn: a command waits for no more of them. As many are heard together.
  static constexpr size_t kGroup = 64;

  friend class ChannelCommands<Simulator, SimBoard>;

  bool known(ChannelId channel) const { return channel >= 1 && channel <= channels_.size(); }
  Channel& channelAt(ChannelId channel) { return channels_[channel - 1]; }

  template <typename Act>
  Status command(ChannelId channel, Act&& act) {
    const std::lock_guard turn(mutex_);
    if (!running_) return Status::kBoardDead;
    if (!known(channel)) return Status::kUnknownChannel;
    return act(channelAt(channel));
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

  // One frame of all channels, a group at a time. Events are posted without the mutex, so that whoever gets them may
  // command; only one thread runs ticks, so their order is kept. A board with a clock of its own tells what a group
  // heard before it goes on with the next; a stepped one tells all at the end of the frame.
  void runTick() {
    const bool atOnce = !exchange_.config.stepped;
    bool open = turn(atOnce, [this] { beginFrame(); });
    for (size_t first = 0; open && first < channels_.size(); first += kGroup)
      open = turn(atOnce, [&] { tickGroup(first, std::min(first + kGroup, channels_.size())); });
    if (open) turn(true, [this] { endFrame(); });
  }

  // A part of a tick under the mutex, then the events until now if they are to be told. False: the board is closed.
  template <typename Act>
  bool turn(bool tell, Act&& act) {
    {
      const auto lock = mutex_.lockAfterOthers();
      if (sink_ == nullptr || closed_) return false;
      act();
      if (tell) told_.swap(exchange_.outbox);
    }
    for (Event& event : told_) {
      if (closed_) break;
      sink_->post(std::move(event));
    }
    told_.clear();
    return !closed_;
  }

  void beginFrame() {
    exchange_.now += cpd::kFrameMs;
    now_.store(exchange_.now, std::memory_order_relaxed);
    {
      const std::lock_guard lock(timersMutex_);
      timers_.take(exchange_.now,
                   [this](uint32_t timer) { exchange_.post({.type = EventType::kTimer, .timer = timer}); });
    }
    if (running_)
      exchange_.faults.takeAlarms(exchange_.now, [this](const SpanAlarm& alarm) { tellAlarm(alarm); });
  }

  void tickGroup(size_t first, size_t end) {
    if (!running_) return;
    bank_.clear();
    listens_.clear();
    for (size_t i = first; i < end; ++i) {
      cpd::BankChannel frame;
      listens_.push_back(channels_[i].beginTick(frame));
      if (listens_.back()) bank_.push_back(frame);
    }
    cpd::hearTogether(bank_);
    size_t next = 0;
    for (size_t i = first; i < end; ++i) {
      const bool listens = listens_[i - first];
      channels_[i].endTick(listens ? bank_[next++].heard : std::span<const cpd::Observation>());
    }
  }

  void endFrame() {
    if (!running_) return;
    exchange_.pbx.tick(exchange_.now, exchange_.groundTruth);
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
  std::vector<cpd::BankChannel> bank_;  // of this group
  std::vector<bool> listens_;           // by channel of the group: it has a frame in the bank

  mutable TurnMutex mutex_;  // all above
  std::mutex timersMutex_;   // last of all that are held
  Timers timers_;            // under it, so that a timer is set without waiting for a frame
  std::vector<Event> told_;  // of the thread that runs ticks
  std::mutex stepping_;      // held while a stepped board moves on
  double owedMs_ = 0;        // less than a frame
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
