#include "cpd/tones/learning/steady_tones.h"

#include "cpd/tones/cadence/tone_set.h"

namespace cpd {

std::vector<ToneSegment> steadyTones(std::span<const int16_t> samples) {
  ToneReceiver receiver;
  receiver.start(makeToneSet(TonePlan{}));
  std::vector<ToneSegment> found;
  const auto take = [&found](std::span<const ToneEvent> events) {
    for (const ToneEvent& event : events)
      if (event.kind == ToneEventKind::kSegmentEnd) found.push_back(event.segment);
  };
  for (size_t at = 0; at + kFrameSamples <= samples.size(); at += kFrameSamples)
    take(receiver.process(samples.data() + at));
  take(receiver.finish());
  return found;
}

}  // namespace cpd
