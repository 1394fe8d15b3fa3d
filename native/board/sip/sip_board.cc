#include "board/sip/sip_board.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/channel_commands.h"
#include "board/sip/config_check.h"
#include "board/sip/line/channel.h"
#include "board/sip/line/line_host.h"
#include "board/sip/line/report.h"
#include "board/timers.h"
#include "board/turn_mutex.h"
#include "media/wav.h"

namespace board::sip {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(cpd::kFrameMs);
// A lag of more than this is given up: what has arrived meanwhile is heard at once.
constexpr auto kMostLag = std::chrono::milliseconds(200);

class TrunkBoard final : public ChannelCommands<TrunkBoard, SipBoard>, private SignallingEvents {
 public:
  TrunkBoard(Config config, std::unique_ptr<Signalling> signalling, bool stepped)
      : signalling_(std::move(signalling)), host_(std::move(config), *signalling_), stepped_(stepped) {
    for (size_t trunk = 0; trunk < host_.config.trunks.size(); ++trunk) {
      Span span{static_cast<uint32_t>(trunk + 1), TrunkKind::kSip, {}, {Cpa::kBoard, Cpa::kOurs, Cpa::kBoth}};
      for (int32_t i = 0; i < host_.config.trunks[trunk].channels; ++i) {
        const auto id = static_cast<ChannelId>(channels_.size() + 1);
        channels_.emplace_back(id, span.span, trunk, host_);
        span.channels.push_back(id);
      }
      spans_.push_back(std::move(span));
      trunks_.emplace_back();
    }
  }

  ~TrunkBoard() override { shut(); }

  Inventory inventory() const override { return {"sip", host_.config.name, spans_}; }

  void open(EventSink& sink) override {
    {
      const std::lock_guard lock(mutex_);
      if (sink_ != nullptr) throw std::logic_error("the board was opened before");
      sink_ = &sink;
    }
    signalling_->open(host_.config, *this);
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < spans_.size(); ++i)
      host_.trunks.emplace_back(host_.config.trunks[i], signalling_->addresses(i),
                                host_.config.healthEveryMs);
    for (size_t i = 0; i < spans_.size(); ++i) tellTrunk(i);
    openedAt_ = Clock::now();
    running_ = true;
    if (!stepped_) thread_ = std::thread([this] { run(); });
    if (startStepping_) startStepping_();
  }

