// The board: its thread, its lock, its lines.
#include "board/dialogic/dialogic_board.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "board/dialogic/alarms.h"
#include "board/dialogic/analog_line.h"
#include "board/dialogic/constants.h"
#include "board/dialogic/dial_string.h"
#include "board/dialogic/gc_line.h"
#include "board/dialogic/host_check.h"
#include "board/dialogic/inventory.h"
#include "board/dialogic/sip_start.h"
#include "board/dialogic/srl.h"
#include "board/dialogic/tones.h"
#include "board/names.h"
#include "board/timers.h"
#include "media/wav.h"

namespace board::dialogic {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kLongestWaitMs = 500;
constexpr int kPollMs = 10;  // without sr_putevt nobody wakes the thread
constexpr auto kSettle =
    std::chrono::seconds(5);  // open() waits so long for lines that the network lets through
constexpr auto kClosing = std::chrono::seconds(3);  // close() gives calls so long to be dropped and released
constexpr int kErrorsUntilDead = 100;               // of the wait, in a row
// Alarms of the span device that matter here: OOF, LOS, yellow, blue, RLOS, red, distant multiframe (3.10).
constexpr long kAlarmMask = 0x8000 | 0x100 | 0x20 | 0x2 | 0x1 | 0x400 | 0x2000;
constexpr long kErrorEvents = 1, kSetMask = 0;
constexpr int kBridgeSpans = 10'000;  // ids of lines that are no channels begin here

// The vendor's libraries have one queue of events for the process.
std::atomic<bool> boardOpen{false};

double steadyMs() {
  return std::chrono::duration<double, std::milli>(Steady::now().time_since_epoch()).count();
}

bool hasResult(int type) {
  switch (type) {
    case vendor::GCEV_TASKFAIL:
    case vendor::GCEV_OPENEX_FAIL:
    case vendor::GCEV_DISCONNECTED:
    case vendor::GCEV_BLOCKED:
    case vendor::GCEV_ERROR:
    case vendor::GCEV_FATALERROR:
    case vendor::GCEV_RELEASECALL_FAIL:
    case vendor::GCEV_RESTARTFAIL:
    case vendor::GCEV_TRANSFERREJ:
    case vendor::GCEV_INVOKE_XFER_REJ:
    case vendor::GCEV_INVOKE_XFER_FAIL:
    case vendor::GCEV_XFER_FAIL:
      return true;
    default:
      return false;
  }
}

class Dialogic final : public DialogicBoard {
 public:
  explicit Dialogic(Config config)
      : house_(checked(std::move(config)), [this] { return now(); }), srl_(house_.api) {
    spans_ = house_.config.spans;
  }

  ~Dialogic() override { close(); }

  Inventory inventory() const override {
    const std::lock_guard lock(mutex_);
    Inventory inventory{"dialogic", house_.config.name, {}};
    ChannelId next = 1;
    for (const SpanConfig& span : spans_) {
      Span out{static_cast<uint32_t>(inventory.spans.size() + 1), span.kind, {}};
      for (int i = 0; i < span.channels - span.bridgeLines; ++i) out.channels.push_back(next++);
      inventory.spans.push_back(std::move(out));
    }
    return inventory;
  }

