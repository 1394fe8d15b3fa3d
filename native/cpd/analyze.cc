#include "cpd/analyze.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace cpd {

void conclude(const Detector& detector, AnalysisResult& result) {
  std::vector<Segment> segments = std::move(result.segments);
  static_cast<EvidenceCopy&>(result) = copyEvidence(detector.evidence());
  // Segments said while the file ran are complete up to the one that was open at its end.
  const int32_t said = segments.empty() ? 0 : segments.back().endMs;
  for (const Segment& segment : result.segments)
    if (segment.startMs >= said) segments.push_back(segment);
  result.segments = std::move(segments);
}

AnalysisResult analyze(std::span<const int16_t> samples, const Settings& settings, StartAt from,
                       std::span<const FrameKind> kinds) {
  auto own = std::make_shared<Settings>(settings);
  if (from == StartAt::kDial) own->inferAnswer = true;
  Detector detector;
  detector.start(own, from);

  AnalysisResult result;
  const auto take = [&result](std::span<const Observation> observations) {
    for (const Observation& o : observations) {
      result.observations.push_back(o);
      if (o.kind == ObservationKind::kSegment) result.segments.push_back(o.segment);
    }
  };
  for (size_t at = 0; at < samples.size(); at += kFrameSamples) {
    const size_t frame = at / kFrameSamples;
    const FrameKind kind = frame < kinds.size() ? kinds[frame] : FrameKind::kAudio;
    if (samples.size() - at >= kFrameSamples) {
      take(detector.process(samples.data() + at, kind));
    } else {
      std::array<int16_t, kFrameSamples> last{};
      std::copy(samples.begin() + static_cast<std::ptrdiff_t>(at), samples.end(), last.begin());
      take(detector.process(last.data(), kind));
    }
  }
  take(detector.finish());

  conclude(detector, result);
  return result;
}

}  // namespace cpd
