#include "board/sip/line/line_host.h"

#include <algorithm>
#include <cmath>

namespace board::sip {

LineHost::LineHost(Config c, Signalling& s)
    : config(std::move(c)),
      signalling(s),
      ports(ipOf(config.bind), static_cast<uint16_t>(config.rtpFirstPort),
            static_cast<uint16_t>(config.rtpLastPort)) {
  totals.resize(config.trunks.size());
  const auto agents = std::ranges::find(config.trunks, config.agentTrunk, &Trunk::name);
  agentTrunkAt = static_cast<size_t>(agents - config.trunks.begin());
}

const cpd::TonePlan* LineHost::plan(const std::string& code) const {
  const auto own = std::ranges::find(config.plans, code, &cpd::TonePlan::code);
  return own != config.plans.end() ? &*own : cpd::findTonePlan(code);
}

bool LineHost::accepts(const DialParameters& parameters) const {
  return parameters.ringTimeoutMs > 0 && parameters.cpdTimeoutMs > 0 &&
         cpd::isHumanLoss(parameters.maxHumanLoss) && std::isfinite(parameters.scoreOffset) &&
         plan(parameters.plan) != nullptr;
}

}  // namespace board::sip
