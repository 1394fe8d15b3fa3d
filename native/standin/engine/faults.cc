#include "standin/engine/faults.h"

namespace standin {

void Faults::begin(const std::vector<FaultSettings>& ordered, const RandomFaults& random, int run) {
  run_ = run;
  for (const FaultSettings& fault : ordered) add(fault);
  chances_ = random;
  random_ = board::sim::Random(random.seed + 0x9E3779B9u * static_cast<uint64_t>(run));
}

bool Faults::loses(unsigned event, const std::string& device) {
  for (Entry& e : ordered_) {
    if (e.fault.kind != "lost_event" || !matches(e, device) || e.used >= e.fault.times) continue;
    if (e.fault.event != 0 && e.fault.event != event) continue;
    ++e.used;
    return true;
  }
  return chances_.lostEvent > 0 && random_.chance(chances_.lostEvent);
}

bool Faults::fails(const std::string& function, const std::string& device) {
  for (Entry& e : ordered_) {
    if (e.fault.kind != "task_fail" || !matches(e, device) || e.used >= e.fault.times) continue;
    if (!e.fault.function.empty() && e.fault.function != function) continue;
    ++e.used;
    return true;
  }
  return chances_.taskFail > 0 && random_.chance(chances_.taskFail);
}

bool Faults::strikes(const char* kind, const std::string& device) {
  for (Entry& e : ordered_) {
    if (e.fault.kind != kind || !matches(e, device) || e.used >= e.fault.times) continue;
    ++e.used;
    return true;
  }
  return false;
}

bool Faults::hangs(const std::string& device) const {
  for (const Entry& e : ordered_) {
    if (e.fault.kind == "hang" && matches(e, device) && !e.over) return true;
  }
  return false;
}

void Faults::reset(const std::string& device) {
  for (Entry& e : ordered_) {
    if (e.fault.kind == "hang" && matches(e, device)) e.over = ++e.resets >= e.fault.resets;
  }
}

std::vector<Faults::Change> Faults::take(double now, int spans, bool& crash) {
  std::vector<Change> changes;
  for (Entry& e : ordered_) {
    if (e.over) continue;
    const FaultSettings& f = e.fault;
    if (f.kind == "crash" && now >= f.atMs && run_ < f.times) crash = true;
    if (f.kind == "alarm_storm" && now >= f.atMs) {
      e.over = true;
      changes.push_back({f.span, f.alarm, true, f.count});
    }
    if (f.kind != "alarm") continue;
    if (e.onSince < 0 && now >= f.atMs) {
      e.onSince = now;
      changes.push_back({f.span, f.alarm, true, 0});
    }
    if (e.onSince >= 0 && f.forMs > 0 && now >= e.onSince + f.forMs) {
      e.over = true;
      changes.push_back({f.span, f.alarm, false, 0});
    }
  }
  for (; now >= nextSecond_; nextSecond_ += 1000) {
    crash = crash || (chances_.crash > 0 && random_.chance(chances_.crash));
    for (int span = 1; chances_.alarmStorm > 0 && span <= spans; ++span) {
      if (random_.chance(chances_.alarmStorm)) changes.push_back({span, "red", true, random_.whole(5, 60)});
    }
  }
  return changes;
}

void Faults::endAlarms(int span) {
  for (Entry& e : ordered_) {
    // The next tick finds it due.
    if (e.fault.kind == "alarm" && e.fault.span == span) e.fault.forMs = 1;
  }
}

}  // namespace standin
