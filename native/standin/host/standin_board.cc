#include "standin/host/standin_board.h"

#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/dialogic/board/dialogic_board.h"
#include "board/names.h"
#include "board/sim/simulation.h"

namespace standin {
namespace {

using namespace board;

// A function that the stand-in exports beside the vendor's. Its libraries are there once the board is open.
template <typename Function>
Function* find(const char* name) {
  auto* const found = reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
  if (found == nullptr)
    throw std::runtime_error(std::string(name) + ": the libraries are not the stand-in's");
  return found;
}

std::string whatWasWrong() { return find<const char*()>("standin_error")(); }

// Steps the clock, as long as it lives.
class Stepping {
 public:
  Stepping() : thread_([this] { run(); }) {}
  ~Stepping() {
    over_ = true;
    thread_.join();
  }
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;

 private:
  void run() {
    while (!over_) {
      // The libraries are not there yet when a board begins to open.
      auto* const advance = reinterpret_cast<int (*)(double)>(::dlsym(RTLD_DEFAULT, "standin_advance"));
      if (advance != nullptr) advance(cpd::kFrameMs);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::atomic<bool> over_ = false;
  std::thread thread_;  // last: it uses the above
};

class StandinBoard final : public Board, public Simulation, public Diagnostics {
 public:
  explicit StandinBoard(dialogic::Config config) : board_(dialogic::makeDialogicBoard(std::move(config))) {}

  Inventory inventory() const override { return board_->inventory(); }
  // The lines come into service while the board opens, and go on hook while it closes; both take time on
  // their clock.
  void open(EventSink& sink) override {
    const Stepping stepping;
    board_->open(sink);
  }
  Status seize(ChannelId channel, CallRef ref) override { return board_->seize(channel, ref); }
  Status rearm(ChannelId channel, CallRef ref) override { return board_->rearm(channel, ref); }
  Status join(ChannelId channel, CallRef ref, ChannelId other) override {
    return board_->join(channel, ref, other);
  }
  Status part(ChannelId channel, CallRef ref) override { return board_->part(channel, ref); }
  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    return board_->play(channel, ref, file);
  }
  Status stopPlay(ChannelId channel, CallRef ref) override { return board_->stopPlay(channel, ref); }
  Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) override {
    return board_->collectDigits(channel, ref, limits);
  }
  Status drop(ChannelId channel, CallRef ref) override { return board_->drop(channel, ref); }
  Status reset(ChannelId channel) override { return board_->reset(channel); }
  Status setInService(ChannelId channel, bool inService) override {
    return board_->setInService(channel, inService);
  }
  Status tellScores(ChannelId channel, bool on) override { return board_->tellScores(channel, on); }
  std::vector<ChannelState> channels() const override { return board_->channels(); }
  double now() const override { return board_->now(); }
  void setTimer(uint32_t timer, double afterMs) override { board_->setTimer(timer, afterMs); }
  void clearTimer(uint32_t timer) override { board_->clearTimer(timer); }
  void close() override {
    const Stepping stepping;
    board_->close();
  }

  std::string report(Topic topic, ChannelId channel) const override { return board_->report(topic, channel); }

  void advance(double ms) override {
    owedMs_ += ms;
    const auto advance = find<int(double)>("standin_advance");
    for (; owedMs_ >= cpd::kFrameMs; owedMs_ -= cpd::kFrameMs) {
      if (advance(cpd::kFrameMs) != 0) throw std::runtime_error(whatWasWrong());
    }
  }

  // The stand-in writes what its calls were into the file that its configuration names as `log`.
  std::vector<sim::GroundTruth> groundTruth() const override { return {}; }

  void injectFault(const sim::Fault& fault) override {
    if (fault.kind != sim::FaultKind::kAlarm) {
      throw std::invalid_argument("faults: the stand-in takes alarms here; others by its configuration");
    }
    const std::string json = std::string(R"({"kind":"alarm","alarm":")") + name(fault.alarm) +
                             R"(","span":)" + std::to_string(fault.span) + R"(,"atMs":)" +
                             std::to_string(fault.atMs) + R"(,"forMs":)" + std::to_string(fault.forMs) + "}";
    if (find<int(const char*)>("standin_fault")(json.c_str()) != 0)
      throw std::invalid_argument(whatWasWrong());
  }

  void raiseAlarm(uint32_t span, AlarmKind kind) override { alarm(span, name(kind), 1); }
  void endAlarm(uint32_t span) override { alarm(span, name(AlarmKind::kRed), 0); }

  float sentDbm0(ChannelId /*channel*/) const override { return -100; }

 private:
  Status dialChecked(ChannelId channel, CallRef ref, const std::string& number,
                     const DialParameters& parameters) override {
    return board_->dial(channel, ref, number, parameters);
  }
  Status transferChecked(ChannelId channel, CallRef ref, const std::string& extension,
                         TransferStyle style) override {
    return board_->transfer(channel, ref, extension, style);
  }

  static void alarm(uint32_t span, const char* kind, int on) {
    if (find<int(int, const char*, int)>("standin_alarm")(static_cast<int>(span), kind, on) != 0) {
      throw std::invalid_argument(whatWasWrong());
    }
  }

  const std::unique_ptr<dialogic::DialogicBoard> board_;
  double owedMs_ = 0;  // less than a frame
};

}  // namespace

MadeBoard makeBoard(DriverConfig config) {
  auto* const dialogic = std::get_if<dialogic::Config>(&config);
  if (dialogic == nullptr) throw OpenError("NOT_SUPPORTED", "this host has the Dialogic board alone");
  try {
    auto board = std::make_unique<StandinBoard>(std::move(*dialogic));
    StandinBoard* const there = board.get();
    return {std::move(board), there, there};
  } catch (const std::invalid_argument& error) {
    throw OpenError("BAD_CONFIG", error.what());
  }
}

}  // namespace standin
