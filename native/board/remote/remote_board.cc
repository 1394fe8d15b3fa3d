#include "board/remote/remote_board.h"

#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "board/remote/board_host_link.h"

namespace board::remote {
namespace {

class Remote final : public RemoteBoard {
 public:
  Remote(DriverConfig config, std::function<Child()> start, BoardHostOptions options)
      : config_(std::move(config)), host_(std::move(start), std::move(options)) {}

  int bits() const override { return host_.bits(); }

  void abandon() override { host_.abandon(); }

  Inventory inventory() const override { return inventory_; }

  void open(EventSink& sink) override {
    host_.connect(sink);
    std::optional<tell::Opened> opened;
    try {
      opened = ask<tell::Opened>(ask::Open{std::move(config_)}, host_.options().openMs);
    } catch (const OpenError&) {
      host_.shut();
      throw;
    }
    config_ = {};
    if (opened) inventory_ = std::move(opened->inventory);
    if (!host_.opened()) {
      host_.shut();
      throw OpenError("BOARD_ERROR", host_.whyDead());
    }
  }

  // Instead of open().
  std::string check(EventSink& sink) {
    host_.connect(sink);
    auto found = ask<tell::Text>(ask::CheckBoardHost{std::move(config_)}, host_.options().openMs);
    host_.shut();
    if (!found) throw OpenError("BOARD_ERROR", host_.whyDead());
    return std::move(found->text);
  }

  Status seize(ChannelId channel, CallRef ref) override {
    return host_.command(ask::Seize{channel, ref}, {"seize", channel, ref});
  }
  Status rearm(ChannelId channel, CallRef ref) override {
    return host_.command(ask::Rearm{channel, ref}, {"rearm", channel, ref});
  }
  Status join(ChannelId channel, CallRef ref, ChannelId other) override {
    return host_.command(ask::Join{channel, ref, other}, {"join", channel, ref});
  }
  Status part(ChannelId channel, CallRef ref) override {
    return host_.command(ask::Part{channel, ref}, {"part", channel, ref});
  }
  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    return host_.command(ask::Play{channel, ref, file}, {"play", channel, ref});
  }
  Status stopPlay(ChannelId channel, CallRef ref) override {
    return host_.command(ask::StopPlay{channel, ref}, {"stopPlay", channel, ref});
  }
  Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) override {
    return host_.command(ask::CollectDigits{channel, ref, limits}, {"collectDigits", channel, ref});
  }
  Status drop(ChannelId channel, CallRef ref) override {
    return host_.command(ask::Drop{channel, ref}, {"drop", channel, ref});
  }
  Status reset(ChannelId channel) override {
    return host_.command(ask::Reset{channel}, {"reset", channel, 0});
  }
  Status setInService(ChannelId channel, bool inService) override {
    return host_.command(ask::SetInService{channel, inService}, {"setInService", channel, 0});
  }
  Status tellScores(ChannelId channel, bool on) override {
    return host_.command(ask::TellScores{channel, on}, {"tellScores", channel, 0});
  }

  // What the board host said last, while it is behind.
  std::vector<ChannelState> channels() const override {
    const std::lock_guard lock(seen_);
    std::optional<Reply> reply = channels_.empty() ? host_.ask(ask::Channels{}, host_.options().answerMs)
                                                   : host_.askBriefly(ask::Channels{});
    if (auto list = wanted<tell::ChannelList>(std::move(reply))) channels_ = std::move(list->channels);
    if (host_.dead()) return lost();
    return channels_;
  }

  std::string report(Topic topic, ChannelId channel) const override {
    auto reply = ask<tell::Text>(ask::Report{topic, channel}, host_.options().answerMs);
    return reply ? std::move(reply->text) : "null";
  }

  double now() const override { return host_.now(); }
  void setTimer(uint32_t timer, double afterMs) override { host_.tell(ask::SetTimer{timer, afterMs}); }
  void clearTimer(uint32_t timer) override { host_.tell(ask::ClearTimer{timer}); }

  void close() override { host_.shut(); }

  void advance(double ms) override {
    // Minutes of calls on many channels may be worked off in it.
    ask<tell::Done>(ask::Advance{ms}, host_.options().openMs);
  }
  std::vector<sim::GroundTruth> groundTruth() const override {
    auto reply = ask<tell::GroundTruthList>(ask::GroundTruth{}, host_.options().answerMs);
    return reply ? std::move(reply->groundTruth) : std::vector<sim::GroundTruth>{};
  }
  void injectFault(const sim::Fault& fault) override {
    try {
      ask<tell::Done>(ask::InjectFault{fault}, host_.options().answerMs);
    } catch (const OpenError& error) {
      throw std::invalid_argument(error.what());
    }
  }
  void raiseAlarm(uint32_t span, AlarmKind kind) override {
    ask<tell::Done>(ask::RaiseAlarm{span, kind}, host_.options().answerMs);
  }
  void endAlarm(uint32_t span) override { ask<tell::Done>(ask::EndAlarm{span}, host_.options().answerMs); }
  float sentDbm0(ChannelId channel) const override {
    const auto reply = ask<tell::Level>(ask::SentLevel{channel}, host_.options().answerMs);
    return reply ? reply->dbm0 : -100;
  }

 private:
  Status dialChecked(ChannelId channel, CallRef ref, const std::string& number,
                     const DialParameters& parameters) override {
    return host_.command(ask::Dial{channel, ref, number, parameters}, {"dial", channel, ref});
  }
  Status transferChecked(ChannelId channel, CallRef ref, const std::string& extension,
                         TransferStyle style) override {
    return host_.command(ask::Transfer{channel, ref, extension, style}, {"transfer", channel, ref});
  }

  // An answer of one kind; nothing if the board host is dead. Throws OpenError if it refused.
  template <typename Answer>
  std::optional<Answer> ask(Request request, int limitMs) const {
    return wanted<Answer>(host_.ask(std::move(request), limitMs));
  }

  template <typename Answer>
  std::optional<Answer> wanted(std::optional<Reply> reply) const {
    if (!reply) return std::nullopt;
    if (auto* const answer = std::get_if<Answer>(&*reply)) return std::move(*answer);
    if (auto* const refused = std::get_if<tell::Refused>(&*reply)) {
      throw OpenError(refused->code, refused->message);
    }
    host_.wrongKind(*reply);
    return std::nullopt;
  }

  std::vector<ChannelState> lost() const {
    std::vector<ChannelState> lost;
    for (const Span& span : inventory_.spans) {
      for (const ChannelId channel : span.channels) {
        lost.push_back(
            {channel, span.span, span.kind, LineState::kOutOfService, "board_dead", 0, nullptr, -1});
      }
    }
    return lost;
  }

  DriverConfig config_;
  Inventory inventory_;
  mutable BoardHostLink host_;
  mutable std::mutex seen_;
  mutable std::vector<ChannelState> channels_;  // as the board host said last
};

}  // namespace

std::unique_ptr<RemoteBoard> makeRemoteBoard(DriverConfig config, std::function<Child()> start,
                                             BoardHostOptions options) {
  return std::make_unique<Remote>(std::move(config), std::move(start), std::move(options));
}

std::string askBoardHost(DriverConfig config, const std::function<Child()>& start,
                         const BoardHostOptions& options) {
  struct Nobody final : EventSink {
    void post(Event&& /*event*/) override {}
  } nobody;
  return Remote(std::move(config), start, options).check(nobody);
}

}  // namespace board::remote
