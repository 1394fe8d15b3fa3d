// What the channels of one board share. Used under the board's lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "board/board.h"
#include "board/detector_settings.h"
#include "board/recording_writer.h"
#include "board/sip/config.h"
#include "board/sip/line/trunk_line.h"
#include "board/sip/media/rtp_socket.h"
#include "board/sip/signalling.h"

namespace board::sip {

class Channel;

// Of the legs of a trunk that are over.
struct TrunkTotals {
  uint64_t calls = 0, answered = 0;
  uint64_t packets = 0, late = 0, dropped = 0;
  uint64_t frames = 0, lost = 0;  // heard
  uint64_t judged = 0, poor = 0;  // legs of 2 s and more; those of them whose MOS is below 3.6
  double mosSum = 0;              // of the judged
};

struct LineHost {
  LineHost(Config c, Signalling& s);

  // Nullptr: no such plan.
  const cpd::TonePlan* plan(const std::string& code) const;

  void post(Event&& event) {
    event.at = now;
    outbox.push_back(std::move(event));
  }

  // A new leg of a channel's; its events go there until it is forgotten.
  LegId newLeg(Channel& owner) {
    legs[++lastLeg] = &owner;
    return lastLeg;
  }
  void forget(LegId leg) { legs.erase(leg); }

  uint32_t randomSource() { return random(); }

  // Of the address that calls of this family leave from.
  RtpPorts& portsOf(bool v6) { return v6 == isV6 || !secondPorts ? ports : *secondPorts; }

  // The trunk that reaches the extensions of a call on `trunk`.
  size_t agentTrunk(size_t trunk) const { return agentTrunkAt < config.trunks.size() ? agentTrunkAt : trunk; }

  const Config config;
  Signalling& signalling;
  double now = 0;  // of this tick, or of the event that is being heard
  DetectorSettings settings;
  RtpPorts ports;
  std::optional<RtpPorts> secondPorts;
  RecordingWriter recordings;
  std::vector<TrunkLine> trunks;  // once open
  std::vector<TrunkTotals> totals;
  std::vector<Event> outbox;
  uint64_t ticks = 0, lateTicks = 0;  // of 20 ms; those that began when the next one was due
  std::map<LegId, Channel*> legs;

 private:
  LegId lastLeg = 0;
  const bool isV6;  // `bind`
  size_t agentTrunkAt;
  std::random_device random;
};

}  // namespace board::sip
