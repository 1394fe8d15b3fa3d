#include "addon/convert/to_js.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "addon/convert/names.h"
#include "board/names.h"

namespace addon {
namespace {

// A figure rounded for reading: what is beyond two decimals is noise of the measurement.
double rounded(float value) { return std::round(static_cast<double>(value) * 100) / 100; }

// Confidence and scores to four decimals.
double fine(float value) { return std::round(static_cast<double>(value) * 1e4) / 1e4; }

Napi::Array frequencies(Napi::Env env, const float (&hz)[3]) {
  Napi::Array array = Napi::Array::New(env);
  for (float value : hz) {
    if (value > 0) array[array.Length()] = Napi::Number::New(env, rounded(value));
  }
  return array;
}

// None or one, by name.
Napi::Array toneNames(Napi::Env env, cpd::ToneId tone) {
  Napi::Array array = Napi::Array::New(env);
  if (tone != cpd::ToneId::kNone) array[0u] = name(tone);
  return array;
}

bool hasOwnEvent(const board::Event& event) {
  return event.type == board::EventType::kObservation &&
         (!event.observation || event.observation->kind == cpd::ObservationKind::kAnswered ||
          event.observation->kind == cpd::ObservationKind::kVerdict);
}

void addVerdict(Napi::Env env, Napi::Object& object, const cpd::EvidenceCopy& evidence, int32_t cause) {
  object["verdict"] = nameOrNull(env, kVerdictNames.of(evidence.verdict));
  object["sit"] = nameOrNull(env, kSitNames.of(evidence.sit));
  object["confidence"] = fine(evidence.confidence);
  object["evidence"] = toJs(env, evidence, cause);
}

Napi::Object eventToJs(Napi::Env env, const board::Event& event) {
  Napi::Object object = Napi::Object::New(env);
  object["channel"] = event.channel;
  object["ref"] = static_cast<double>(event.ref);
  object["at"] = event.at;
  object["type"] = board::name(event.type);
  switch (event.type) {
    case board::EventType::kRinging:
    case board::EventType::kAnswered:
      object["by"] = event.byAudio ? "audio" : "signal";
      break;
    case board::EventType::kObservation:
      object["observation"] = toJs(env, *event.observation);
      if (!event.prints.empty()) object["prints"] = printsToJs(env, event.prints);
      if (!event.recording.empty()) object["recording"] = event.recording;
      break;
    case board::EventType::kVerdict:
      addVerdict(env, object, event.evidence.value_or(cpd::EvidenceCopy{}), event.cause);
      break;
    case board::EventType::kScore:
      object["atMs"] = event.score->atMs;
      object["machineLogOdds"] = fine(event.score->machineLogOdds);
      object["machineFrom"] = fine(event.score->machineFrom);
      object["liveBelow"] = fine(event.score->liveBelow);
      break;
    case board::EventType::kDisconnected:
      object["cause"] = msOrNull(env, event.cause);
      break;
    case board::EventType::kJoined:
      object["other"] = event.other;
      break;
    case board::EventType::kPlayed:
      object["completed"] = Napi::Boolean::New(env, event.completed);
      break;
    case board::EventType::kDigits:
      object["digits"] = event.text;
      object["reason"] = event.digitsReason;
      break;
    case board::EventType::kFailed:
      object["command"] = event.text;
      object["reason"] = kFailureNames.of(event.failure);
      break;
    case board::EventType::kAlarm:
      object["span"] = event.span;
      object["alarm"] = board::name(event.alarm);
      object["on"] = Napi::Boolean::New(env, event.on);
      break;
    case board::EventType::kOutOfService:
    case board::EventType::kDead:
      object["reason"] = event.text;
      break;
    case board::EventType::kOverflow:
      object["count"] = static_cast<double>(event.count);
      break;
    case board::EventType::kTimer:
      object["timer"] = event.timer;
      break;
    case board::EventType::kSeized:
    case board::EventType::kDialled:
    case board::EventType::kProceeding:
    case board::EventType::kNoAnswer:
    case board::EventType::kTransferred:
    case board::EventType::kParted:
    case board::EventType::kReleased:
    case board::EventType::kReset:
    case board::EventType::kInService:
      break;
  }
  return object;
}

Napi::Value atOrNull(Napi::Env env, double at) {
  return at < 0 ? env.Null() : Napi::Value(Napi::Number::New(env, at));
}

Napi::Value cadenceOrNull(Napi::Env env, const cpd::Cadence& cadence) {
  return cadence.steps.empty() ? env.Null() : toJs(env, cadence);
}

}  // namespace

Napi::Value nameOrNull(Napi::Env env, const char* name) {
  return name == nullptr ? env.Null() : Napi::Value(Napi::String::New(env, name));
}

Napi::Value msOrNull(Napi::Env env, int32_t ms) {
  return ms == cpd::kNever ? env.Null() : Napi::Value(Napi::Number::New(env, ms));
}

Napi::Uint32Array printsToJs(Napi::Env env, const std::vector<cpd::known::Print>& prints) {
  Napi::Uint32Array array = Napi::Uint32Array::New(env, prints.size());
  std::copy(prints.begin(), prints.end(), array.Data());
  return array;
}

Napi::Value toJs(Napi::Env env, const board::Inventory& inventory) {
  Napi::Object object = Napi::Object::New(env);
  object["driver"] = inventory.driver;
  object["name"] = inventory.name;
  Napi::Array spans = Napi::Array::New(env, inventory.spans.size());
  for (uint32_t i = 0; i < inventory.spans.size(); ++i) {
    const board::Span& from = inventory.spans[i];
    Napi::Object span = Napi::Object::New(env);
    span["span"] = from.span;
    span["kind"] = kTrunkKindNames.of(from.kind);
    Napi::Array channels = Napi::Array::New(env, from.channels.size());
    for (uint32_t c = 0; c < from.channels.size(); ++c) channels[c] = from.channels[c];
    span["channels"] = channels;
    Napi::Array cpa = Napi::Array::New(env, from.cpa.size());
    for (uint32_t c = 0; c < from.cpa.size(); ++c) cpa[c] = kCpaNames.of(from.cpa[c]);
    span["cpa"] = cpa;
    spans[i] = span;
  }
  object["spans"] = spans;
  return object;
}

Napi::Value toJs(Napi::Env env, const board::ChannelState& state) {
  Napi::Object object = Napi::Object::New(env);
  object["channel"] = state.channel;
  object["span"] = state.span;
  object["kind"] = kTrunkKindNames.of(state.kind);
  object["state"] = kLineStateNames.of(state.state);
  object["reason"] = nameOrNull(env, state.reason.empty() ? nullptr : state.reason.c_str());
  object["ref"] = static_cast<double>(state.ref);
  object["lastEvent"] = nameOrNull(env, state.lastEvent);
  object["lastEventAt"] = state.lastEvent == nullptr ? env.Null() : atOrNull(env, state.lastEventAt);
  return object;
}

Napi::Value toJs(Napi::Env env, const cpd::EvidenceCopy& evidence, int32_t cause) {
  Napi::Object object = Napi::Object::New(env);
  object["rule"] = evidence.rule;
  object["confidence"] = fine(evidence.confidence);
  object["verdict"] = nameOrNull(env, kVerdictNames.of(evidence.verdict));
  object["sit"] = nameOrNull(env, kSitNames.of(evidence.sit));
  object["decidedMs"] = msOrNull(env, evidence.decidedMs);
  object["answerMs"] = msOrNull(env, evidence.answerMs);
  object["speechStartMs"] = msOrNull(env, evidence.speechStartMs);
  object["greetingEndMs"] = msOrNull(env, evidence.greetingEndMs);
  object["beepMs"] = msOrNull(env, evidence.beepMs);
  object["segments"] = listToJs(env, evidence.segments);
  Napi::Object scores = Napi::Object::New(env);
  for (const cpd::Score& score : evidence.scores) scores[score.name] = fine(score.value);
  object["scores"] = scores;
  if (!evidence.recording.empty()) object["recording"] = evidence.recording;
  object["cause"] = msOrNull(env, cause);
  return object;
}

Napi::Value toJs(Napi::Env env, const cpd::Segment& segment) {
  Napi::Object object = Napi::Object::New(env);
  object["kind"] = kSegmentNames.of(segment.kind);
  object["startMs"] = segment.startMs;
  object["endMs"] = segment.endMs;
  if (segment.hz[0] > 0) object["hz"] = frequencies(env, segment.hz);
  if (std::isfinite(segment.dbm0)) object["dbm0"] = rounded(segment.dbm0);
  return object;
}

Napi::Value toJs(Napi::Env env, const cpd::Observation& seen) {
  Napi::Object object = Napi::Object::New(env);
  object["kind"] = kObservationNames.of(seen.kind);
  switch (seen.kind) {
    case cpd::ObservationKind::kSegment:
      object["segment"] = toJs(env, seen.segment);
      break;
    case cpd::ObservationKind::kTone:
      object["tone"] = name(seen.tone);
      object["ambiguousWith"] = toneNames(env, seen.ambiguousWith);
      object["startMs"] = seen.startMs;
      object["endMs"] = msOrNull(env, seen.endMs);
      object["hz"] = frequencies(env, seen.hz);
      break;
    case cpd::ObservationKind::kSpeechStart:
    case cpd::ObservationKind::kSpeechEnd:
    case cpd::ObservationKind::kGreetingEnd:
      object["atMs"] = seen.startMs;
      break;
    case cpd::ObservationKind::kBeep:
      object["startMs"] = seen.startMs;
      object["endMs"] = seen.endMs;
      object["hz"] = rounded(seen.hz[0]);
      break;
    case cpd::ObservationKind::kCorrection:
      object["verdict"] = nameOrNull(env, kVerdictNames.of(seen.verdict));
      object["atMs"] = seen.startMs;
      object["confidence"] = fine(seen.confidence);
      break;
    case cpd::ObservationKind::kAnswered:
      object["atMs"] = seen.startMs;
      break;
    case cpd::ObservationKind::kVerdict:
      object["verdict"] = nameOrNull(env, kVerdictNames.of(seen.verdict));
      object["sit"] = nameOrNull(env, kSitNames.of(seen.sit));
      object["atMs"] = seen.startMs;
      object["confidence"] = fine(seen.confidence);
      break;
  }
  return object;
}

Napi::Value toJs(Napi::Env env, const cpd::Cadence& cadence) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array steps = Napi::Array::New(env, cadence.steps.size());
  for (uint32_t i = 0; i < cadence.steps.size(); ++i) {
    const cpd::ToneStep& from = cadence.steps[i];
    Napi::Object step = Napi::Object::New(env);
    step["hz"] = frequencies(env, {from.hz1, from.hz2, from.hz3});
    step["modulationHz"] =
        from.modHz > 0 ? Napi::Value(Napi::Number::New(env, rounded(from.modHz))) : env.Null();
    step["ms"] = from.ms;
    steps[i] = step;
  }
  object["steps"] = steps;
  object["once"] = Napi::Boolean::New(env, cadence.once);
  return object;
}

