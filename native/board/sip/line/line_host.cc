#include "board/sip/line/line_host.h"

#include <algorithm>

namespace board::sip {

LineHost::LineHost(Config c, Signalling& s)
    : config(std::move(c)),
      signalling(s),
      ports(ipOf(config.bind), static_cast<uint16_t>(config.rtpFirstPort),
            static_cast<uint16_t>(config.rtpLastPort)),
      isV6(ipOf(config.bind).isV6()) {
  if (!config.secondBind.empty())
    secondPorts.emplace(ipOf(config.secondBind), static_cast<uint16_t>(config.rtpFirstPort),
                        static_cast<uint16_t>(config.rtpLastPort));
  totals.resize(config.trunks.size());
  const auto agents = std::ranges::find(config.trunks, config.agentTrunk, &Trunk::name);
  agentTrunkAt = static_cast<size_t>(agents - config.trunks.begin());
}

const cpd::TonePlan* LineHost::plan(const std::string& code) const { return findPlan(config.plans, code); }

}  // namespace board::sip
