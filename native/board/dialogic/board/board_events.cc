// Each event of the vendor to the line or span that it is for.
#include <algorithm>
#include <cstring>
#include <utility>

#include "board/dialogic/board/board_parts.h"
#include "board/dialogic/line/global_call/gc_line.h"
#include "board/dialogic/vendor/constants.h"
#include "board/names.h"

namespace board::dialogic {
namespace {

// Lines are let through sooner than this after they were opened, where nothing stands in the way.
constexpr double kAlarmToldMs = 2'000;

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
    case vendor::GCEV_FACILITY_REJ:
    case vendor::GCEV_INVOKE_XFER_REJ:
    case vendor::GCEV_INVOKE_XFER_FAIL:
    case vendor::GCEV_XFER_FAIL:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Dialogic::handle(VendorEvent& event) {
  if (event.globalCall) return handleGlobalCall(event);
  const auto voice = context_.byVoice.find(event.device);
  const bool known = voice != context_.byVoice.end() && voice->second != nullptr;
  const std::string name = vendor::nameOf("TDX", event.type);
  if (known) {
    Channel& channel = *voice->second;
    std::string text = name;
    if (event.type == vendor::TDX_CST && event.data != nullptr && event.length >= 4) {
      vendor::DxCst status;
      std::memcpy(&status, event.data, sizeof status);
      text += " " + vendor::nameOf("DE", status.cst_event) + " " + std::to_string(status.cst_data);
    }
    context_.trace.add(context_.now(), channel.id(), event.device, Trace::Kind::kEvent, std::move(text));
    return channel.onVoice(event.type, event.data, event.length);
  }
  const auto span = spanByDevice_.find(event.device);
  if (span != spanByDevice_.end()) return spanEvent(span->second, event);
  ++context_.counters.lateEvents;
  context_.trace.add(context_.now(), 0, event.device, Trace::Kind::kEvent,
                     name + ": of no device that is open here");
}

void Dialogic::handleGlobalCall(VendorEvent& event) {
  if (!context_.widthSeen) {
    // The start could not probe it: the first event shows it.
    const std::string problem = checkMetaevent(event.metaevent, event.device, event.type);
    if (!problem.empty()) return die(kOtherLayout + problem);
    context_.widthSeen = true;
  }
  GcEvent told{event.type, event.line, event.crn, kNotAsked, kNotAsked, ""};
  if (hasResult(event.type)) {
    const GcInfo info = context_.gcResult(event.metaevent.bytes);
    told.result = info.value;
    told.ccValue = info.ccValue;
    told.message = info.message + (info.ccMessage.empty() ? "" : ", " + info.ccMessage);
  }
  const auto line = context_.byLine.find(event.line);
  const bool known = line != context_.byLine.end();
  std::string text = vendor::nameOf("GCEV", event.type) + " crn " + std::to_string(event.crn);
  if (told.result != kNotAsked) {
    text += " " + vendor::nameOf("GCRV", told.result) + " cc " + std::to_string(told.ccValue) + " " +
            told.message;
  }
  context_.trace.add(context_.now(), known ? line->second->id() : 0, event.line, Trace::Kind::kEvent,
                     std::move(text));
  if (!known) {
    ++context_.counters.lateEvents;
    return;
  }
  GcLine& channel = *line->second;
  if (event.type == vendor::GCEV_BLOCKED) {
    lineBlocked(channel, told.result);
    return channel.onLine(told);
  }
  if (event.type == vendor::GCEV_D_CHAN_STATUS) return;
  channel.onLine(told);
  SpanAlarms& alarms = alarms_[channel.span() - 1];
  if (event.type == vendor::GCEV_OPENEX && channel.phase() == Phase::kBlocked) blockedByAlarm(channel);
  if (event.type != vendor::GCEV_UNBLOCKED) return;
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

// A line that waits for the network while its span has an alarm: that is what it waits for.
void Dialogic::blockedByAlarm(Channel& line) {
  const SpanAlarms& alarms = alarms_[line.span() - 1];
  if (alarms.any()) line.blocked(true, std::string("alarm_") + name(alarms.first()));
}

// An alarm that came before its events were asked for is never told. A span all of whose lines still wait for the
// network after a while, and whose line says that the network carries no calls, has one. Which it is nobody says.
// Returns when to look again.
double Dialogic::findStandingAlarms(double now) {
  double next = kNever;
  for (uint32_t span = 1; span <= spans_.size(); ++span) {
    double& askAt = askAt_[span - 1];
    if (!isWaiting(span)) {
      askAt = kNever;
      continue;
    }
    if (askAt == kNever) askAt = now + kAlarmToldMs;
    if (now < askAt) {
      next = std::min(next, askAt);
      continue;
    }
    askAt = now + kAlarmToldMs;
    GcLine* line = lineAtNetwork(span);
    if (line == nullptr || !line->outAtNetwork()) continue;
    const auto changed = alarms_[span - 1].inferred(AlarmKind::kRed);
    if (!changed) continue;
    tellAlarm(span, *changed, true);
    each([&](Channel& channel) {
      if (channel.span() == span) blockedByAlarm(channel);
    });
  }
  return next;
}

bool Dialogic::isWaiting(uint32_t span) {
  if (!spanOf(span).network.starts_with("dti") || alarms_[span - 1].any()) return false;
  bool waiting = true;
  each([&](Channel& channel) {
    waiting = waiting && (channel.span() != span || channel.phase() == Phase::kBlocked);
  });
  return waiting;
}

GcLine* Dialogic::lineAtNetwork(uint32_t span) {
  for (const auto& [handle, line] : context_.byLine) {
    if (line->span() == span) return line;
  }
  return nullptr;
}

void Dialogic::spanEvent(uint32_t span, const VendorEvent& event) {
  if (event.type != vendor::DTEV_T1ERRC || event.data == nullptr || event.length < 1) return;
  // The width of the number is not said anywhere: as much as there is, up to 4 bytes.
  uint32_t number = 0;
  std::memcpy(&number, event.data, static_cast<size_t>(std::min(event.length, 4)));
  const bool dchannel = (number & 0x100) != 0;
  const bool over = ((number & 0xFF) & vendor::kAlarmOver) != 0;
  const int alarm = static_cast<int>(number & (dchannel ? 0x10Fu : 0x0Fu));
  context_.trace.add(context_.now(), 0, event.device, Trace::Kind::kEvent,
                     std::string(alarmName(false, alarm)) + (over ? " over" : ""));
  SpanAlarms& alarms = alarms_[span - 1];
  const auto changed = alarms.told(alarm, over);
  if (!changed) return;
  tellAlarm(span, *changed, !over);
  each([&](Channel& channel) {
    if (channel.span() != span) return;
    if (!over && channel.phase() == Phase::kBlocked) blockedByAlarm(channel);
  });
  if (!over || alarms.any()) return;
  for (const auto& [device, line] : context_.byLine) {
    if (line->span() == span) line->spanClear();
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
  context_.post({.type = EventType::kAlarm, .channel = first, .alarm = kind, .span = span, .on = on});
}

}  // namespace board::dialogic
