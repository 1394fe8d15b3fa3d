#include "board/sim/world/faults.h"

#include <algorithm>
#include <string_view>

#include "board/names.h"

namespace board::sim {
namespace {

std::string_view bare(std::string_view number) { return number.substr(number.starts_with('+') ? 1 : 0); }

}  // namespace

bool Faults::noDialTone(ChannelId channel) const {
  return std::any_of(faults_.begin(), faults_.end(), [channel](const Entry& e) {
    return e.fault.kind == FaultKind::kNoDialTone && e.fault.channel == channel;
  });
}

bool Faults::glare(ChannelId channel) {
  for (Entry& e : faults_) {
    if (e.fault.kind != FaultKind::kGlare || e.fault.channel != channel || e.count >= e.fault.times) continue;
    ++e.count;
    return true;
  }
  return false;
}

bool Faults::hangs(ChannelId channel) {
  bool hangs = false;
  for (Entry& e : faults_) {
    if (e.fault.kind != FaultKind::kHang || e.fault.channel != channel || e.over) continue;
    hangs = ++e.count >= e.fault.calls || hangs;
  }
  return hangs;
}

bool Faults::resetCures(ChannelId channel) {
  bool cures = true;
  for (Entry& e : faults_) {
    if (e.fault.kind != FaultKind::kHang || e.fault.channel != channel || e.over) continue;
    if (e.count < e.fault.calls) continue;
    e.over = ++e.resetCount >= e.fault.resets;
    cures = cures && e.over;
  }
  return cures;
}

bool Faults::lost(const std::string& number, EventType event) const {
  return std::any_of(faults_.begin(), faults_.end(), [&](const Entry& e) {
    return e.fault.kind == FaultKind::kLostEvent && bare(e.fault.number) == bare(number) &&
           e.fault.event == name(event);
  });
}

void Faults::takeAlarms(double now, const std::function<void(const SpanAlarm&)>& changed) {
  for (Entry& e : faults_) {
    if (e.fault.kind != FaultKind::kAlarm || e.over) continue;
    if (e.onSince < 0 && now >= e.fault.atMs) {
      e.onSince = now;
      changed({e.fault.span, e.fault.alarm, true});
    }
    if (e.onSince >= 0 && e.fault.forMs > 0 && now >= e.onSince + e.fault.forMs) {
      e.over = true;
      changed({e.fault.span, e.fault.alarm, false});
    }
  }
}

void Faults::endAlarm(uint32_t span) {
  for (Entry& e : faults_) {
    // The next tick finds it due.
    if (e.fault.kind == FaultKind::kAlarm && e.fault.span == span && e.onSince >= 0) e.fault.forMs = 1;
  }
}

bool Faults::boardDies(double now) const {
  return std::any_of(faults_.begin(), faults_.end(), [now](const Entry& e) {
    return e.fault.kind == FaultKind::kDead && now >= e.fault.atMs;
  });
}

}  // namespace board::sim
