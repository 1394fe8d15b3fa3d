#include "addon/convert/from_js.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/convert/js_fields.h"
#include "addon/convert/names.h"
#include "cpd/tones/plan/tone_plan.h"

namespace addon {
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
  from.text("recordings", to.recordings);
  from.flag("checkLearnt", to.checkLearnt);
  from.text("attemptId", to.attemptId);
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

media::WavChannel channelFromJs(const Napi::Value& value) {
  const auto channel =
      value.IsString() ? kWavChannelNames.find(value.As<Napi::String>().Utf8Value()) : std::nullopt;
  if (!channel) throw wrong(value.Env(), "channel", "both, left or right");
  return *channel;
}

namespace {

template <typename... Rows>
board::DriverConfig configOf(board::DriverTable<Rows...> /*table*/, const std::string& driver,
                             const Napi::Value& value) {
  std::optional<board::DriverConfig> config;
  const auto read = [&]<typename Row>(Row /*row*/) {
    if (driver != Row::kName) return;
    typename Row::Config to;
    configFromJs(value, to);
    config = std::move(to);
  };
  (read(Rows{}), ...);
  if (!config) throw board::OpenError("NOT_SUPPORTED", "driver " + driver + ": not in this build");
  return *std::move(config);
}

}  // namespace

board::DriverConfig driverConfigFromJs(const Napi::Value& value) {
  std::string driver;
  Fields(value, "config").text("driver", driver);
  return configOf(board::Drivers{}, driver, value);
}

}  // namespace addon
