#include "cpd/analyze.h"

#include <algorithm>
#include <array>
#include <memory>

namespace cpd {

void conclude(const Detector& detector, AnalysisResult& result) {
  const Evidence& evidence = detector.evidence();
  result.verdict = evidence.verdict;
  result.sit = evidence.sit;
  result.rule = evidence.rule;
  result.confidence = evidence.confidence;
  result.decidedMs = evidence.decidedMs;
  result.answerMs = evidence.answerMs;
  result.speechStartMs = evidence.speechStartMs;
  result.greetingEndMs = evidence.greetingEndMs;
  result.beepMs = evidence.beepMs;
  for (const Score& score : evidence.scores) result.scores.emplace_back(score.name, score.value);
  // Segments said while the file ran are complete up to the one that was open at its end.
  const int32_t said = result.segments.empty() ? 0 : result.segments.back().endMs;
  for (const Segment& segment : evidence.segments)
    if (segment.startMs >= said) result.segments.push_back(segment);
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
