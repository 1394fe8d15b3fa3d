// The board in its rooms: commands here and in board/channel_commands.h; opening and closing in dialogic_board.cc, lines in board_start.cc,
// the thread in board_thread.cc, the vendor's events in board_events.cc, diagnostics in board_report.cc.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "board/channel_commands.h"
#include "board/dialogic/board/alarms.h"
#include "board/dialogic/board/dialogic_board.h"
#include "board/dialogic/line/channel.h"
#include "board/dialogic/line/inventory.h"
#include "board/dialogic/vendor/srl.h"
#include "board/timers.h"
#include "media/wav.h"

namespace board::dialogic {

class Dialogic final : public ChannelCommands<Dialogic, DialogicBoard> {
 public:
  explicit Dialogic(Config config)
      : context_(checked(std::move(config)), [this] { return now(); }), srl_(context_.api) {
    spans_ = context_.config.spans;
  }

  ~Dialogic() override { close(); }

  Inventory inventory() const override {
    const std::lock_guard lock(mutex_);
    Inventory inventory{"dialogic", context_.config.name, {}};
    ChannelId next = 1;
    for (const SpanConfig& span : spans_) {
      Span out{
          static_cast<uint32_t>(inventory.spans.size() + 1), span.kind, {}, analysesOf(context_.api, span)};
      for (int i = 0; i < span.channels - span.bridgeLines; ++i) out.channels.push_back(next++);
      inventory.spans.push_back(std::move(out));
    }
    return inventory;
  }

  void open(EventSink& sink) override;
  void close() override;

  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    std::vector<int16_t> samples;
    try {
      samples = media::readWav(file);  // before the lock: the disk must not hold up the lines
    } catch (const media::WavError&) {
      return Status::kBadArgument;
    }
    return command(channel, [&](Channel& c) { return c.play(ref, std::move(samples)); });
  }

  std::vector<ChannelState> channels() const override {
    const std::lock_guard lock(mutex_);
    std::vector<ChannelState> states;
    for (const auto& channel : channels_) states.push_back(channel->state());
    return states;
  }

  double now() const override { return rawNow() - openedAt_.load(std::memory_order_relaxed); }

  void setTimer(uint32_t timer, double afterMs) override {
    {
      const std::lock_guard lock(mutex_);
      timers_.set(timer, now() + afterMs);
    }
    srl_.wake();
  }
  void clearTimer(uint32_t timer) override {
    const std::lock_guard lock(mutex_);
    timers_.clear(timer);
  }

  std::string report(Topic topic, ChannelId channel) const override;

 private:
  static Config checked(Config config) {
    checkConfig(config);
    return config;
  }

  friend class ChannelCommands<Dialogic, DialogicBoard>;

  bool known(ChannelId channel) const { return channel >= 1 && channel <= channels_.size(); }
  Channel& channelAt(ChannelId channel) { return *channels_[channel - 1]; }

  double rawNow() const;

  template <typename Act>
  Status command(ChannelId channel, Act&& act) {
    Status status;
    {
      const std::lock_guard lock(mutex_);
      if (!running_) return Status::kBoardDead;
      if (!known(channel)) return Status::kUnknownChannel;
      status = act(channelAt(channel));
    }
    if (status == Status::kOk) srl_.wake();
    return status;
  }

  template <typename Act>
  void each(Act&& act) {
    for (const auto& channel : channels_) act(*channel);
    for (const auto& bridge : bridges_) act(*bridge);
  }

  void run();
  void startUp();
  void startGlobalCall();
  void probeVoice();
  void makeLines();
  void openSpans();
  void hearAll();
  void turn(int& timeoutMs, std::vector<Event>& events);
  void handle(VendorEvent& event);
  void handleGlobalCall(VendorEvent& event);
  void spanEvent(uint32_t span, const VendorEvent& event);
  void lineBlocked(Channel& line, int result);
  void blockedByAlarm(Channel& line);
  static constexpr double kNever = 1e300;

  double findStandingAlarms(double now);
  bool isWaiting(uint32_t span);
  GcLine* lineAtNetwork(uint32_t span);
  void tellAlarm(uint32_t span, AlarmKind kind, bool on);
  void die(const std::string& reason);
  bool atRest();
  void shutDown();
  const SpanConfig& spanOf(uint32_t span) const { return spans_[span - 1]; }

  mutable std::mutex mutex_;  // all below but what is atomic
  BoardContext context_;
  Srl srl_;
  std::vector<SpanConfig> spans_;
  std::vector<std::unique_ptr<Channel>> channels_, bridges_;
  std::vector<SpanAlarms> alarms_;
  std::vector<double>
      askAt_;  // by span, while the board opens: when it is asked for an alarm that was not told
  std::unordered_map<int, uint32_t> spanByDevice_;  // devices of libdti
  Timers timers_;
  std::vector<cpd::BankChannel> bank_;  // of this turn: the frame of each channel of hearing_
  std::vector<Channel*> hearing_;
  EventSink* sink_ = nullptr;
  bool opened_ = false;
  bool running_ = false;
  bool closing_ = false;
  bool started_ = false;  // startUp is over, with or without `startProblem_`
  bool settled_ = false;
  std::string startProblem_;
  std::condition_variable changed_;
  std::atomic<double> openedAt_{0};
  bool globalCall_ = false;
  int waitErrors_ = 0;
  std::string dead_;
  std::thread thread_;
};

}  // namespace board::dialogic