  void steppedBy(std::function<void()> start, std::function<void()> stop) override {
    startStepping_ = std::move(start);
    stopStepping_ = std::move(stop);
  }

  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    Announcement announcement;
    try {
      // Before the lock: the disk must not hold up the lines.
      announcement = std::make_shared<const std::vector<int16_t>>(media::readWav(file));
    } catch (const media::WavError&) {
      return Status::kBadArgument;
    }
    return command(channel, [&](Channel& c) { return c.play(ref, std::move(announcement)); });
  }
  std::vector<ChannelState> channels() const override {
    const std::lock_guard turn(mutex_);
    std::vector<ChannelState> states;
    for (const Channel& channel : channels_) states.push_back(channel.state());
    return states;
  }

  double now() const override {
    if (stepped_) return steppedNow_.load(std::memory_order_relaxed);
    if (!running_) return 0;
    return std::chrono::duration<double, std::milli>(Clock::now() - openedAt_).count();
  }

  void setTimer(uint32_t timer, double afterMs) override {
    const std::lock_guard lock(timersMutex_);
    timers_.set(timer, now() + afterMs);
  }
  void clearTimer(uint32_t timer) override {
    const std::lock_guard lock(timersMutex_);
    timers_.clear(timer);
  }

  void close() override { shut(); }

  void step() override {
    steppedNow_ = steppedNow_ + cpd::kFrameMs;
    tick();
    tell();
  }

  Signalling& signalling() override { return *signalling_; }

  std::string report(Topic topic, ChannelId channel) const override {
    const std::lock_guard turn(mutex_);
    switch (topic) {
      case Topic::kInventory:
        return trunkReport(host_, host_.now);
      case Topic::kChannels:
        return callReport(channels_, channel);
      case Topic::kTrace:
        return messageReport(*signalling_, channel);
      default:
        return "null";
    }
  }

 private:
  // What a trunk's channels were told of it last.
  struct Told {
    bool down = false;
    const char* whyNoCalls = nullptr;
  };

  // Channels that get their frames in one turn: a command waits for no more of them. As many are heard together.
  static constexpr size_t kGroup = 64;

  friend class ChannelCommands<TrunkBoard, SipBoard>;

  bool known(ChannelId channel) const { return channel >= 1 && channel <= channels_.size(); }
  Channel& channelAt(ChannelId channel) { return channels_[channel - 1]; }

  template <typename Act>
  Status command(ChannelId channel, Act&& act) {
    const std::lock_guard turn(mutex_);
    if (!running_ || closed_) return Status::kBoardDead;
    if (!known(channel)) return Status::kUnknownChannel;
    host_.now = now();
    const Status status = act(channelAt(channel));
    wake();
    return status;
  }

  // An event of signalling for a leg that is still there.
  template <typename Act>
  void legEvent(LegId leg, Act&& act) {
    const std::lock_guard turn(mutex_);
    const auto found = host_.legs.find(leg);
    if (found == host_.legs.end() || closed_) return;
    host_.now = now();
    act(*found->second);
    wake();
  }

  void progressed(LegId leg, bool alerting, const std::optional<MediaPlan>& media) override {
    legEvent(leg, [&](Channel& c) { c.progressed(leg, alerting, media); });
  }
  void answered(LegId leg, const MediaPlan& media) override {
    legEvent(leg, [&](Channel& c) { c.answered(leg, media); });
  }
  void mediaChanged(LegId leg, const MediaPlan& media) override {
    legEvent(leg, [&](Channel& c) { c.mediaChanged(leg, media); });
  }
  void keyPressed(LegId leg, char key) override {
    legEvent(leg, [&](Channel& c) { c.keyPressed(leg, key); });
  }
  void sessionLasts(LegId leg, int seconds, bool weRefresh) override {
    legEvent(leg, [&](Channel& c) { c.sessionLasts(leg, seconds, weRefresh); });
  }
  void ended(LegId leg, const Ending& ending) override {
    legEvent(leg, [&](Channel& c) { c.ended(leg, ending); });
  }
  void asked(LegId leg, bool lives) override {
    legEvent(leg, [&](Channel& c) { c.asked(leg, lives); });
  }
  void referRefused(LegId leg, int /*status*/) override {
    legEvent(leg, [&](Channel& c) { c.referRefused(leg); });
  }
  void referTold(LegId leg, int status) override {
    legEvent(leg, [&](Channel& c) { c.referTold(leg, status); });
  }
  void peerAnswered(size_t trunk, size_t address) override {
    trunkEvent(trunk, [&](TrunkLine& line) { line.probeAnswered(address); });
  }
  void registered(size_t trunk, int expiresS) override {
    trunkEvent(trunk, [&](TrunkLine& line) { line.registered(host_.now, expiresS); });
  }
  void registrationFailed(size_t trunk, int status, int retryAfterS) override {
    trunkEvent(trunk, [&](TrunkLine& line) { line.registrationFailed(host_.now, status, retryAfterS); });
  }

  template <typename Act>
  void trunkEvent(size_t trunk, Act&& act) {
    const std::lock_guard turn(mutex_);
    if (!running_ || closed_) return;
    host_.now = now();
    act(host_.trunks[trunk]);
    tellTrunk(trunk);
    wake();
  }

  // What has become of a trunk, to its channels.
  void tellTrunk(size_t trunk) {
    const Span& span = spans_[trunk];
    Told& told = trunks_[trunk];
    const bool down = host_.trunks[trunk].isDown();
    if (std::exchange(told.down, down) != down) {
      host_.post({.type = EventType::kAlarm,
                  .channel = span.channels.front(),
                  .alarm = AlarmKind::kRed,
                  .span = span.span,
                  .on = down});
      for (const ChannelId channel : span.channels) channels_[channel - 1].trunkDown(down);
    }
    const char* why = host_.trunks[trunk].whyNoCalls(host_.now);
    if (std::exchange(told.whyNoCalls, why) != why)
      for (const ChannelId channel : span.channels) channels_[channel - 1].trunkTakesNone(why);
  }

  // Events leave on the ticking thread alone, so that their order is kept; it is woken for them.
  void wake() {
    if (host_.outbox.empty()) return;
    toTell_ = true;
    changed_.notify_one();
  }

  void run() {
    auto next = Clock::now() + kTick;
    while (!closed_) {
      {
        std::unique_lock lock(mutex_.plain());
        changed_.wait_until(lock, next, [this] { return toTell_ || closed_; });
        toTell_ = false;
      }
      if (closed_) return;
      if (const auto began = Clock::now(); began >= next) {
        countTick(began - next >= kTick);
        tick();
        next += kTick;
        const auto now = Clock::now();
        if (now - next > kMostLag) next = now;
      }
      tell();
    }
  }

  void countTick(bool late) {
    const std::lock_guard turn(mutex_);
    ++host_.ticks;
    host_.lateTicks += late ? 1 : 0;
  }

  // 20 ms of all channels, a group at a time; commands may come between groups.
  void tick() {
    turn([this] { beginTick(); });
    for (size_t first = 0; first < channels_.size(); first += kGroup)
      turn([&] { tickGroup(first, std::min(first + kGroup, channels_.size())); });
  }

  template <typename Act>
  void turn(Act&& act) {
    const auto lock = mutex_.lockAfterOthers();
    if (closed_) return;
    host_.now = now();
    act();
  }

  void beginTick() {
    {
      const std::lock_guard lock(timersMutex_);
      timers_.take(host_.now,
                   [this](uint32_t timer) { host_.post({.type = EventType::kTimer, .timer = timer}); });
    }
    for (size_t trunk = 0; trunk < host_.trunks.size(); ++trunk) {
      const TrunkLine::Orders orders = host_.trunks[trunk].tick(host_.now);
      for (const size_t address : orders.probes) signalling_->probe(trunk, address);
      if (orders.registration) signalling_->registerAt(trunk, *orders.registration);
      tellTrunk(trunk);
    }
  }

  void tickGroup(size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) channels_[i].beginTick();
    // A channel may have more than one frame, or none: all that have another are heard together.
    for (bool more = true; more;) {
      more = false;
      bank_.clear();
      listening_.clear();
      for (size_t i = first; i < end; ++i) {
        cpd::BankChannel frame;
        bool another = false;
        if (channels_[i].nextFrame(frame, another)) {
          bank_.push_back(frame);
          listening_.push_back(&channels_[i]);
        }
        more = more || another;
      }
      cpd::hearTogether(bank_);
      for (size_t i = 0; i < bank_.size(); ++i) listening_[i]->heard(bank_[i].heard);
    }
    for (size_t i = first; i < end; ++i) channels_[i].endTick();
  }

  // Without the lock, so that whoever gets the events may command.
  void tell() {
    {
      const std::lock_guard lock(mutex_);
      told_.swap(host_.outbox);
    }
    for (Event& event : told_) {
      if (closed_) break;
      sink_->post(std::move(event));
    }
    told_.clear();
  }

  void shut() {
    {
      const std::lock_guard turn(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    if (stopStepping_) stopStepping_();
    signalling_->close();
    const std::lock_guard lock(mutex_);
    running_ = false;
    for (Channel& channel : channels_) channel.saveRecording();
    host_.recordings.close();
  }

  const std::unique_ptr<Signalling> signalling_;
  LineHost host_;
  const bool stepped_;
  std::vector<Span> spans_;
  std::deque<Channel> channels_;
  std::vector<Told> trunks_;
  std::vector<cpd::BankChannel> bank_;
  std::vector<Channel*> listening_;

  mutable TurnMutex mutex_;  // all above
  std::condition_variable changed_;
  bool toTell_ = false;
  std::mutex timersMutex_;  // last of all that are held
  Timers timers_;
  std::vector<Event> told_;  // of the ticking thread
  EventSink* sink_ = nullptr;
  Clock::time_point openedAt_;
  std::atomic<bool> running_{false}, closed_{false};
  std::atomic<double> steppedNow_{0};
  std::thread thread_;
  std::function<void()> startStepping_, stopStepping_;
};

}  // namespace

std::unique_ptr<SipBoard> makeSipBoard(Config config, std::unique_ptr<Signalling> signalling, bool stepped) {
  checkConfig(config);
  return std::make_unique<TrunkBoard>(std::move(config), std::move(signalling), stepped);
}

}  // namespace board::sip
