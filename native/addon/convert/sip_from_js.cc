// Configuration of the SIP board, as src/board/sip/config.ts has checked it.
#include "addon/convert/from_js.h"
#include "addon/convert/js_fields.h"

namespace addon {
namespace {

board::sip::TrunkAddress address(const Napi::Value& value) {
  board::sip::TrunkAddress to;
  const Fields from(value, "addresses");
  from.text("host", to.host);
  from.number("port", to.port);
  return to;
}

board::sip::Trunk trunk(const Napi::Value& value) {
  board::sip::Trunk to;
  const Fields from(value, "trunks");
  from.text("name", to.name);
  from.list("addresses", to.addresses, address);
  from.texts("alsoFrom", to.alsoFrom);
  from.text("externalHost", to.externalAddress.host);
  from.number("externalPort", to.externalAddress.port);
  from.flag("learnsAddress", to.learnsAddress);
  from.text("transport", to.transport);
  from.text("caFile", to.caFile);
  from.text("certificateFile", to.certificateFile);
  from.text("serverName", to.serverName);
  from.flag("registers", to.registers);
  from.number("registerEveryS", to.registerEveryS);
  from.text("srtp", to.srtp);
  from.number("sessionExpiresS", to.sessionExpiresS);
  from.texts("headers", to.headers);
  from.texts("agentHeaders", to.agentHeaders);
  from.text("userToUser", to.userToUser);
  from.text("domain", to.domain);
  from.number("channels", to.channels);
  from.number("callsPerSecond", to.callsPerSecond);
  from.text("callerId", to.callerId);
  to.codecs.clear();
  from.texts("codecs", to.codecs);
  from.text("username", to.username);
  from.text("password", to.password);
  return to;
}

}  // namespace

void configFromJs(const Napi::Value& value, board::sip::Config& to) {
  const Fields from(value, "config");
  from.text("name", to.name);
  from.text("bind", to.bind);
  from.text("secondBind", to.secondBind);
  from.text("silentCalls", to.silentCalls);
  from.number("sipPort", to.sipPort);
  from.number("rtpFirstPort", to.rtpFirstPort);
  from.number("rtpLastPort", to.rtpLastPort);
  from.list("trunks", to.trunks, trunk);
  from.text("agentTrunk", to.agentTrunk);
  from.number("healthEveryMs", to.healthEveryMs);
  from.number("firstResponseMs", to.firstResponseMs);
  from.number("rtpTimeoutMs", to.rtpTimeoutMs);
  from.number("agentRtpTimeoutMs", to.agentRtpTimeoutMs);
  from.number("longestSilenceMs", to.longestSilenceMs);
  from.number("agentLongestSilenceMs", to.agentLongestSilenceMs);
  from.number("transferMs", to.transferMs);
  from.text("standIn", to.standIn);
  from.number("standInSpeed", to.standInSpeed);
  from.text("plan", to.plan);
  from.list("plans", to.plans, tonePlanFromJs);
}

}  // namespace addon