  void open(EventSink& sink) override;
  void close() override;

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
      return known(other) ? c.join(ref, *channels_[other - 1]) : Status::kUnknownChannel;
    });
  }
  Status part(ChannelId channel, CallRef ref) override {
    return command(channel, [&](Channel& c) { return c.part(ref); });
  }
  Status play(ChannelId channel, CallRef ref, const std::string& file) override {
    std::vector<int16_t> samples;
    try {
      samples = media::readWav(file);  // before the lock: the disk must not hold up the lines
    } catch (const media::WavError&) {
      return Status::kBadArgument;
    }
    return command(channel, [&](Channel& c) { return c.play(ref, std::move(samples)); });
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

  bool known(ChannelId channel) const { return channel >= 1 && channel <= channels_.size(); }

  double rawNow() const { return house_.api.clock != nullptr ? house_.api.clock() : steadyMs(); }

  template <typename Act>
  Status command(ChannelId channel, Act&& act) {
    Status status;
    {
      const std::lock_guard lock(mutex_);
      if (!running_) return Status::kBoardDead;
      if (!known(channel)) return Status::kUnknownChannel;
      status = act(*channels_[channel - 1]);
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
  void makeLines();
  void openSpans();
  void turn(int& timeoutMs, std::vector<Event>& events);
  void handle(VendorEvent& event);
  void handleGlobalCall(VendorEvent& event);
  void spanEvent(uint32_t span, const VendorEvent& event);
  void lineBlocked(Channel& line, int result);
  void tellAlarm(uint32_t span, AlarmKind kind, bool on);
  void die(const std::string& reason);
  bool atRest();
  void shutDown();
  const SpanConfig& spanOf(uint32_t span) const { return spans_[span - 1]; }

  mutable std::mutex mutex_;  // all below but what is atomic
  House house_;
  Srl srl_;
  std::vector<SpanConfig> spans_;
  std::vector<std::unique_ptr<Channel>> channels_, bridges_;
  std::vector<SpanAlarms> alarms_;
  std::unordered_map<int, uint32_t> spanByDevice_;  // devices of libdti
  Timers timers_;
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

void Dialogic::open(EventSink& sink) {
  {
    const std::lock_guard lock(mutex_);
    if (opened_) throw std::logic_error("the board was opened before");
    opened_ = true;
  }
  if (boardOpen.exchange(true)) {
    throw std::runtime_error(
        "a Dialogic board is open in this process: the vendor's libraries have one queue of events");
  }
  house_.api = loadApi(house_.config.libraries);
  const std::string missing = missingText(house_.api, house_.config);
  if (!missing.empty()) {
    boardOpen = false;
    throw std::runtime_error(missing);
  }
  openedAt_ = rawNow();
  sink_ = &sink;
  thread_ = std::thread([this] { run(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return started_; });
  if (!startProblem_.empty()) {
    const std::string problem = startProblem_;
    lock.unlock();
    thread_.join();
    boardOpen = false;
    throw std::runtime_error(problem);
  }
  changed_.wait_for(lock, kSettle, [this] { return settled_; });
  each([](Channel& channel) { channel.tellService(); });
  running_ = true;
}

void Dialogic::close() {
  {
    const std::lock_guard lock(mutex_);
    if (!opened_ || closing_) {
      if (!thread_.joinable()) return;
    }
    closing_ = true;
    running_ = false;
  }
  srl_.wake();
  if (thread_.joinable()) {
    thread_.join();
    boardOpen = false;
  }
}

void Dialogic::startUp() {
  if (!srl_.start()) throw std::runtime_error("the SRL does not take polled mode (sr_setparm SR_MODEID)");
  if (house_.api.dx_setuio != nullptr) {
    house_.called(0, -1, "dx_setuio", house_.api.dx_setuio(Tap::functions()));
  }
  const bool some = std::any_of(spans_.begin(), spans_.end(),
                                [](const SpanConfig& span) { return span.kind != TrunkKind::kAnalog; });
  if (some || (spans_.empty() && house_.api.has(Library::kGc) && house_.api.facts[3].missing.empty())) {
    startGlobalCall();
  }
  if (spans_.empty()) spans_ = findSpans(house_);
  if (spans_.empty()) throw std::runtime_error("no lines: the libraries report no voice, DTI or IP board");
  makeLines();
  openSpans();
  setDialTimes(house_, spans_);
  if (!house_.config.analog.tonePlan.empty())
    defineTones(house_, *house_.plan(house_.config.analog.tonePlan));
  each([](Channel& channel) { channel.openDevices(); });
}

// Once per process: a board that was closed cannot be opened again in it, the library says so itself (7.4).
void Dialogic::startGlobalCall() {
  std::vector<std::string> names = house_.config.globalCall.libraries;
  int32_t sipLines = 0;
  for (const SpanConfig& span : spans_) sipLines += span.kind == TrunkKind::kSip ? span.channels : 0;
  if (names.empty() && sipLines > 0) names = {"GC_DM3CC_LIB", "GC_H3R_LIB", "GC_IPM_LIB"};
  // What the vendor says of a call that must fail shows how its GC_INFO is laid out, before the first
  // structure that depends on it is handed over.
  if (house_.api.gc_CCLibNameToID != nullptr && !house_.layoutSeen) {
    Cell none;
    if (house_.api.gc_CCLibNameToID("no such library", none.at()) == -1) house_.gcError();
  }
  alignas(16) unsigned char start[64] = {};
  alignas(16) void* list[64] = {};
  void* argument = nullptr;
  const GlobalCallSettings& settings = house_.config.globalCall;
  SipStart sip(settings.sipPort, settings.maxCalls > 0 ? settings.maxCalls : std::max(1, sipLines));
  if (!names.empty()) {
    const auto count = static_cast<int32_t>(std::min<size_t>(names.size(), std::size(list) / 2));
    for (int32_t i = 0; i < count; ++i) {
      const std::string& library = names[static_cast<size_t>(i)];
      list[2 * i] = const_cast<char*>(library.c_str());
      if (library == "GC_H3R_LIB") list[2 * i + 1] = sip.data();
    }
    void* const first = list;
    std::memcpy(start, &count, sizeof count);
    std::memcpy(start + house_.layout->startList, &first, sizeof first);
    argument = start;
  }
  if (house_.called(0, -1, "gc_Start", house_.api.gc_Start(argument)) == -1) {
    const GcInfo info = house_.gcError();
    throw std::runtime_error("gc_Start: " + vendor::nameOf("EGC", info.value) + " " + info.message +
                             (info.ccMessage.empty() ? "" : ", " + info.ccMessage) +
                             ". Is the Dialogic service running? A process can start Global Call once");
  }
  globalCall_ = true;
  srl_.globalCallStarted();
  const std::string problem = srl_.probe();
  if (!problem.empty())
    throw std::runtime_error("the vendor's structures are not laid out as expected: " + problem);
}

void Dialogic::makeLines() {
  ChannelId next = 1, bridge = kBridgeSpans + 1;
  for (size_t s = 0; s < spans_.size(); ++s) {
    const SpanConfig& span = spans_[s];
    for (int i = 0; i < span.channels; ++i) {
      const bool kept = i >= span.channels - span.bridgeLines;
      Place place{kept ? bridge++ : next++, static_cast<uint32_t>(s + 1), span, i, kept};
      std::unique_ptr<Channel> line;
      if (span.kind == TrunkKind::kAnalog) {
        line = std::make_unique<AnalogLine>(house_, std::move(place));
      } else {
        line = std::make_unique<GcLine>(house_, std::move(place));
      }
      if (kept) house_.bridges.push_back(line.get());
      (kept ? bridges_ : channels_).push_back(std::move(line));
    }
  }
  alarms_.resize(spans_.size());
}

// The span devices tell which alarm it is; Global Call tells which lines are blocked by it.
void Dialogic::openSpans() {
  const Api& api = house_.api;
  if (!api.has(Library::kDti) || api.dt_open == nullptr || api.dt_setevtmsk == nullptr) return;
  for (size_t s = 0; s < spans_.size(); ++s) {
    if (!spans_[s].network.starts_with("dti")) continue;
    const std::string& name = spans_[s].network;
    const int device = house_.called(0, -1, "dt_open", api.dt_open(name.c_str(), 0), name);
    if (device < 0) continue;
    spanByDevice_[device] = static_cast<uint32_t>(s + 1);
    house_.called(0, device, "dt_setevtmsk", api.dt_setevtmsk(device, kErrorEvents, kAlarmMask, kSetMask),
                  name);
  }
}

void Dialogic::run() {
  {
    const std::lock_guard lock(mutex_);
    try {
      startUp();
    } catch (const std::exception& error) {
      startProblem_ = error.what();
      if (globalCall_) house_.api.gc_Stop();
    }
    started_ = true;
    changed_.notify_all();
    if (!startProblem_.empty()) return;
  }
  VendorEvent event;
  std::vector<Event> events;
  int timeoutMs = 0;
  auto closeAt = Steady::time_point::max();
  for (;;) {
    bool closing;
    {
      const std::lock_guard lock(mutex_);
      turn(timeoutMs, events);
      closing = closing_;
      if (closing && closeAt == Steady::time_point::max()) {
        closeAt = Steady::now() + kClosing;
        each([](Channel& channel) { channel.closing(); });
      }
      if (closing && (atRest() || Steady::now() >= closeAt || !dead_.empty())) {
        shutDown();
        return;
      }
    }
    for (Event& each : events) {
      if (!closing) sink_->post(std::move(each));
    }
    events.clear();
    if (closing) timeoutMs = std::min(timeoutMs, kPollMs);
    const Srl::Got got = srl_.wait(timeoutMs, event);
    const std::lock_guard lock(mutex_);
    if (got == Srl::Got::kError) {
      if (++waitErrors_ == kErrorsUntilDead) die("the event queue of the vendor fails (sr_waitevt)");
      continue;
    }
    waitErrors_ = 0;
    if (got == Srl::Got::kEvent) handle(event);
  }
}

// What is due, in the order: tasks of commands, sound, timers. Under the lock.
void Dialogic::turn(int& timeoutMs, std::vector<Event>& events) {
  while (!house_.tasks.empty()) {
    std::vector<std::function<void()>> tasks;
    tasks.swap(house_.tasks);
    for (const auto& task : tasks) task();
  }
  const double now = house_.now();
  bool streaming = false;
  double next = now + kLongestWaitMs;
  each([&](Channel& channel) {
    if (channel.streaming()) channel.hear();
    channel.runTimers(now);
    streaming = streaming || channel.streaming();
    next = std::min(next, channel.nextDue());
  });
  timers_.take(now, [this](uint32_t timer) { house_.post({.type = EventType::kTimer, .timer = timer}); });
  next = std::min(next, timers_.nextDue());
  if (!settled_) {
    settled_ = true;
    each([this](Channel& channel) { settled_ = settled_ && channel.settled(); });
    if (settled_) changed_.notify_all();
  }
  double wait = std::max(0.0, std::ceil(next - now));
  // The library says of sound that came neither when nor in which thread: it is looked for every frame.
  if (streaming) wait = std::min<double>(wait, cpd::kFrameMs);
  if (!srl_.canWake()) wait = std::min<double>(wait, kPollMs);
  timeoutMs = house_.tasks.empty() ? static_cast<int>(wait) : 0;
  events.swap(house_.outbox);
}

void Dialogic::handle(VendorEvent& event) {
  if (event.globalCall) return handleGlobalCall(event);
  const auto voice = house_.byVoice.find(event.device);
  const bool known = voice != house_.byVoice.end() && voice->second != nullptr;
  const std::string name = vendor::nameOf("TDX", event.type);
  if (known) {
    Channel& channel = *voice->second;
    std::string text = name;
    if (event.type == vendor::TDX_CST && event.data != nullptr && event.length >= 4) {
      vendor::DxCst status;
      std::memcpy(&status, event.data, sizeof status);
      text += " " + vendor::nameOf("DE", status.cst_event) + " " + std::to_string(status.cst_data);
    }
    house_.trace.add(house_.now(), channel.id(), event.device, Trace::Kind::kEvent, std::move(text));
    return channel.onVoice(event.type, event.data, event.length);
  }
  const auto span = spanByDevice_.find(event.device);
  if (span != spanByDevice_.end()) return spanEvent(span->second, event);
  ++house_.counters.lateEvents;
  house_.trace.add(house_.now(), 0, event.device, Trace::Kind::kEvent,
                   name + ": of no device that is open here");
}

void Dialogic::handleGlobalCall(VendorEvent& event) {
  GcEvent told{event.type, event.line, event.crn, kNotAsked, kNotAsked, ""};
  if (hasResult(event.type)) {
    const GcInfo info = house_.gcResult(event.metaevent.bytes);
    told.result = info.value;
    told.ccValue = info.ccValue;
    told.message = info.message + (info.ccMessage.empty() ? "" : ", " + info.ccMessage);
  }
  const auto line = house_.byLine.find(event.line);
  const bool known = line != house_.byLine.end();
  std::string text = vendor::nameOf("GCEV", event.type) + " crn " + std::to_string(event.crn);
  if (told.result != kNotAsked) {
    text += " " + vendor::nameOf("GCRV", told.result) + " cc " + std::to_string(told.ccValue) + " " +
            told.message;
  }
  house_.trace.add(house_.now(), known ? line->second->id() : 0, event.line, Trace::Kind::kEvent,
                   std::move(text));
  if (!known) {
    ++house_.counters.lateEvents;
    return;
  }
  Channel& channel = *line->second;
  if (event.type == vendor::GCEV_BLOCKED) {
    lineBlocked(channel, told.result);
    return channel.onLine(told);
  }
  if (event.type == vendor::GCEV_D_CHAN_STATUS) return;
  channel.onLine(told);
  if (event.type != vendor::GCEV_UNBLOCKED) return;
  SpanAlarms& alarms = alarms_[channel.span() - 1];
  bool all = true;
  each([&](Channel& other) {
    all = all && (other.span() != channel.span() || other.phase() != Phase::kBlocked);
  });
  if (all) alarms.clear([&](AlarmKind kind) { tellAlarm(channel.span(), kind, false); });
}

void Dialogic::lineBlocked(Channel& line, int result) {
  SpanAlarms& alarms = alarms_[line.span() - 1];
  // A line device starts blocked: that is no alarm.
  const bool wasUp = line.settled();
  if (wasUp && !alarms.any()) {
    const int number = result >= vendor::kGcrvAlarmOn && result < vendor::kGcrvAlarmOver
                           ? result - vendor::kGcrvAlarmOn
                           : static_cast<int>(vendor::T1_RED);
    const AlarmKind kind =
        result == vendor::kGcrvDChannel ? AlarmKind::kLayer2 : alarmKind(number).value_or(AlarmKind::kRed);
    if (const auto changed = alarms.inferred(kind)) tellAlarm(line.span(), *changed, true);
  }
  if (wasUp)
    line.blocked(true, std::string("alarm_") + name(alarms.any() ? alarms.first() : AlarmKind::kRed));
}

void Dialogic::spanEvent(uint32_t span, const VendorEvent& event) {
  if (event.type != vendor::DTEV_T1ERRC || event.data == nullptr || event.length < 1) return;
  // The width of the number is not said anywhere: as much as there is, up to 4 bytes.
  uint32_t number = 0;
  std::memcpy(&number, event.data, static_cast<size_t>(std::min(event.length, 4)));
  const bool dchannel = (number & 0x100) != 0;
  const bool over = ((number & 0xFF) & vendor::kAlarmOver) != 0;
  const int alarm = static_cast<int>(number & (dchannel ? 0x10Fu : 0x0Fu));
  house_.trace.add(house_.now(), 0, event.device, Trace::Kind::kEvent,
                   std::string(alarmName(false, alarm)) + (over ? " over" : ""));
  SpanAlarms& alarms = alarms_[span - 1];
  const auto changed = alarms.told(alarm, over);
  if (!changed) return;
  tellAlarm(span, *changed, !over);
  if (over && !alarms.any()) {
    each([span](Channel& channel) {
      if (channel.span() == span) channel.spanClear();
    });
  }
}

void Dialogic::tellAlarm(uint32_t span, AlarmKind kind, bool on) {
  ChannelId first = 0;
  for (const auto& channel : channels_) {
    if (channel->span() == span) {
      first = channel->id();
      break;
    }
  }
  house_.post({.type = EventType::kAlarm, .channel = first, .alarm = kind, .span = span, .on = on});
}

void Dialogic::die(const std::string& reason) {
  if (!dead_.empty()) return;
  dead_ = reason;
  running_ = false;
  house_.post({.type = EventType::kDead, .text = reason});
}

bool Dialogic::atRest() {
  bool rest = house_.tasks.empty();
  each([&rest](Channel& channel) { rest = rest && channel.atRest(); });
  return rest;
}

void Dialogic::shutDown() {
  each([](Channel& channel) {
    channel.saveRecording();
    channel.closeDevices();
  });
  house_.recordings.close();
  for (const auto& [device, span] : spanByDevice_) {
    house_.called(0, device, "dt_close", house_.api.dt_close(device), spanOf(span).network);
  }
  if (globalCall_) house_.called(0, -1, "gc_Stop", house_.api.gc_Stop());
}

std::string Dialogic::report(Topic topic, ChannelId channel) const {
  const std::lock_guard lock(mutex_);
  Json json;
  switch (topic) {
    case Topic::kCpa:
      return house_.cpaLog.json(channel);
    case Topic::kTrace:
      return house_.trace.json(channel);
    case Topic::kSelfCheck:
      return selfCheck(house_, spans_, dead_);
    case Topic::kInventory:
      json.open('{');
      describeLibraries(house_.api, json);
      json.key("spans").open('[');
      for (size_t s = 0; s < spans_.size(); ++s) {
        describeSpan(spans_[s], static_cast<uint32_t>(s + 1), json);
      }
      json.close(']').key("devices").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describeDevice(json);
      }
      return json.close(']').close('}').take();
    case Topic::kChannels:
      json.open('{').key("channels").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describe(json);
      }
      for (const auto& each : bridges_) {
        if (channel == 0) each->describe(json);
      }
      json.close(']');
      describeCounters(house_.counters, json);
      return json.close('}').take();
    case Topic::kAlarms:
      json.open('{').key("spans").open('[');
      for (size_t s = 0; s < alarms_.size(); ++s) {
        json.open('{').field("span", static_cast<int64_t>(s + 1));
        alarms_[s].describe(json);
        json.key("blocked").open('[');
        for (const auto& each : channels_) {
          if (each->span() == s + 1 && each->phase() == Phase::kBlocked) json.add(each->id());
        }
        json.close(']').close('}');
      }
      return json.close(']').close('}').take();
    case Topic::kRoutes:
      json.open('{').key("routes").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describeRoutes(json);
      }
      return json.close(']').close('}').take();
  }
  return "{}";
}

}  // namespace

std::unique_ptr<DialogicBoard> makeDialogicBoard(Config config) {
  return std::make_unique<Dialogic>(std::move(config));
}

}  // namespace board::dialogic
