#include "board/sip/line/report.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "board/json.h"

namespace board::sip {
namespace {

void describeAddresses(const LineHost& host, size_t trunk, double now, Json& json) {
  const TrunkLine& line = host.trunks[trunk];
  json.key("addresses").open('[');
  for (size_t i = 0; i < line.addresses(); ++i) {
    const double rest = line.offUntil(i) - now;
    const std::string state = line.isDown(i) ? " down"
                              : rest > 0     ? " rests " + std::to_string(std::lround(rest / 1'000)) + " s"
                                             : "";
    json.add(host.signalling.addressText(trunk, i) + state);
  }
  json.close(']');
}

const char* stateOf(const TrunkLine& line, double now) {
  if (line.isDown()) return "down";
  const char* why = line.whyNoCalls(now);
  return why == nullptr ? "in_service" : why;
}

void describeTrunk(const LineHost& host, size_t trunk, double now, Json& json) {
  const TrunkLine& line = host.trunks[trunk];
  const Trunk& config = host.config.trunks[trunk];
  const TrunkTotals& totals = host.totals[trunk];
  json.open('{')
      .field("trunk", config.name)
      .field("transport", config.transport)
      .field("state", stateOf(line, now));
  describeAddresses(host, trunk, now, json);
  const auto& registration = line.registration();
  if (registration) {
    json.field("registeredS", static_cast<int64_t>(std::max(0.0, (registration->untilMs() - now) / 1'000)));
    json.field("registerStatus", static_cast<int64_t>(registration->lastStatus()));
  } else {
    json.key("registeredS").null().key("registerStatus").null();
  }
  json.field("callsPerSecond", 1'000 / line.pace().gapMs());
  json.field("calls", static_cast<int64_t>(totals.calls))
      .field("answered", static_cast<int64_t>(totals.answered));
  json.field("packets", static_cast<int64_t>(totals.packets))
      .field("late", static_cast<int64_t>(totals.late))
      .field("dropped", static_cast<int64_t>(totals.dropped));
  json.field("frames", static_cast<int64_t>(totals.frames)).field("lost", static_cast<int64_t>(totals.lost));
  json.key("mos");
  if (totals.judged > 0)
    json.add(totals.mosSum / static_cast<double>(totals.judged));
  else
    json.null();
  json.field("judged", static_cast<int64_t>(totals.judged)).field("poor", static_cast<int64_t>(totals.poor));
  const std::string fault = host.signalling.transportFault(trunk);
  json.field("fault", fault).close('}');
}

}  // namespace

std::string trunkReport(const LineHost& host, double now) {
  Json json;
  json.open('{').key("trunks").open('[');
  for (size_t i = 0; i < host.trunks.size(); ++i) describeTrunk(host, i, now, json);
  const SignallingCounts counts = host.signalling.counts();
  json.close(']').key("messages").open('{');
  json.field("received", static_cast<int64_t>(counts.received))
      .field("sent", static_cast<int64_t>(counts.sent));
  json.field("strangers", static_cast<int64_t>(counts.strangers));
  json.field("refusedConnections", static_cast<int64_t>(counts.refusedConnections));
  json.field("refused", static_cast<int64_t>(counts.refused)).close('}').key("ticks").open('{');
  json.field("count", static_cast<int64_t>(host.ticks)).field("late", static_cast<int64_t>(host.lateTicks));
  return json.close('}').close('}').take();
}

std::string callReport(const std::deque<Channel>& channels, ChannelId channel) {
  Json json;
  json.open('{').key("calls").open('[');
  for (const Channel& each : channels)
    if (channel == 0 || each.state().channel == channel) each.describe(json);
  return json.close(']').close('}').take();
}

std::string messageReport(const Signalling& signalling, ChannelId channel) {
  Json json;
  json.open('{').key("messages").open('[');
  for (const TracedMessage& each : signalling.messages()) {
    if (channel != 0 && each.channel != channel) continue;
    json.open('{').field("at", each.unixMs).field("channel", static_cast<int64_t>(each.channel));
    json.field("way", each.sent ? "->" : "<-").field("peer", each.peer);
    json.field("message", each.line).field("call", each.callId).close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace board::sip
