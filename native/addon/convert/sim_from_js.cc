// Configuration of the simulated board, as src/board/sim/config.ts has checked it, and its faults.
#include <string>

#include "addon/convert/from_js.h"
#include "addon/convert/js_fields.h"
#include "addon/convert/names.h"

namespace addon {
namespace {

board::sim::Subscriber subscriber(const Napi::Value& value) {
  board::sim::Subscriber to;
  const Fields from(value, "subscribers");
  from.text("number", to.number);
  from.name("kind", kSimKindNames, to.kind);
  from.number("ringMs", to.ringMs);
  from.number("answerPauseMs", to.answerPauseMs);
  from.texts("speech", to.speech);
  from.number("repeatGapMs", to.repeatGapMs);
  from.number("levelDbm0", to.levelDbm0);
  from.number("noiseDbm0", to.noiseDbm0);
  from.name("codec", kCodecNames, to.codec);
  from.number("lossPct", to.lossPct);
  from.number("beepHz", to.beepHz);
  from.number("beepMs", to.beepMs);
  from.name("sit", kSitNames, to.sit);
  from.number("cause", to.cause);
  from.text("plan", to.plan);
  from.number("patienceMs", to.patienceMs);
  from.number("talkMs", to.talkMs);
  from.text("ringbackMusic", to.ringbackMusic);
  from.number("falseAnswerMs", to.falseAnswerMs);
  from.text("dtmf", to.dtmf);
  return to;
}

board::sim::Extension extension(const Napi::Value& value) {
  board::sim::Extension to;
  const Fields from(value, "extensions");
  from.text("extension", to.extension);
  from.number("answerMs", to.answerMs);
  from.name("behaviour", kBehaviourNames, to.behaviour);
  return to;
}

board::sim::Trunk trunk(const Napi::Value& value) {
  board::sim::Trunk to;
  const Fields from(value, "trunks");
  from.name("kind", kTrunkKindNames, to.kind);
  from.number("channels", to.channels);
  return to;
}

board::sim::World world(const Napi::Value& value) {
  board::sim::World to;
  const Fields from(value, "world");
  from.list("subscribers", to.subscribers, subscriber);
  std::string unlisted = "mix";
  from.text("unlisted", unlisted);
  to.mixUnlisted = unlisted == "mix";
  if (!to.mixUnlisted) from.name("unlisted", kSimKindNames, to.unlisted);
  if (!absent(from.get("mixSpeech"))) {
    const Fields speech(from.get("mixSpeech"), "mixSpeech");
    speech.texts("live", to.mixLive);
    speech.texts("machine", to.mixMachine);
  }
  from.list("extensions", to.extensions, extension);
  from.list("faults", to.faults, simFaultFromJs);
  return to;
}

}  // namespace

board::sim::Fault simFaultFromJs(const Napi::Value& value) {
  board::sim::Fault to{};
  const Fields from(value, "faults");
  from.name("kind", kFaultNames, to.kind);
  from.number("channel", to.channel);
  from.number("times", to.times);
  from.text("event", to.event);
  from.text("number", to.number);
  from.number("calls", to.calls);
  from.number("resets", to.resets);
  from.number("span", to.span);
  from.name("alarm", kAlarmNames, to.alarm);
  from.number("atMs", to.atMs);
  from.number("forMs", to.forMs);
  return to;
}

void configFromJs(const Napi::Value& value, board::sim::Config& to) {
  const Fields from(value, "config");
  from.text("name", to.name);
  from.list("trunks", to.trunks, trunk);
  from.text("plan", to.plan);
  from.list("plans", to.plans, tonePlanFromJs);
  from.number("seed", to.seed);
  const Napi::Value clock = from.get("clock");
  to.stepped = clock.IsString();
  if (!to.stepped) Fields(clock, "clock").number("speed", to.speed);
  to.world = world(from.get("world"));
}

}  // namespace addon
