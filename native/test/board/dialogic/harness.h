// The Dialogic board on the stand-in vendor libraries, its clock stepped, its events kept.
#pragma once

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "board/dialogic/board/dialogic_board.h"
#include "board/names.h"
#include "media/wav.h"

namespace dialogictest {

using board::CallRef;
using board::ChannelId;
using board::Event;
using board::EventType;
using board::LineState;
using board::Status;
using board::dialogic::Config;
using board::dialogic::SpanConfig;

// The functions that the stand-in exports beside the vendor's; see native/standin/README.md.
struct StandIn {
  StandIn() {
    library = dlopen(VENDOR_LIBS "/libsrl.so", RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    if (library == nullptr) throw std::runtime_error(dlerror());
    find(configure, "standin_configure");
    find(error, "standin_error");
    find(reset, "standin_reset");
    find(now, "standin_now");
    find(advance, "standin_advance");
    find(misuse, "standin_misuse");
    find(report, "standin_report");
    find(calls, "standin_calls");
    find(fault, "standin_fault");
    find(alarm, "standin_alarm");
  }

  template <typename Function>
  void find(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    if (function == nullptr) throw std::runtime_error(std::string("the stand-in has no ") + name);
  }

  std::string text(int (*write)(char*, int)) const {
    std::string buffer(static_cast<size_t>(write(nullptr, 0)) + 1, '\0');
    write(buffer.data(), static_cast<int>(buffer.size()));
    buffer.resize(buffer.find('\0'));
    return buffer;
  }

  void* library;
  int (*configure)(const char*);
  const char* (*error)();
  void (*reset)();
  double (*now)();
  int (*advance)(double);
  long (*misuse)(const char*);
  int (*report)(char*, int);
  int (*calls)(char*, int);
  int (*fault)(const char*);
  int (*alarm)(int, const char*, int);
};

inline StandIn& standIn() {
  static StandIn instance;
  return instance;
}

inline SpanConfig analogSpan(int channels = 4) {
  SpanConfig span;
  span.kind = board::TrunkKind::kAnalog;
  span.channels = channels;
  return span;
}

inline SpanConfig isdnSpan(int channels = 4) {
  SpanConfig span;
  span.kind = board::TrunkKind::kIsdn;
  span.network = "dtiB1";
  span.channels = channels;
  return span;
}

inline SpanConfig sipSpan(int channels = 4) {
  SpanConfig span;
  span.kind = board::TrunkKind::kSip;
  span.network = "iptB1";
  span.media = "ipmB1C1";
  span.channels = channels;
  return span;
}

inline Config configOf(std::vector<SpanConfig> spans) {
  Config config;
  config.libraries.folder = VENDOR_LIBS;
  config.libraries.clock = "standin_now";
  config.spans = std::move(spans);
  return config;
}

// {"clock": "step", "boards": [...], "world": {...}} with these boards and subscribers.
inline std::string worldOf(const std::string& boards, const std::string& subscribers,
                           const std::string& more = "") {
  return R"({"clock":"step","boards":[)" + boards + R"(],"world":{"unlisted":"live","subscribers":[)" +
         subscribers +
         R"(],"extensions":[{"extension":"7001","answerMs":600,"behaviour":"answer"},)"
         R"({"extension":"7002","behaviour":"busy"},{"extension":"7003","behaviour":"refuse"}]})" +
         more + "}";
}

// A WAV file of two seconds.
inline std::string announcement() {
  static const std::string file = [] {
    std::vector<int16_t> samples(16'000);
    for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<int16_t>((i % 40) * 200);
    const std::string path = "/tmp/dialogic-announcement-" + std::to_string(getpid()) + ".wav";
    media::writeWav(path, samples);
    return path;
  }();
  return file;
}

class Events : public board::EventSink {
 public:
  void post(Event&& event) override {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(event));
  }
  std::vector<Event> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Event> all_;
};

struct Bench {
  // Time does not move before so many devices are open: what stands at the start is there for the board to be told.
  // `before`: the vendor's time that passes before the board is opened.
  Bench(const std::string& world, Config config, int opened = 0, double before = 0) {
    standIn().reset();
    if (standIn().configure(world.c_str()) != 0) throw std::runtime_error(standIn().error());
    if (before > 0) standIn().advance(before);
    board = board::dialogic::makeDialogicBoard(std::move(config));
    // Lines open in the vendor's time, which moves only when it is moved.
    std::future<void> opening = std::async(std::launch::async, [this] { board->open(events); });
    while (openDevices() < opened &&
           opening.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    }
    while (opening.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) standIn().advance(20);
    opening.get();
  }

  ~Bench() { close(); }

  static int openDevices() {
    const std::string report = standIn().text(standIn().report);
    const std::string name = "\"open\": ";
    const size_t at = report.find(name);
    return at == std::string::npos ? 0 : std::stoi(report.substr(at + name.size()));
  }

  void close() {
    if (board == nullptr) return;
    std::future<void> closing = std::async(std::launch::async, [this] { board->close(); });
    while (closing.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) standIn().advance(20);
    board.reset();
    const std::string report = standIn().text(standIn().report);
    CHECK_MESSAGE(standIn().misuse(nullptr) == 0, report);
  }

  void pass(double ms) {
    for (; ms > 0; ms -= 20) standIn().advance(20);
  }

  // The event, waiting for it at most so long; its type is kOverflow if it did not come.
  Event until(ChannelId channel, EventType type, double ms, size_t from = 0) {
    for (double left = ms;; left -= 20) {
      const std::vector<Event> all = events.all();
      for (size_t i = from; i < all.size(); ++i) {
        if (all[i].channel == channel && all[i].type == type) return all[i];
      }
      if (left <= 0) return Event{.type = EventType::kOverflow};
      standIn().advance(20);
    }
  }
  bool came(ChannelId channel, EventType type, double ms, size_t from = 0) {
    return until(channel, type, ms, from).type == type;
  }

  size_t mark() const { return events.all().size(); }

  bool seize(ChannelId channel, CallRef ref) {
    const size_t from = mark();
    return board->seize(channel, ref) == Status::kOk && came(channel, EventType::kSeized, 4000, from);
  }

  bool call(ChannelId channel, CallRef ref, const std::string& number,
            board::DialParameters parameters = {}) {
    if (parameters.plan.empty()) parameters.plan = "US";
    return seize(channel, ref) && board->dial(channel, ref, number, parameters) == Status::kOk;
  }

  bool answered(ChannelId channel, CallRef ref, const std::string& number,
                board::DialParameters parameters = {}) {
    const size_t from = mark();
    return call(channel, ref, number, std::move(parameters)) &&
           came(channel, EventType::kAnswered, 60000, from);
  }

  bool dropped(ChannelId channel, CallRef ref) {
    const size_t from = mark();
    return board->drop(channel, ref) == Status::kOk && came(channel, EventType::kReleased, 20000, from);
  }

  LineState state(ChannelId channel) const { return board->channels()[channel - 1].state; }

  // Names of the events of one call, observations and those named left out: "seized dialled answered".
  std::string story(CallRef ref, std::vector<EventType> without = {}) const {
    std::string text;
    for (const Event& event : events.all()) {
      if (event.ref != ref || event.type == EventType::kObservation) continue;
      if (std::find(without.begin(), without.end(), event.type) != without.end()) continue;
      text += (text.empty() ? "" : " ") + std::string(board::name(event.type));
    }
    return text;
  }

  Events events;
  std::unique_ptr<board::dialogic::DialogicBoard> board;
};

}  // namespace dialogictest
