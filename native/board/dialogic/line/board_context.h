// What the lines of one board share: configuration, the vendor's functions, the clock, and the ways out.
// Everything here is used under the board's lock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "board/board.h"
#include "board/detector_settings.h"
#include "board/dialogic/config.h"
#include "board/dialogic/cpa/cpa_log.h"
#include "board/dialogic/vendor/api.h"
#include "board/dialogic/vendor/probe.h"
#include "board/dialogic/vendor/trace.h"
#include "board/recording_writer.h"
#include "cpd/detector.h"

namespace board::dialogic {

class Channel;
class GcLine;

// Things that should not happen, and how often they did.
struct Counters {
  uint64_t lostEvents = 0;  // a vendor event did not come; the state of the device said that it was over
  uint64_t watchdogs = 0;   // and neither did the device
  uint64_t lateEvents = 0;  // events of something that is over, or of no device of ours
  uint64_t resets = 0;
  uint64_t outOfService = 0;
  uint64_t refusedCalls = 0;       // vendor calls that returned an error
  uint64_t illegalMoves = 0;       // ours
  uint64_t mostHeardTogether = 0;  // channels in one batch of the detector
};

struct BoardContext {
  BoardContext(Config c, std::function<double()> now);

  double now() const { return clock(); }

  void post(Event&& event) {
    event.at = now();
    outbox.push_back(std::move(event));
  }

  // A task for the SRL thread; tasks run in their order.
  void defer(std::function<void()> task) { tasks.push_back(std::move(task)); }

  // Nullptr: no such plan.
  const cpd::TonePlan* plan(const std::string& code) const;
  // The same object for the same parameters, as far as they concern the detector. The plan must be known.
  std::shared_ptr<const cpd::Settings> settings(const DialParameters& parameters, int32_t cpdTimeoutMs,
                                                bool inferAnswer);

  // What Global Call says of the call that failed just now on this thread, or of an event; with names.
  // What a GC_INFO says; the first one with a text shows how it is laid out.
  GcInfo info(const ProbeBuffer& buffer);
  GcInfo gcError();
  GcInfo gcResult(void* metaevent);
  // An idle line that is kept for second legs of bridges; nullptr: none is free.
  Channel* freeBridge() const;

  // Notes a vendor call and passes its result on; -1 is counted.
  int called(ChannelId channel, int device, const char* function, int result,
             const std::string& argument = "");

  const Config config;
  const std::function<double()> clock;  // ms since open
  Api api;
  const vendor::GcLayout* layout = &declaredLayout();
  bool layoutSeen = sizeof(void*) == 4;  // by the probe, or in the first GC_INFO that had a text
  bool widthSeen = sizeof(void*) == 4;   // of the library's long, in an event
  bool narrowXpb = false;                // DX_XPB has a rate of 32 bits, as a refusal of the wide one showed
  Trace trace;
  CpaLog cpaLog;
  RecordingWriter recordings;
  Counters counters;
  std::vector<Event> outbox;
  std::vector<std::function<void()>> tasks;
  std::unordered_map<int, Channel*> byVoice;  // by the vendor's handle
  std::unordered_map<int, GcLine*> byLine;
  std::vector<Channel*> bridges;
  bool serviceTold = false;  // changes of service are told: the board is open

 private:
  DetectorSettings settings_;
};

}  // namespace board::dialogic