Napi::Value toJs(Napi::Env env, const cpd::TonePlan& plan) {
  Napi::Object object = Napi::Object::New(env);
  object["code"] = plan.code;
  object["name"] = plan.name;
  object["dial"] = cadenceOrNull(env, plan.dial);
  object["ringback"] = cadenceOrNull(env, plan.ringback);
  object["busy"] = cadenceOrNull(env, plan.busy);
  object["congestion"] = cadenceOrNull(env, plan.congestion);
  object["callWaiting"] = cadenceOrNull(env, plan.callWaiting);
  object["info"] = cadenceOrNull(env, plan.info);
  object["numberUnobtainable"] = cadenceOrNull(env, plan.numberUnobtainable);
  return object;
}

Napi::Value toJs(Napi::Env env, const board::sim::Heard& heard) {
  Napi::Object object = Napi::Object::New(env);
  object["file"] = heard.file;
  object["at"] = heard.at;
  object["fromMs"] = heard.fromMs;
  object["ms"] = heard.ms;
  return object;
}

Napi::Value toJs(Napi::Env env, const board::sim::GroundTruth& truth) {
  Napi::Object object = Napi::Object::New(env);
  object["channel"] = truth.channel;
  object["ref"] = static_cast<double>(truth.ref);
  object["number"] = truth.number;
  object["kind"] = kSimKindNames.of(truth.kind);
  object["dialledAt"] = truth.dialledAt;
  object["answeredAt"] = atOrNull(env, truth.answeredAt);
  object["greetingEndAt"] = atOrNull(env, truth.greetingEndAt);
  object["endedAt"] = atOrNull(env, truth.endedAt);
  object["endedBy"] = nameOrNull(env, truth.endedBy);
  object["recordsFrom"] = atOrNull(env, truth.recordsFrom);
  object["heard"] = listToJs(env, truth.heard);
  object["recorded"] = listToJs(env, truth.recorded);
  return object;
}

Napi::Array toJs(Napi::Env env, const std::vector<board::Event>& events) {
  Napi::Array array = Napi::Array::New(env);
  for (const board::Event& event : events) {
    if (!hasOwnEvent(event)) array[array.Length()] = eventToJs(env, event);
  }
  return array;
}

}  // namespace addon
