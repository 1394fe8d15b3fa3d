#include "standin/engine/network_line.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"

namespace standin {
namespace {

constexpr float kDialToneDbm0 = -13;  // per frequency

float levelOf(const Frame& frame) {
  double energy = 0;
  for (const int16_t sample : frame) energy += static_cast<double>(sample) * sample;
  return static_cast<float>(10 * std::log10(energy / static_cast<double>(frame.size()) / 0x1p30 + 1e-12) +
                            6.15);
}

}  // namespace

NetworkLine::NetworkLine(World& world, std::string lineName, int boardIndex, Family ofFamily,
                         board::TrunkKind ofKind, int ofSpan)
    : name(std::move(lineName)),
      board(boardIndex),
      family(ofFamily),
      kind(ofKind),
      span(ofSpan),
      world_(world),
      seed_(board::sim::hashOf(name, world.engine().settings.seed)) {}

LegPtr NetworkLine::openLeg(bool dialTone) {
  auto leg = std::make_shared<Leg>(kind, ++seed_);
  const cpd::TonePlan& plan = world_.plan();
  leg->dialTone = dialTone && !plan.dial.steps.empty();
  leg->openedAt = world_.engine().now();
  leg->line.offHook(
      leg->dialTone ? world_.sounds.cadence(plan.code + " dial", plan.dial, kDialToneDbm0) : nullptr,
      world_.sounds.noise());
  legs.push_back(leg);
  active = leg;
  return leg;
}

void NetworkLine::dial(const LegPtr& leg, const std::string& number) {
  world_.call(*leg, number, kind);
  leg->dialTone = false;
  leg->dialledAt = world_.engine().now();
  leg->line.dialling();
  leg->line.dialled(leg->callee, world_.sounds.noise());
  leg->record = world_.record(*this, *leg);
}

void NetworkLine::drop(const LegPtr& leg, const char* by) {
  world_.ended(*leg, by);
  leg->line.onHook();
  std::erase(legs, leg);
  if (active == leg) active = legs.empty() ? nullptr : legs.back();
}

void NetworkLine::handOver(const LegPtr& leg, double staysMs) {
  world_.carry(leg, world_.engine().now() + staysMs);
  std::erase(legs, leg);
  if (active == leg) active = legs.empty() ? nullptr : legs.back();
}

void NetworkLine::tick() {
  const std::vector<LegPtr> now = legs;
  for (const LegPtr& leg : now) {
    board::sim::LineSignals signals;
    leg->sounding = wanted && leg == active;
    leg->line.frame(leg->sounding ? leg->received.data() : nullptr, signals);
    if (signals.alerting) leg->alerting = true;
    if (signals.answered) leg->answered = true;
    if (signals.pickedUp) {
      leg->pickedUpAt = world_.engine().now();
      if (leg->record < world_.calls.size()) {
        CallRecord& record = world_.calls[leg->record];
        record.answeredAt = leg->pickedUpAt;
        if (leg->callee.greetingEndMs >= 0)
          record.greetingEndAt = leg->pickedUpAt + leg->callee.greetingEndMs;
      }
    }
    if (signals.hungUp) {
      world_.ended(*leg, leg->pickedUpAt >= 0 ? "far_end" : "network");
      leg->hungUp = true;
    }
    if (signals.released) {
      leg->released = true;
      leg->cause = signals.cause;
    }
    if (signals.digit != 0 && leg == active) {
      for (VoiceChannel& voice : world_.voices) {
        if (voice.source == this) voice.key(signals.digit);
      }
    }
    // Whoever talks with it over the bus.
    if (leg == active && leg->up() && !leg->talked && source != nullptr && source->network()) {
      leg->talked = true;
      leg->line.talk();
    }
    const std::vector<Follower*> following = followers;
    for (Follower* follower : following) follower->follows(leg, signals);
    if (user != nullptr) user->signalled(leg, signals);
  }
}

void NetworkLine::raise(const std::string& alarm, bool on) {
  const bool before = blocked();
  alarms_ = std::max(0, alarms_ + (on ? 1 : -1));
  if (on) alarm_ = alarm;
  if (blocked() == before) return;
  if (on) {
    const std::vector<LegPtr> now = legs;
    for (const LegPtr& leg : now) {
      world_.ended(*leg, "fault");
      leg->hungUp = leg->released = true;
      leg->line.onHook();
    }
  }
  if (user != nullptr) user->blocked(on, alarm);
}

void NetworkLine::hears(const Frame* frame) { sentDbm0 = frame != nullptr ? levelOf(*frame) : -100; }

}  // namespace standin
