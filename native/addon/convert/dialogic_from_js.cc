// Configuration of the Dialogic board, as src/board/dialogic/config.ts has checked it.
#include "addon/convert/from_js.h"
#include "addon/convert/js_fields.h"
#include "addon/convert/names.h"

namespace addon {
namespace {

// Reads a part of the configuration, where it is there.
template <typename Read>
void part(const Fields& from, const char* field, Read read) {
  const Napi::Value value = from.get(field);
  if (!absent(value)) read(Fields(value, field));
}

board::dialogic::SpanConfig span(const Napi::Value& value) {
  board::dialogic::SpanConfig to;
  const Fields from(value, "spans");
  from.name("kind", kTrunkKindNames, to.kind);
  from.text("network", to.network);
  from.number("firstSlot", to.firstSlot);
  from.number("channels", to.channels);
  from.text("voice", to.voice);
  from.text("media", to.media);
  from.text("protocol", to.protocol);
  from.text("destinationSuffix", to.destinationSuffix);
  from.name("cpa", kCpaNames, to.cpa);
  from.name("lead", kCpaNames, to.lead);
  from.name("method", kCpaMethodNames, to.method);
  from.name("blind", kTransferMethodNames, to.blind);
  from.name("consult", kTransferMethodNames, to.consult);
  from.number("bridgeLines", to.bridgeLines);
  return to;
}

}  // namespace

void configFromJs(const Napi::Value& value, board::dialogic::Config& to) {
  const Fields from(value, "config");
  from.text("name", to.name);
  part(from, "libraries", [&](const Fields& libraries) {
    libraries.text("folder", to.libraries.folder);
    libraries.text("srl", to.libraries.srl);
    libraries.text("voice", to.libraries.voice);
    libraries.text("dti", to.libraries.dti);
    libraries.text("gc", to.libraries.gc);
    libraries.text("clock", to.libraries.clock);
  });
  from.list("spans", to.spans, span);
  part(from, "cpa", [&](const Fields& cpa) {
    cpa.each([&](const std::string& kind) {
      board::TrunkKind trunk{};
      const auto found = kTrunkKindNames.find(kind);
      if (found) trunk = *found;
      cpa.name(kind.c_str(), kCpaNames, to.cpa[trunk]);
    });
  });
  part(from, "analog", [&](const Fields& analog) {
    analog.flag("waitForDialTone", to.analog.waitForDialTone);
    analog.flag("toneDialling", to.analog.toneDialling);
    analog.text("prefix", to.analog.prefix);
    analog.number("loopDropMs", to.analog.loopDropMs);
    analog.flag("answerByLoopCurrent", to.analog.answerByLoopCurrent);
    analog.number("guardMs", to.analog.guardMs);
    analog.text("tonePlan", to.analog.tonePlan);
    analog.flag("disconnectTone", to.analog.disconnectTone);
    analog.number("flashMs", to.analog.flashMs);
    analog.number("pauseMs", to.analog.pauseMs);
  });
  part(from, "globalCall", [&](const Fields& globalCall) {
    globalCall.texts("libraries", to.globalCall.libraries);
    globalCall.number("sipPort", to.globalCall.sipPort);
    globalCall.number("maxCalls", to.globalCall.maxCalls);
  });
  part(from, "stream",
       [&](const Fields& stream) { stream.number("expectedDelayMs", to.stream.expectedDelayMs); });
  part(from, "watchdogs", [&](const Fields& watchdogs) {
    board::dialogic::Watchdogs& into = to.watchdogs;
    watchdogs.number("openMs", into.openMs);
    watchdogs.number("hookMs", into.hookMs);
    watchdogs.number("dialMs", into.dialMs);
    watchdogs.number("stopMs", into.stopMs);
    watchdogs.number("dropMs", into.dropMs);
    watchdogs.number("releaseMs", into.releaseMs);
    watchdogs.number("resetMs", into.resetMs);
    watchdogs.number("transferMs", into.transferMs);
    watchdogs.number("playMs", into.playMs);
    watchdogs.number("retryFirstMs", into.retryFirstMs);
    watchdogs.number("retryLongestMs", into.retryLongestMs);
  });
  part(from, "cap", [&](const Fields& cap) {
    cap.each([&](const std::string& name) { cap.number(name.c_str(), to.cap[name]); });
  });
  from.text("plan", to.plan);
  from.list("plans", to.plans, tonePlanFromJs);
  from.number("traceEvents", to.traceEvents);
  from.number("cpaDumps", to.cpaDumps);
}

}  // namespace addon
