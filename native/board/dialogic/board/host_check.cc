#include "board/dialogic/board/host_check.h"

#include <algorithm>

#include "board/dialogic/diagnostics.h"

namespace board::dialogic {
namespace {

Wanted wantedBy(const Config& config) {
  const auto is = [](TrunkKind kind) { return [kind](const SpanConfig& span) { return span.kind == kind; }; };
  const bool isdn = std::any_of(config.spans.begin(), config.spans.end(), is(TrunkKind::kIsdn));
  const bool sip = std::any_of(config.spans.begin(), config.spans.end(), is(TrunkKind::kSip));
  return {isdn, isdn || sip};
}

void check(Json& json, const char* what, bool ok, const std::string& text) {
  json.open('{').field("check", what).field("ok", ok).field("text", std::string_view(text)).close('}');
}

void checkLibraries(const Api& api, const Wanted& wanted, Json& json) {
  for (const LibraryFacts& facts : api.facts) {
    const bool needed = facts.which == Library::kDti  ? wanted.dti
                        : facts.which == Library::kGc ? wanted.gc
                                                      : true;
    std::string text;
    if (!facts.loaded) {
      text = facts.problem + (needed ? "" : " (not needed for the lines configured)");
    } else {
      text = facts.path + ", " + facts.elfClass + " bit, " + std::to_string(facts.symbols) + " functions";
      for (const std::string& symbol : facts.missing) text += ", lacks " + symbol;
      for (const std::string& symbol : facts.missingOptional) text += ", without " + symbol;
    }
    check(json, name(facts.which), !needed || (facts.loaded && facts.missing.empty()), text);
  }
}

}  // namespace

std::string missingText(const Api& api, const Config& config) {
  std::string text;
  for (const std::string& problem : problems(api, wantedBy(config)))
    text += (text.empty() ? "" : "; ") + problem;
  return text;
}

void describeLibraries(const Api& api, Json& json) {
  json.key("libraries").open('[');
  for (const LibraryFacts& facts : api.facts) {
    json.open('{').field("library", name(facts.which)).field("path", std::string_view(facts.path));
    json.field("elfClass", std::string_view(facts.elfClass))
        .field("loaded", facts.loaded)
        .field("symbols", facts.symbols);
    json.key("missing").open('[');
    for (const std::string& symbol : facts.missing) json.add(std::string_view(symbol));
    json.close(']').key("missingOptional").open('[');
    for (const std::string& symbol : facts.missingOptional) json.add(std::string_view(symbol));
    json.close(']');
    if (!facts.problem.empty()) json.field("problem", std::string_view(facts.problem));
    json.close('}');
  }
  json.close(']');
}

void describeSpan(const SpanConfig& span, uint32_t number, Json& json) {
  constexpr const char* kKinds[] = {"analog", "isdn", "sip"};
  constexpr const char* kCpas[] = {"configured", "board", "ours", "both"};
  json.open('{').field("span", number).field("kind", kKinds[static_cast<int>(span.kind)]);
  json.field("network", std::string_view(span.network)).field("voice", std::string_view(span.voice));
  json.field("channels", span.channels - span.bridgeLines).field("bridgeLines", span.bridgeLines);
  json.field("cpa", kCpas[static_cast<int>(span.cpa)]);
  json.field("method", span.method == CpaMethod::kDial ? "dial" : "global_call").close('}');
}

void describeCounters(const Counters& counters, Json& json) {
  json.key("counters").open('{');
  json.field("lostEvents", static_cast<int64_t>(counters.lostEvents));
  json.field("watchdogs", static_cast<int64_t>(counters.watchdogs));
  json.field("lateEvents", static_cast<int64_t>(counters.lateEvents));
  json.field("resets", static_cast<int64_t>(counters.resets));
  json.field("outOfService", static_cast<int64_t>(counters.outOfService));
  json.field("refusedCalls", static_cast<int64_t>(counters.refusedCalls));
  json.field("illegalMoves", static_cast<int64_t>(counters.illegalMoves));
  json.field("mostHeardTogether", static_cast<int64_t>(counters.mostHeardTogether)).close('}');
}

std::string selfCheck(const BoardContext& context, const std::vector<SpanConfig>& spans,
                      const std::string& dead) {
  Json json;
  json.open('{').field("ok", dead.empty()).key("checks").open('[');
  checkLibraries(context.api, wantedBy(context.config), json);
  check(json, "layout", true,
        std::string(context.layout->name) +
            (context.layoutSeen ? ", seen by the probe" : ", as declared; not seen yet") +
            (context.widthSeen ? "; an event of Global Call is as declared"
                               : "; no event of Global Call seen yet"));
  const bool stream = context.api.dx_setuio != nullptr;
  check(json, "audio stream", stream,
        stream ? "dx_setuio is available" : "no dx_setuio: cpa ours and both get no audio");
  const bool perfect = context.api.dx_initcallp != nullptr && context.api.dx_deltones != nullptr;
  check(json, "PerfectCall", perfect,
        perfect ? "available on Springware" : "not available: analysis by cadence only");
  check(json, "lines", !spans.empty(), std::to_string(spans.size()) + " spans");
  if (!dead.empty()) check(json, "board", false, dead);
  return json.close(']').close('}').take();
}

std::string checkBoardHost(const Config& config) {
  const Api api = loadApi(config.libraries);
  const Wanted wanted = wantedBy(config);
  Json json;
  json.open('{').field("ok", problems(api, wanted).empty()).key("checks").open('[');
  checkLibraries(api, wanted, json);
  return json.close(']').close('}').take();
}

}  // namespace board::dialogic
