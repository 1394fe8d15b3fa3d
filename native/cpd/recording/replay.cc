#include "cpd/recording/replay.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cpd/recording/recorded_words.h"

namespace cpd {
namespace {

// What was said between two steps that move the detector on.
using Said = std::vector<std::vector<uint8_t>>;

class Comparison {
 public:
  explicit Comparison(ReplayResult& into) : result_(into) {}

  void compare(int32_t atMs, char kind, const Said& recorded, const Said& replayed) {
    for (size_t i = 0; i < std::max(recorded.size(), replayed.size()); ++i) {
      ++result_.compared;
      const std::vector<uint8_t>* was = i < recorded.size() ? &recorded[i] : nullptr;
      const std::vector<uint8_t>* is = i < replayed.size() ? &replayed[i] : nullptr;
      if (was != nullptr && is != nullptr && *was == *is) continue;
      ++result_.differences;
      if (result_.first.size() == kShownDifferences) continue;
      result_.first.push_back({atMs, was == nullptr ? "" : describeRecorded(kind, *was),
                               is == nullptr ? "" : describeRecorded(kind, *is)});
    }
  }

 private:
  ReplayResult& result_;
};

}  // namespace

ReplayResult replay(const CallRecording& recording) {
  ReplayResult result;
  Comparison comparison(result);
  Detector detector;
  detector.start(std::make_shared<Settings>(recording.settings), recording.startAt);

  const std::vector<RecordedStep>& steps = recording.steps;
  for (size_t at = 0; at < steps.size();) {
    const RecordedStep& step = steps[at++];
    Said replayed;
    const auto take = [&](std::span<const Observation> observations) {
      for (const Observation& o : observations) {
        replayed.push_back(recordedBytes(o));
        result.now.observations.push_back(o);
        if (o.kind == ObservationKind::kSegment) result.now.segments.push_back(o.segment);
      }
    };
    switch (step.kind) {
      case 'F':
        ++result.audioFrames;
        take(detector.process(step.samples.data(), FrameKind::kAudio));
        break;
      case 'C':
        ++result.comfortNoiseFrames;
        take(detector.process(step.samples.data(), FrameKind::kComfortNoise));
        break;
      case 'L':
        ++result.lostFrames;
        take(detector.process(nullptr, FrameKind::kLost));
        break;
      case 'A':
        detector.answered();
        break;
      case 'R':
        detector.rearm();
        break;
      case 'E':
        take(detector.finish());
        break;
      default:
        break;
    }
    Said recorded, evidence, evidenceNow;
    for (; at < steps.size() && (steps[at].kind == 'O' || steps[at].kind == 'V'); ++at) {
      (steps[at].kind == 'O' ? recorded : evidence).push_back(steps[at].said);
      if (steps[at].kind == 'V') evidenceNow.push_back(recordedBytes(detector.evidence()));
    }
    // What came last may have been said after the recording was full.
    if (recording.full && at == steps.size()) replayed.resize(std::min(replayed.size(), recorded.size()));
    comparison.compare(step.atMs, 'O', recorded, replayed);
    comparison.compare(step.atMs, 'V', evidence, evidenceNow);
  }
  conclude(detector, result.now);
  return result;
}

}  // namespace cpd
