// The board's one thread: what is due, then the next event of the vendor; and its end.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "board/dialogic/board/board_parts.h"

namespace board::dialogic {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kLongestWaitMs = 500;
constexpr int kPollMs = 10;                         // without sr_putevt nobody wakes the thread
constexpr auto kClosing = std::chrono::seconds(3);  // close() gives calls so long to be dropped and released
constexpr int kErrorsUntilDead = 100;               // of the wait, in a row

}  // namespace

void Dialogic::run() {
  {
    const std::lock_guard lock(mutex_);
    try {
      startUp();
    } catch (const std::exception& error) {
      startProblem_ = error.what();
      if (globalCall_) context_.api.gc_Stop();
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
  while (!context_.tasks.empty()) {
    std::vector<std::function<void()>> tasks;
    tasks.swap(context_.tasks);
    for (const auto& task : tasks) task();
  }
  const double now = context_.now();
  hearAll();
  bool streaming = false;
  double next = now + kLongestWaitMs;
  each([&](Channel& channel) {
    channel.runTimers(now);
    streaming = streaming || channel.streaming();
    next = std::min(next, channel.nextDue());
  });
  timers_.take(now, [this](uint32_t timer) { context_.post({.type = EventType::kTimer, .timer = timer}); });
  next = std::min(next, timers_.nextDue());
  if (!settled_) {
    next = std::min(next, findStandingAlarms(now));
    settled_ = true;
    // Lines that an alarm keeps away will not be there soon.
    each([this](Channel& channel) {
      const bool kept = channel.phase() == Phase::kBlocked && alarms_[channel.span() - 1].any();
      settled_ = settled_ && (channel.settled() || kept);
    });
    if (settled_) changed_.notify_all();
  }
  double wait = std::max(0.0, std::ceil(next - now));
  // The library says of sound that came neither when nor in which thread: it is looked for every frame.
  if (streaming) wait = std::min<double>(wait, cpd::kFrameMs);
  if (!srl_.canWake()) wait = std::min<double>(wait, kPollMs);
  timeoutMs = context_.tasks.empty() ? static_cast<int>(wait) : 0;
  events.swap(context_.outbox);
}

// Frame by frame of all channels at once: the detector is much cheaper so than one channel after the other.
void Dialogic::hearAll() {
  for (;;) {
    bank_.clear();
    hearing_.clear();
    each([this](Channel& channel) {
      cpd::BankChannel frame;
      if (!channel.beginHear(frame)) return;
      bank_.push_back(frame);
      hearing_.push_back(&channel);
    });
    if (bank_.empty()) return;
    cpd::hearTogether(bank_);
    context_.counters.mostHeardTogether =
        std::max<uint64_t>(context_.counters.mostHeardTogether, bank_.size());
    for (size_t i = 0; i < bank_.size(); ++i) hearing_[i]->endHear(bank_[i].heard);
  }
}

void Dialogic::die(const std::string& reason) {
  if (!dead_.empty()) return;
  dead_ = reason;
  running_ = false;
  context_.post({.type = EventType::kDead, .text = reason});
}

bool Dialogic::atRest() {
  bool rest = context_.tasks.empty();
  each([&rest](Channel& channel) { rest = rest && channel.atRest(); });
  return rest;
}

void Dialogic::shutDown() {
  each([](Channel& channel) {
    channel.saveRecording();
    channel.closeDevices();
  });
  context_.recordings.close();
  for (const auto& [device, span] : spanByDevice_) {
    context_.called(0, device, "dt_close", context_.api.dt_close(device), spanOf(span).network);
  }
  if (globalCall_) context_.called(0, -1, "gc_Stop", context_.api.gc_Stop());
}

}  // namespace board::dialogic
