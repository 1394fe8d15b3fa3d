// Timers, service and alarms of a channel, and what diagnostics see of it.
#include <algorithm>

#include "board/dialogic/line/channel.h"
#include "board/dialogic/vendor/constants.h"
#include "board/json.h"

namespace board::dialogic {

void Channel::setTimer(Timer timer, double afterMs) {
  due_[static_cast<int>(timer)] = context_.now() + afterMs;
}

double Channel::nextDue() const { return *std::min_element(due_.begin(), due_.end()); }

void Channel::runTimers(double now) {
  for (int i = 0; i < kTimers; ++i) {
    if (due_[i] > now) continue;
    due_[i] = kNotDue;
    switch (static_cast<Timer>(i)) {
      case Timer::kVoice:
        if (const VoiceIo over = voice_.foundOver(); over != VoiceIo::kNone) {
          voiceIsFree(over, 0);
        } else if (voice_.io() != VoiceIo::kNone) {
          recover(name(voice_.io()));
        }
        break;
      case Timer::kNoAnswer:
        due(Timer::kNoAnswer);
        nobodyAnswers();
        break;
      case Timer::kDeadline:
        deadline();
        break;
      case Timer::kDigits:
        tickDigits();
        break;
      default:
        due(static_cast<Timer>(i));
    }
  }
}

void Channel::tellIfServiceChanged(bool before) {
  const bool now = inService();
  if (before == now || !context_.serviceTold) return;
  if (now) {
    // A call that was cut and that nobody dropped is over: the line starts anew.
    if (state_ == LineState::kDropping && !ending_.drop() && phase_ == Phase::kIdle) clearCall();
    post(EventType::kInService);
  } else {
    ++context_.counters.outOfService;
    post({.type = EventType::kOutOfService, .text = service_.reason()});
  }
}

void Channel::blocked(bool on, const std::string& reason) {
  const bool before = inService();
  const bool changed = service_.blocked() != on;
  if (!on) {
    service_.opened();
    service_.unblock();
  } else {
    service_.block(reason);
    constexpr int kOutOfOrder = 27;
    // A line that is being seized has no call yet: it is told like any other, because its owner waits for
    // something.
    if (changed && ref_ != 0 && state_ != LineState::kDropping) disconnected(kOutOfOrder);
  }
  tellIfServiceChanged(before);
}

void Channel::outOfService(const std::string& reason) {
  const bool before = inService();
  const bool wasFailed = service_.failed();
  move(Phase::kFailed);
  service_.opened();
  service_.fail(reason);
  endOperations();
  voice_.abandon();
  clearTimer(Timer::kWatch);
  clearTimer(Timer::kVoice);
  if (ending_.reset()) {
    ending_.resetOver();
    fail("reset", FailureReason::kHardware);
  }
  if (before) {
    tellIfServiceChanged(before);
  } else if (ending_.drop()) {
    post(EventType::kReleased);  // out of service already: the end of the call is all that is waited for
  }
  clearCall();
  if (!wasFailed) retries_ = 0;
  const Watchdogs& w = context_.config.watchdogs;
  const double pause =
      static_cast<double>(w.retryFirstMs) * static_cast<double>(1u << std::min(retries_, 16));
  ++retries_;
  setTimer(Timer::kRetry, std::min(pause, static_cast<double>(w.retryLongestMs)));
}

void Channel::backInService() {
  if (!service_.failed()) return service_.opened();
  const bool before = inService();
  service_.recover();
  retries_ = 0;
  clearTimer(Timer::kRetry);
  tellIfServiceChanged(before);
}

void Channel::closing() {
  service_.withdraw(true);
  endOperations();
  if (ref_ != 0) ending_.wantDrop();
  hangUp();
}

bool Channel::atRest() const {
  const bool rests = phase_ == Phase::kIdle || phase_ == Phase::kBlocked || phase_ == Phase::kFailed ||
                     phase_ == Phase::kClosed || phase_ == Phase::kOpening;
  return rests && voice_.io() == VoiceIo::kNone;
}

void Channel::describeDevice(Json& json) const {
  json.open('{').field("channel", place_.id).field("voice", std::string_view(voice_.name()));
  json.field("handle", voice_.handle()).field("encoding", voice_.alaw() ? "alaw" : "mulaw");
  json.field("family", std::string_view(vendor::nameOf("CT", voice_.family())));
  json.field("network", std::string_view(vendor::nameOf("CT_NT", voice_.networkType())));
  if (context_.api.ATDX_FWVER != nullptr && voice_.isOpen()) {
    json.field("firmware", context_.api.ATDX_FWVER(voice_.handle()));
  }
  json.close('}');
}

void Channel::describe(Json& json) const {
  constexpr const char* kStates[] = {"idle",     "seized",   "dialling",      "ringing",
                                     "answered", "dropping", "out_of_service"};
  constexpr const char* kTimerNames[] = {"watch", "voice", "no_answer", "deadline", "guard",
                                         "retry", "poll",  "loop_drop", "digits"};
  const ChannelState now = state();
  json.open('{').field("channel", place_.id).field("span", place_.span).field("family", name(family_));
  json.field("state", kStates[static_cast<int>(now.state)]).field("phase", name(phase_));
  json.key("reason");
  if (now.reason.empty()) {
    json.null();
  } else {
    json.add(std::string_view(now.reason));
  }
  json.field("ref", static_cast<int64_t>(ref_)).field("voice", std::string_view(voice_.name()));
  json.field("voiceHandle", voice_.handle()).field("running", name(voice_.io()));
  json.field("lastEvent", lastEvent_)
      .field("lastEventAgeMs", lastEvent_ == nullptr ? -1 : context_.now() - lastEventAt_);
  json.key("timers").open('{');
  for (int i = 0; i < kTimers; ++i) {
    if (due_[i] != kNotDue) json.field(kTimerNames[i], due_[i] - context_.now());
  }
  json.close('}')
      .field("retries", retries_)
      .field("streamDelayMs", knownDelayMs_)
      .field("bridge", place_.bridge);
  json.close('}');
}

void Channel::describeRoutes(Json& json) const {
  const Channel* other = connection_.other();
  const char* heard = !connection_.routed() || other == nullptr ? "voice"
                      : other->bridge()                         ? "second_leg"
                                                                : "channel";
  json.open('{').field("channel", place_.id).field("hears", heard);
  if (connection_.routed() && other != nullptr) json.field("peer", other->place_.id);
  json.close('}');
}

}  // namespace board::dialogic
