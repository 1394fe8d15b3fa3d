// What the board says of itself, as JSON.
#include "board/dialogic/board/board_parts.h"
#include "board/dialogic/board/host_check.h"
#include "board/json.h"

namespace board::dialogic {

std::string Dialogic::report(Topic topic, ChannelId channel) const {
  const std::lock_guard lock(mutex_);
  Json json;
  switch (topic) {
    case Topic::kCpa:
      return context_.cpaLog.json(channel);
    case Topic::kTrace:
      return context_.trace.json(channel);
    case Topic::kSelfCheck:
      return selfCheck(context_, spans_, dead_);
    case Topic::kInventory:
      json.open('{');
      describeLibraries(context_.api, json);
      json.key("spans").open('[');
      for (size_t s = 0; s < spans_.size(); ++s) {
        describeSpan(spans_[s], static_cast<uint32_t>(s + 1), json);
      }
      json.close(']').key("devices").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describeDevice(json);
      }
      return json.close(']').close('}').take();
    case Topic::kChannels:
      json.open('{').key("channels").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describe(json);
      }
      for (const auto& each : bridges_) {
        if (channel == 0) each->describe(json);
      }
      json.close(']');
      describeCounters(context_.counters, json);
      return json.close('}').take();
    case Topic::kAlarms:
      json.open('{').key("spans").open('[');
      for (size_t s = 0; s < alarms_.size(); ++s) {
        json.open('{').field("span", static_cast<int64_t>(s + 1));
        alarms_[s].describe(json);
        json.key("blocked").open('[');
        for (const auto& each : channels_) {
          if (each->span() == s + 1 && each->phase() == Phase::kBlocked) json.add(each->id());
        }
        json.close(']').close('}');
      }
      return json.close(']').close('}').take();
    case Topic::kRoutes:
      json.open('{').key("routes").open('[');
      for (const auto& each : channels_) {
        if (channel == 0 || each->id() == channel) each->describeRoutes(json);
      }
      for (const auto& each : bridges_) {
        if (channel == 0) each->describeRoutes(json);
      }
      return json.close(']').close('}').take();
  }
  return "{}";
}

}  // namespace board::dialogic
