#include "board/sim/exchange.h"

#include <stdexcept>

namespace board::sim {

Exchange::Exchange(Config given)
    : config(std::move(given)),
      pbx(config.world.extensions),
      numbers_(config.world, config.seed, config.plan == "US") {
  if (plan(config.plan) == nullptr) throw std::invalid_argument("plan: no tone plan " + config.plan);
  for (const Subscriber& subscriber : config.world.subscribers) {
    if (!subscriber.plan.empty() && plan(subscriber.plan) == nullptr) {
      throw std::invalid_argument("world.subscribers: " + subscriber.number + ": no tone plan " +
                                  subscriber.plan);
    }
  }
}

void Exchange::loadSounds() {
  const World& world = config.world;
  for (const std::string& path : world.mixLive) sounds.wav(path);
  for (const std::string& path : world.mixMachine) sounds.wav(path);
  for (const Subscriber& subscriber : world.subscribers) {
    for (const std::string& path : subscriber.speech) sounds.wav(path);
    if (!subscriber.ringbackMusic.empty()) sounds.wav(subscriber.ringbackMusic);
  }
}

const cpd::TonePlan* Exchange::plan(const std::string& code) const { return findPlan(config.plans, code); }

std::shared_ptr<const cpd::Settings> Exchange::settings(const DialParameters& of, bool inferAnswer) {
  return settings_.of(*plan(of.plan), of, of.cpdTimeoutMs, inferAnswer);
}

Called Exchange::call(const std::string& number, TrunkKind trunk) {
  if (const Extension* extension = pbx.find(number)) {
    return {makeExtensionCallee(*extension, {sounds, boardPlan(), trunk, config.world, config.seed}),
            Kind::kLive, true};
  }
  const Subscriber subscriber = numbers_.find(number);
  const cpd::TonePlan& called = subscriber.plan.empty() ? boardPlan() : *plan(subscriber.plan);
  return {makeCallee(subscriber, {sounds, called, trunk, config.world, config.seed}), subscriber.kind, false};
}

}  // namespace board::sim
