#include "addon/from_js.h"

#include <string>
#include <utility>
#include <vector>

#include "addon/js_fields.h"
#include "addon/names.h"
#include "cpd/tone_plan.h"

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

// The cadences are in their notation; src/board has parsed them once already.
cpd::TonePlan tonePlanFromJs(const Napi::Value& value) {
  cpd::TonePlan to;
  const Fields from(value, "plans");
  from.text("code", to.code);
  from.text("name", to.name);
  const auto cadence = [&from](const char* field, cpd::Cadence& into) {
    std::string notation;
    from.text(field, notation);
    if (!notation.empty()) into = cpd::parseCadence(notation);
  };
  cadence("dial", to.dial);
  cadence("ringback", to.ringback);
  cadence("busy", to.busy);
  cadence("congestion", to.congestion);
  cadence("callWaiting", to.callWaiting);
  cadence("info", to.info);
  cadence("numberUnobtainable", to.numberUnobtainable);
  return to;
}

board::DialParameters dialParametersFromJs(const Napi::Value& value) {
  board::DialParameters to;
  const Fields from(value, "parameters");
  from.text("plan", to.plan);
  from.name("mode", kModeNames, to.mode);
  from.number("ringTimeoutMs", to.ringTimeoutMs);
  from.number("cpdTimeoutMs", to.cpdTimeoutMs);
  from.text("callerId", to.callerId);
  from.flag("noDetection", to.noDetection);
  from.number("maxHumanLoss", to.maxHumanLoss);
  from.number("scoreOffset", to.scoreOffset);
  from.text("recordFile", to.recordFile);
  from.name("cpa", kCpaNames, to.cpa);
  return to;
}

board::DigitLimits digitLimitsFromJs(const Napi::Value& value) {
  board::DigitLimits to;
  const Fields from(value, "limits");
  from.number("count", to.count);
  std::string terminator;
  from.text("terminator", terminator);
  if (!terminator.empty()) to.terminator = terminator[0];
  from.number("timeoutMs", to.timeoutMs);
  return to;
}

board::TransferStyle transferStyleFromJs(const Napi::Value& value) {
  const auto style =
      value.IsString() ? kTransferStyleNames.find(value.As<Napi::String>().Utf8Value()) : std::nullopt;
  if (!style) throw wrong(value.Env(), "style", "blind, consult or bridge");
  return *style;
}

board::Topic topicFromJs(const Napi::Value& value) {
  const auto topic = value.IsString() ? kTopicNames.find(value.As<Napi::String>().Utf8Value()) : std::nullopt;
  if (!topic) throw wrong(value.Env(), "topic", "a topic of diagnostics");
  return *topic;
}

board::DriverConfig driverConfigFromJs(const Napi::Value& value) {
  std::string driver;
  Fields(value, "config").text("driver", driver);
  if (driver == "sim") return simConfigFromJs(value);
  if (driver == "dialogic") return dialogicConfigFromJs(value);
  throw board::OpenError("NOT_SUPPORTED", "driver " + driver + ": not in this build");
}

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

board::sim::Config simConfigFromJs(const Napi::Value& value) {
  board::sim::Config to;
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
  return to;
}

}  // namespace addon
